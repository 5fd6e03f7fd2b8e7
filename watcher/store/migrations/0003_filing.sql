-- When the endpoints were told that a mailbox fails, and what a COPY that was cut off may have left behind.

ALTER TABLE mailboxes ADD COLUMN told TEXT;   -- NULL: it works, or has not failed for long
UPDATE mailboxes SET told = failing_since;

-- A COPY that is not yet confirmed: what its folder holds from uidnext on may be copies of ours.
CREATE TABLE copies (
    mailbox      TEXT NOT NULL,
    folder       TEXT NOT NULL,      -- the watched one
    target       TEXT NOT NULL,      -- as in the config
    uidvalidity  INTEGER NOT NULL,   -- of the target; 0 where the server does not say
    uidnext      INTEGER NOT NULL,
    PRIMARY KEY (mailbox, folder, target)
);
