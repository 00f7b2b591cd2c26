-- What each alert tells of, and when that was over: the message says so then. And which admin has read it.
BEGIN IMMEDIATE;

CREATE TABLE alert_concerns (
    item    INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    key     TEXT NOT NULL,     -- of the concern: its code, a colon, what it is about
    text    TEXT NOT NULL,
    over_at INTEGER,           -- UTC seconds; NULL as long as it lasts
    PRIMARY KEY (item, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_concerns_open ON alert_concerns (key) WHERE over_at IS NULL;
ALTER TABLE outbox ADD COLUMN seen_by INTEGER;

PRAGMA user_version = 16;
COMMIT;
