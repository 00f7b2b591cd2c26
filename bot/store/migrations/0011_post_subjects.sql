-- A post about a round beside the round's own, or about what begins with it, is named by that round's key: once a kind.
BEGIN IMMEDIATE;

ALTER TABLE outbox ADD COLUMN subject TEXT;
CREATE UNIQUE INDEX outbox_by_subject ON outbox (subject, kind);

PRAGMA user_version = 11;
COMMIT;
