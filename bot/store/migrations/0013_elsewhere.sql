-- Where else than at its end a round may belong, UTC seconds: by its file's time, or by its stamp, more than an hour away.
-- NULL where stamp and file agree, as nearly always: so that a wrong clock's rounds are found from both places.
BEGIN IMMEDIATE;
ALTER TABLE rounds ADD COLUMN elsewhere INTEGER;
UPDATE rounds SET elsewhere = mtime WHERE abs(mtime - ended_at) > 3600;
CREATE INDEX rounds_elsewhere ON rounds (server_id, map, elsewhere) WHERE elsewhere IS NOT NULL;
PRAGMA user_version = 13;
COMMIT;
