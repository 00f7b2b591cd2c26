-- Who killed whom, where a file tells it: those of our own script do, others leave it unknown.
BEGIN IMMEDIATE;

ALTER TABLE rounds ADD COLUMN knows_kills INTEGER NOT NULL DEFAULT 0;   -- 1: the file tells it, if only that nobody was
CREATE INDEX rounds_that_know_kills ON rounds (id) WHERE knows_kills = 1;

CREATE TABLE tallies (
    round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    killer   TEXT NOT NULL,             -- identities as in player_rounds.guid; bots that share a GUID stand under that
    victim   TEXT NOT NULL,
    times    INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (round_id, killer, victim)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 10;
COMMIT;
