-- The state of one watcher.  Plain SQL: named parameters, ON CONFLICT and RETURNING are all that queries use,
-- so that PostgreSQL understands the same words.  Times are text, RFC 3339 in UTC with microseconds, and
-- therefore sort as they stand.

CREATE TABLE schema_version (
    version  INTEGER NOT NULL,
    program  TEXT NOT NULL,          -- the release that wrote it
    applied  TEXT NOT NULL
);

CREATE TABLE mailboxes (
    name           TEXT PRIMARY KEY,
    last_success   TEXT,
    failing_since  TEXT,
    error          TEXT
);

-- How far a folder has been read: every UID up to last_uid is recorded.
CREATE TABLE progress (
    mailbox      TEXT NOT NULL,
    folder       TEXT NOT NULL,
    uidvalidity  INTEGER NOT NULL,
    last_uid     INTEGER NOT NULL,
    updated      TEXT NOT NULL,
    PRIMARY KEY (mailbox, folder)
);

CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
    mailbox      TEXT NOT NULL,
    folder       TEXT NOT NULL,
    uidvalidity  INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    fingerprint  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    reason       TEXT,
    source       TEXT NOT NULL,
    report       TEXT NOT NULL,      -- the message's JSON
    received     TEXT NOT NULL,      -- INTERNALDATE
    recorded     TEXT NOT NULL,
    filing       TEXT NOT NULL,      -- the key of the config's folders: 'bounce.hard', 'review'
    target       TEXT,               -- the folder it is to go to, by the config of then; NULL: stays
    moved        TEXT,
    UNIQUE (mailbox, folder, uidvalidity, uid)
);
CREATE INDEX messages_by_fingerprint ON messages (fingerprint);
CREATE INDEX messages_by_recorded ON messages (recorded);
CREATE INDEX messages_unfiled ON messages (mailbox, folder, uidvalidity, uid)
    WHERE moved IS NULL AND target IS NOT NULL;

-- What a message said about a recipient, once for each message however often it is met.
CREATE TABLE facts (
    fingerprint  TEXT NOT NULL,
    place        INTEGER NOT NULL,   -- of the recipient in the report, from 0
    address      TEXT,
    address_key  TEXT,
    kind         TEXT NOT NULL,
    action       TEXT,
    class        TEXT,
    reason       TEXT,
    advice       TEXT,
    level        TEXT NOT NULL,
    original     TEXT NOT NULL,      -- what the report is about: bounces of one original count once
    held         INTEGER NOT NULL,   -- 1: waits for a person, counts for nothing
    received     TEXT NOT NULL,
    PRIMARY KEY (fingerprint, place)
);
CREATE INDEX facts_by_address ON facts (address_key, received);
CREATE INDEX facts_by_received ON facts (received);

CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY,
    event_id     TEXT NOT NULL,
    endpoint     TEXT NOT NULL,
    type         TEXT NOT NULL,
    body         BLOB,               -- NULL once retention has taken it; the row stays and prevents a second event
    state        TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'dead')),
    attempts     INTEGER NOT NULL,
    queued       TEXT NOT NULL,
    due          TEXT NOT NULL,
    lease_until  TEXT,
    finished     TEXT,
    last_error   TEXT,
    UNIQUE (event_id, endpoint)
);
CREATE INDEX outbox_waiting ON outbox (endpoint, due, id) WHERE state = 'due' AND lease_until IS NULL;
CREATE INDEX outbox_leased ON outbox (endpoint, lease_until) WHERE state = 'due' AND lease_until IS NOT NULL;
CREATE INDEX outbox_by_state ON outbox (state, finished);

CREATE TABLE suppressions (
    address_key  TEXT PRIMARY KEY,
    address      TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    since        TEXT NOT NULL,
    until        TEXT,
    source       TEXT NOT NULL,
    changed      TEXT NOT NULL
);

-- Every change ever made to the list; nothing is updated here.
CREATE TABLE suppression_log (
    id           INTEGER PRIMARY KEY,
    address_key  TEXT NOT NULL,
    address      TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    since        TEXT NOT NULL,
    until        TEXT,
    source       TEXT NOT NULL,
    changed      TEXT NOT NULL
);
CREATE INDEX suppression_log_by_address ON suppression_log (address_key, id);

-- What a person should look at, once for each message.
CREATE TABLE review (
    id           INTEGER PRIMARY KEY,
    message      INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    fingerprint  TEXT NOT NULL UNIQUE,
    reason       TEXT NOT NULL,
    opened       TEXT NOT NULL,
    resolved     TEXT,
    resolution   TEXT
);

-- Messages whose JSON is not yet in the results file.
CREATE TABLE results_pending (
    message  INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE
);
