-- Why a file has no round, or not yet: a code, and what belongs to it; its sentence is the program's. How the server's
-- file differs: its size, time and kind as an object.
BEGIN IMMEDIATE;

ALTER TABLE processed_files ADD COLUMN reason_parameters TEXT;

CREATE TEMPORARY TABLE sentences (id INTEGER PRIMARY KEY, line INTEGER, said TEXT NOT NULL);
INSERT INTO sentences
    WITH taken_apart AS (
        SELECT id, reason AS whole,
               reason GLOB 'line [0-9]*: *' AND rtrim(substr(reason, 6, instr(reason, ': ') - 6), '0123456789') = ''
                   AS is_in_line
          FROM processed_files WHERE reason IS NOT NULL)
    SELECT id, CASE WHEN is_in_line THEN CAST(substr(whole, 6, instr(whole, ': ') - 6) AS INTEGER) END AS line,
           CASE WHEN is_in_line THEN substr(whole, instr(whole, ': ') + 2) ELSE whole END AS said
      FROM taken_apart;
CREATE TEMPORARY TABLE codes (said TEXT PRIMARY KEY, code TEXT NOT NULL);
INSERT INTO codes VALUES
    ('its date or time does not exist', 'no_such_time'),
    ('awards (endstats), not a round', 'endstats'),
    ('per-weapon dump, not a round', 'weapon_dump'),
    ('unsafe name', 'unsafe_name'),
    ('named nearly as a round file is, <date>-<time>-<map>-round-1.txt or -2.txt, and not taken', 'nearly'),
    ('console report of one client, not a round', 'console'),
    ('not a round file by its name', 'other_name'),
    ('empty file', 'empty'),
    ('incomplete: the last line has no end', 'cut'),
    ('no players', 'no_players'),
    ('not a player line: GUID\name\rounds\team\mask, weapon figures, tab fields', 'no_player_line'),
    ('blanks where tabs belong: the older script c0rnp0rn2 wrote it. Install a newer one on the game server '
     || '(docs/SERVER.md)', 'old_script');
UPDATE processed_files SET (reason, reason_parameters) = (
    SELECT CASE
             WHEN codes.code IS NOT NULL THEN codes.code
             WHEN line IS NULL AND said LIKE 'ignored by an admin: %' THEN 'ignored'
             WHEN line IS NULL AND said LIKE '%, not a regular file' THEN 'not_regular'
             ELSE 'said' END,
           nullif(json_patch(
             CASE WHEN line IS NULL THEN '{}' ELSE json_object('line', line) END,
             CASE
               WHEN codes.code IS NOT NULL THEN '{}'
               WHEN line IS NULL AND said LIKE 'ignored by an admin: %' THEN json_object('words', substr(said, 22))
               WHEN line IS NULL AND said LIKE '%, not a regular file'
               THEN json_object('what', substr(said, 1, length(said) - 20))
               ELSE json_object('words', said) END), '{}')
      FROM sentences LEFT JOIN codes USING (said) WHERE sentences.id = processed_files.id)
 WHERE reason IS NOT NULL;
DROP TABLE sentences;
DROP TABLE codes;

UPDATE processed_files SET changed_to = json_object(
    'size', CASE WHEN changed_to LIKE 'unknown bytes%' THEN NULL ELSE CAST(changed_to AS INTEGER) END,
    'mtime', CASE WHEN changed_to LIKE '% bytes, mtime unknown%' THEN NULL
                  ELSE CAST(substr(changed_to, instr(changed_to, ', mtime ') + 8) AS INTEGER) END,
    'kind', CASE WHEN instr(changed_to, ', a ') THEN substr(changed_to, instr(changed_to, ', a ') + 4) ELSE 'file' END)
 WHERE changed_to IS NOT NULL;

PRAGMA user_version = 15;
COMMIT;
