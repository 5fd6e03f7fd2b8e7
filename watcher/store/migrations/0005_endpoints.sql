-- In which form a body was frozen, what must not overtake what, and which endpoints are paused.

ALTER TABLE outbox ADD COLUMN format TEXT NOT NULL DEFAULT 'standard';
ALTER TABLE outbox ADD COLUMN order_key TEXT;                  -- rows of one key leave one after the other
CREATE INDEX outbox_in_order ON outbox (endpoint, order_key, id) WHERE state = 'due' AND order_key IS NOT NULL;
CREATE INDEX outbox_by_queued ON outbox (queued, id);

-- Endpoints that answered 410 Gone: their events stay due until the config changes, or a person says so.
CREATE TABLE pauses (
    endpoint  TEXT PRIMARY KEY,
    target    TEXT NOT NULL,         -- a digest of the config that answered so
    since     TEXT NOT NULL,
    error     TEXT NOT NULL
);
