-- What was made of a stamp that was in the future when the file was first read, UTC seconds; NULL: the stamp holds.
BEGIN IMMEDIATE;
ALTER TABLE rounds ADD COLUMN dated_at INTEGER;
PRAGMA user_version = 7;
COMMIT;
