-- Codes in place of sentences: why a round does not count, what was judged about it, why its post was corrected.
BEGIN IMMEDIATE;

CREATE TEMP TABLE sentences (code TEXT NOT NULL, sentence TEXT NOT NULL PRIMARY KEY);
INSERT INTO sentences (code, sentence) VALUES
    ('aborted', 'aborted: the round was broken off in mid-play'),
    ('carried_over', 'carried over: the figures cover more than this round'),
    ('unpaired', 'unpaired: its round 1 is not here, so its running totals cannot be split'),
    ('ambiguous', 'one GUID twice: its lines cannot be told apart'),
    ('few_humans', 'fewer than two humans played'),
    ('mostly_bots', 'more bots than humans played');

-- A sentence → {"reason": code, "words": those of an admin, or of a sentence that no version is known to have written}.
CREATE TEMP TABLE told (sentence TEXT NOT NULL PRIMARY KEY, parameters TEXT NOT NULL);
INSERT INTO told (sentence, parameters)
WITH corrections (rest) AS (
    SELECT substr(corrected, 1 + length('it does not count any more, ')) FROM outbox
     WHERE corrected GLOB 'it does not count any more, *'
     UNION
    SELECT substr(corrected, 1 + length('it does not count for another reason, ')) FROM outbox
     WHERE corrected GLOB 'it does not count for another reason, *'),
written (sentence) AS (
    SELECT reason FROM rounds WHERE reason IS NOT NULL UNION SELECT rest FROM corrections)
SELECT written.sentence, CASE
    WHEN code IS NOT NULL THEN json_object('reason', code)
    WHEN written.sentence GLOB 'ignored by an admin: *'
    THEN json_object('reason', 'ignored', 'words', substr(written.sentence, 1 + length('ignored by an admin: ')))
    ELSE json_object('reason', 'older', 'words', written.sentence) END
  FROM written LEFT JOIN sentences USING (sentence);

ALTER TABLE rounds ADD COLUMN reason_words TEXT;  -- an admin's own, or those of a version without codes
UPDATE rounds SET
    (reason, reason_words) = (
        SELECT json_extract(parameters, '$.reason'), json_extract(parameters, '$.words') FROM told
         WHERE sentence = reason)
 WHERE reason IS NOT NULL;

-- {"name", "extra", "known", "words"}: what a note's sentence needs besides its code, as far as it does.
ALTER TABLE round_notes ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';
CREATE TEMP TABLE endings (code TEXT NOT NULL PRIMARY KEY, ending TEXT NOT NULL);
INSERT INTO endings (code, ending) VALUES
    ('joined', ' is not in round 1: his line counts this round alone'),
    ('reconnected', ' reconnected: part of the round is missing from his line'),
    ('reset', '''s counters began again after round 1: his line counts this round alone'),
    ('watched', ' watched this round'),
    ('left', ' left his team before the end: side from round 1'),
    ('time', '''s time covers both rounds: this round''s length is used');
UPDATE round_notes SET parameters = coalesce(
    (SELECT json_object('name', substr(text, 1, length(text) - length(ending))) FROM endings
      WHERE endings.code = round_notes.code AND length(text) > length(ending)
        AND substr(text, -length(ending)) = ending),
    CASE
    WHEN code = 'twice' AND text GLOB 'two lines claim ?*'
    THEN json_object('name', substr(text, 1 + length('two lines claim ')))
    WHEN code = 'newer' AND text GLOB '[1-9]* tab fields beyond the [1-9]* known ones are ignored'
    THEN json_object('extra', CAST(text AS INTEGER),
                     'known', CAST(substr(text, instr(text, 'the ') + length('the ')) AS INTEGER))
    WHEN code = 'cumulative' AND text = 'the figures below are running totals of both rounds' THEN '{}'
    WHEN code = 'unbalanced'
     AND text = 'kills or damage given and received do not balance: somebody left, or a line is missing' THEN '{}'
    ELSE json_object('words', text) END);
UPDATE round_notes SET code = 'older' WHERE json_extract(parameters, '$.words') IS NOT NULL;
ALTER TABLE round_notes DROP COLUMN text;

-- {"code", "reason", "words"}: a correction's code, and where a reason belongs to it, that of the round.
UPDATE outbox SET corrected = CASE
    WHEN corrected = 'its round 1 has arrived' THEN json_object('code', 'first_arrived')
    WHEN corrected = 'it was paired anew' THEN json_object('code', 'paired_anew')
    WHEN corrected = 'it counts now' THEN json_object('code', 'counts_now')
    WHEN corrected = 'its figures were derived anew' THEN json_object('code', 'derived_anew')
    WHEN corrected = 'a round came late, or was derived anew' THEN json_object('code', 'around')
    WHEN corrected GLOB 'it does not count any more, *'
    THEN (SELECT json_patch(json_object('code', 'counts_no_more'), parameters) FROM told
           WHERE sentence = substr(corrected, 1 + length('it does not count any more, ')))
    WHEN corrected GLOB 'it does not count for another reason, *'
    THEN (SELECT json_patch(json_object('code', 'other_reason'), parameters) FROM told
           WHERE sentence = substr(corrected, 1 + length('it does not count for another reason, ')))
    ELSE json_object('code', 'older', 'reason', 'older', 'words', corrected) END
 WHERE corrected IS NOT NULL;

DROP TABLE temp.sentences;
DROP TABLE temp.told;
DROP TABLE temp.endings;
PRAGMA user_version = 6;
COMMIT;
