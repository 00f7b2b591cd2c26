-- How many attempts at a post nobody knows the outcome of; the first attempt is remembered until the message is there.
BEGIN IMMEDIATE;

ALTER TABLE outbox ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET unanswered = 1 WHERE state = 'sending' OR first_attempt_at IS NOT NULL;

PRAGMA user_version = 8;
COMMIT;
