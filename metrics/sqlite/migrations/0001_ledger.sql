-- Strings are kept once and named by number, so that a row of the ledger is a handful of integers.
CREATE TABLE text (
    id    INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE,
    sum   INTEGER NOT NULL          -- CRC-32C of value
) STRICT;

CREATE TABLE metric (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,             -- the entry as JSON
    sum  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE subject (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    aliases      TEXT NOT NULL,     -- a JSON array
    organization TEXT NOT NULL,
    country      TEXT NOT NULL,
    access       TEXT NOT NULL,
    family       TEXT NOT NULL,
    released     INTEGER            -- seconds since 1970; NULL when unknown
) STRICT, WITHOUT ROWID;

-- One row per call of Append that changed something: revisions first to last, recorded at one instant. It is the index of
-- the ledger by time.
CREATE TABLE append (
    id             INTEGER PRIMARY KEY,
    recorded_at    INTEGER NOT NULL, -- nanoseconds since 1970
    first_revision INTEGER NOT NULL,
    last_revision  INTEGER NOT NULL
) STRICT;
CREATE INDEX append_recorded_at ON append (recorded_at);

-- The ledger. Rows are added and never changed. metric, source, subject, setting, name, url, version, file and interval
-- are numbers of text.
CREATE TABLE revision (
    id           INTEGER PRIMARY KEY,
    metric       INTEGER NOT NULL,
    source       INTEGER NOT NULL,
    subject      INTEGER NOT NULL,
    setting      INTEGER NOT NULL,
    time         INTEGER NOT NULL,  -- seconds since 1970
    number       INTEGER NOT NULL,  -- 1 for the first of its key
    before       INTEGER NOT NULL,  -- the revision replaced, 0 for none
    value        REAL NOT NULL,
    low          REAL,
    high         REAL,
    interval     INTEGER NOT NULL,
    name         INTEGER NOT NULL,
    url          INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    file         INTEGER NOT NULL,
    row          INTEGER NOT NULL,
    retrieved_at INTEGER,           -- seconds since 1970
    withdrawn    INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,  -- nanoseconds since 1970
    sum          INTEGER NOT NULL   -- CRC-32C of the columns above
) STRICT;

-- The newest revision of each key, withdrawn or not.
CREATE TABLE head (
    metric   INTEGER NOT NULL,
    source   INTEGER NOT NULL,
    subject  INTEGER NOT NULL,
    setting  INTEGER NOT NULL,
    time     INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    digest   INTEGER NOT NULL,      -- of the content, to see at once that nothing changed
    PRIMARY KEY (metric, source, subject, setting, time)
) STRICT, WITHOUT ROWID;

-- The pairs of metric and source that have revisions, and how many keys of theirs are live.
CREATE TABLE feed (
    metric INTEGER NOT NULL,
    source INTEGER NOT NULL,
    live   INTEGER NOT NULL,
    PRIMARY KEY (metric, source)
) STRICT, WITHOUT ROWID;

-- What the ledger holds, in one row that changes in the transaction of each write.
CREATE TABLE state (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    fingerprint TEXT NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
INSERT INTO state VALUES (1, '00000000000000000000000000000000', 0);
