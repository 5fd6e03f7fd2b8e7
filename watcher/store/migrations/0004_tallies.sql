-- How many suppressions plausible reports led to, by the hour in which they arrived (INTERNALDATE): in all, for
-- a recipient domain, by a reporting host.
CREATE TABLE tallies (
    name   TEXT NOT NULL,      -- 'all', 'domain:example.com', 'host:mx.example.net'
    hour   TEXT NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (name, hour)
);
CREATE INDEX tallies_by_hour ON tallies (hour);
