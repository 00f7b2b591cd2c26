-- Why a post is where it is: a code, and the words that belong to it; its sentence is the program's.
BEGIN IMMEDIATE;

ALTER TABLE outbox ADD COLUMN reason_words TEXT;
UPDATE outbox SET reason_words = CASE
         WHEN reason LIKE '% posts are switched off in /settings' THEN kind
         WHEN reason LIKE 'fewer than % players, see /settings'
         THEN substr(reason, 12, instr(reason, ' players,') - 12)
         WHEN reason IN ('too old to be news', 'an admin saw it', 'deleted on Discord', 'its answer may still come',
                         'edited a moment ago') THEN NULL
         ELSE reason END,
       reason = CASE
         WHEN reason LIKE '% posts are switched off in /settings' THEN 'unwanted'
         WHEN reason LIKE 'fewer than % players, see /settings' THEN 'few_players'
         WHEN reason = 'too old to be news' THEN 'too_old'
         WHEN reason = 'an admin saw it' THEN 'seen'
         WHEN reason = 'deleted on Discord' THEN 'deleted'
         WHEN reason = 'its answer may still come' THEN 'under_way'
         WHEN reason = 'edited a moment ago' THEN 'just_edited'
         ELSE 'said' END
 WHERE reason IS NOT NULL;

PRAGMA user_version = 14;
COMMIT;
