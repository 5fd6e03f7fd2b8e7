-- What a standing decision rests on, a person's acts beside the facts, and addresses that were erased.

ALTER TABLE facts ADD COLUMN domain TEXT;                      -- where all of it is concerned, in ASCII
ALTER TABLE facts ADD COLUMN proof INTEGER NOT NULL DEFAULT 0; -- 1: of life
ALTER TABLE facts ADD COLUMN word INTEGER NOT NULL DEFAULT 0;  -- 1: a person's verdict; reading anew keeps it
UPDATE facts SET domain = substr(address_key, instr(address_key, '@') + 1)
    WHERE address_key IS NOT NULL AND reason IN ('domain_not_found', 'domain_no_mail');
CREATE INDEX facts_by_domain ON facts (domain, proof, received) WHERE domain IS NOT NULL;

-- A row whose key begins with '@' is about the whole domain.
ALTER TABLE suppressions ADD COLUMN cause TEXT NOT NULL DEFAULT 'hard';   -- orders them: see standing.py
ALTER TABLE suppressions ADD COLUMN led_by TEXT NOT NULL DEFAULT '[]';    -- JSON: what it rests on
UPDATE suppressions SET led_by = '["' || source || '"]';
UPDATE suppressions SET cause = 'quarantined' WHERE state = 'quarantined';
UPDATE suppressions SET cause = 'complaint' WHERE reason LIKE 'complaint%';
CREATE INDEX suppressions_by_state ON suppressions (state, address_key);
CREATE INDEX suppressions_by_until ON suppressions (until) WHERE until IS NOT NULL;

ALTER TABLE suppression_log ADD COLUMN state_before TEXT;                 -- the state that it replaced
ALTER TABLE suppression_log ADD COLUMN who TEXT;                          -- NULL: the watcher
ALTER TABLE suppression_log ADD COLUMN why TEXT;
ALTER TABLE suppression_log ADD COLUMN events TEXT NOT NULL DEFAULT '[]'; -- JSON: ids of the events behind it

-- What people and programs said of an address; as much a part of its history as the facts.
CREATE TABLE acts (
    id           INTEGER PRIMARY KEY,
    address_key  TEXT NOT NULL,
    address      TEXT NOT NULL,
    act          TEXT NOT NULL CHECK (act IN ('suppress', 'ban', 'release')),
    cause        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    source       TEXT NOT NULL,
    who          TEXT NOT NULL,
    why          TEXT,
    since        TEXT NOT NULL,      -- the time it is about
    until        TEXT,
    recorded     TEXT NOT NULL
);
CREATE INDEX acts_by_address ON acts (address_key, id);

-- Secrets that never leave this file: the key of the hashes that stay of erased addresses.
CREATE TABLE store_keys (
    name   TEXT PRIMARY KEY,
    value  TEXT NOT NULL
);

-- Which recipients of the message a person is asked about, what was said, and by whom.
ALTER TABLE review ADD COLUMN who TEXT;
CREATE INDEX review_open ON review (resolved, id);
