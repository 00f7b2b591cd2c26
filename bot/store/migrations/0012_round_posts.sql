-- How round 1 is posted is one of three now: whoever had it posted gets one line, which its match replaces.
BEGIN IMMEDIATE;

UPDATE preferences SET value = CASE value WHEN 'off' THEN 'none' ELSE 'line' END WHERE key = 'rounds';

PRAGMA user_version = 12;
COMMIT;
