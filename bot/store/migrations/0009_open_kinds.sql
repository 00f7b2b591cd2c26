-- Kinds and states of posts are the program's words: a new one needs no new table. What every post obeys stays.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

CREATE TABLE outbox_now (
    id               INTEGER PRIMARY KEY,
    kind             TEXT NOT NULL,
    round_id         INTEGER UNIQUE REFERENCES rounds (id),
    session          INTEGER UNIQUE,    -- a recap's: the end of its first round, UTC seconds
    digest_id        INTEGER REFERENCES outbox (id),  -- the digest that tells of this round
    body             TEXT,              -- an alert's text
    about            INTEGER REFERENCES outbox (id),  -- the post that an alert asks about
    state            TEXT NOT NULL,
    reason           TEXT,
    corrected        TEXT,              -- why the message says something else than at first
    revision         INTEGER NOT NULL DEFAULT 1,   -- what the message should say
    sent_revision    INTEGER NOT NULL DEFAULT 0,   -- what it says
    channel_id       INTEGER,
    nonce            TEXT UNIQUE,
    message_id       INTEGER UNIQUE,
    attempts         INTEGER NOT NULL DEFAULT 0,
    first_attempt_at INTEGER,           -- of the attempts whose outcome is unknown
    attempt_at       INTEGER,
    edited_at        INTEGER,
    not_before       INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    unanswered       INTEGER NOT NULL DEFAULT 0,   -- attempts that nobody knows the outcome of
    CHECK (state <> 'sent' OR message_id IS NOT NULL),
    CHECK (state <> 'sending' OR attempt_at IS NOT NULL)
) STRICT;
INSERT INTO outbox_now (id, kind, round_id, session, digest_id, body, about, state, reason, corrected, revision,
                        sent_revision, channel_id, nonce, message_id, attempts, first_attempt_at, attempt_at, edited_at,
                        not_before, created_at, unanswered)
SELECT id, kind, round_id, session, digest_id, body, about, state, reason, corrected, revision,
       sent_revision, channel_id, nonce, message_id, attempts, first_attempt_at, attempt_at, edited_at,
       not_before, created_at, unanswered FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_now RENAME TO outbox;
CREATE INDEX outbox_by_state ON outbox (state, not_before);
CREATE INDEX outbox_by_digest ON outbox (digest_id) WHERE digest_id IS NOT NULL;

PRAGMA user_version = 9;
COMMIT;
PRAGMA foreign_keys = ON;
