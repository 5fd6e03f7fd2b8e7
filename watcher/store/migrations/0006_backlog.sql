-- How far the reading of many mails is that one sweep has met; the row goes with the end of it.
CREATE TABLE backlog (
    mailbox   TEXT NOT NULL,
    folder    TEXT NOT NULL,
    total     INTEGER NOT NULL,  -- as estimated at the start
    done      INTEGER NOT NULL,
    began     TEXT NOT NULL,
    updated   TEXT NOT NULL,
    PRIMARY KEY (mailbox, folder)
);
