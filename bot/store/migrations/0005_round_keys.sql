-- Each round's key, by which buttons name it: of its server's and its file's name, so it outlives this database.
BEGIN IMMEDIATE;

ALTER TABLE rounds ADD COLUMN key TEXT NOT NULL DEFAULT '';
UPDATE rounds SET key = round_key((SELECT name FROM servers WHERE id = server_id), filename);
CREATE INDEX rounds_by_key ON rounds (key);

PRAGMA user_version = 5;
COMMIT;
