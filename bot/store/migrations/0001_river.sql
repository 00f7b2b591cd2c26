-- The river's bed: files, the rounds they tell of, and the posts that are owed.
BEGIN IMMEDIATE;

CREATE TABLE servers (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE,
    timezone TEXT NOT NULL              -- IANA name: what the stamps in file names mean
) STRICT;

-- The evidence: every imported file's own bytes, so that the database alone can rebuild every number.
CREATE TABLE evidence (
    sha256  TEXT NOT NULL PRIMARY KEY,  -- hex, of the bytes before compression
    size    INTEGER NOT NULL,
    content BLOB NOT NULL               -- zlib
) STRICT;

CREATE TABLE rounds (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: buttons under old posts carry it
    server_id      INTEGER NOT NULL REFERENCES servers (id),
    filename       TEXT NOT NULL,
    sha256         TEXT NOT NULL REFERENCES evidence (sha256),
    mtime          INTEGER,             -- UTC seconds, of the file on its server
    map            TEXT NOT NULL,
    number         INTEGER NOT NULL CHECK (number IN (1, 2)),
    ended_at       INTEGER NOT NULL,    -- UTC seconds, from the file name in the server's zone
    host           TEXT NOT NULL,
    config         TEXT NOT NULL,
    defender       INTEGER NOT NULL,    -- side: 1 Axis, 2 Allies
    winner         INTEGER NOT NULL,    -- side: 1 Axis, 2 Allies, 0 nobody
    time_limit     INTEGER NOT NULL,    -- seconds; of a round 2: the time to beat
    next_limit     INTEGER NOT NULL,    -- seconds, as written: may be garbage
    duration       INTEGER,             -- seconds; NULL is unknown
    tab_fields     INTEGER NOT NULL,    -- the writer's version
    state          TEXT NOT NULL CHECK (state IN ('counted', 'set_aside')),
    reason         TEXT,
    first_round_id INTEGER UNIQUE REFERENCES rounds (id),
    digest         TEXT NOT NULL,       -- of everything derived: tells whether a new look changed anything
    imported_at    INTEGER NOT NULL,
    UNIQUE (server_id, filename),
    CHECK ((state = 'set_aside') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX rounds_by_map ON rounds (server_id, map, ended_at);
CREATE INDEX rounds_by_end ON rounds (ended_at, id);

CREATE TABLE round_notes (
    round_id INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    code     TEXT NOT NULL,
    guid     TEXT NOT NULL,             -- empty where the note is about the whole file
    text     TEXT NOT NULL,
    PRIMARY KEY (round_id, position)
) STRICT, WITHOUT ROWID;

-- Figures of this round alone; NULL is unknown to that version of the writer.
CREATE TABLE player_rounds (
    round_id             INTEGER NOT NULL REFERENCES rounds (id) ON DELETE CASCADE,
    line                 INTEGER NOT NULL,
    guid                 TEXT NOT NULL,
    name                 TEXT NOT NULL,
    raw_name             TEXT NOT NULL,
    team                 INTEGER NOT NULL,
    kills                INTEGER NOT NULL,
    deaths               INTEGER NOT NULL,
    hits                 INTEGER NOT NULL,
    shots                INTEGER NOT NULL,
    headshots            INTEGER NOT NULL,
    time_seconds         INTEGER NOT NULL,
    alive_seconds        INTEGER NOT NULL,
    damage_given         INTEGER NOT NULL,
    damage_received      INTEGER NOT NULL,
    team_damage_given    INTEGER NOT NULL,
    team_damage_received INTEGER NOT NULL,
    gibs                 INTEGER NOT NULL,
    selfkills            INTEGER NOT NULL,
    teamkills            INTEGER NOT NULL,
    teamgibs             INTEGER NOT NULL,
    xp                   INTEGER,
    killing_spree        INTEGER,
    death_spree          INTEGER,
    kill_assists         INTEGER,
    kill_steals          INTEGER,
    headshot_kills       INTEGER,
    objectives_stolen    INTEGER,
    objectives_returned  INTEGER,
    dynamites_planted    INTEGER,
    dynamites_defused    INTEGER,
    times_revived        INTEGER,
    useful_kills         INTEGER,
    denied_playtime      INTEGER,
    multikills_2         INTEGER,
    multikills_3         INTEGER,
    multikills_4         INTEGER,
    multikills_5         INTEGER,
    multikills_6         INTEGER,
    useless_kills        INTEGER,
    full_selfkills       INTEGER,
    repairs              INTEGER,
    revives_given        INTEGER,
    time_dead_seconds    INTEGER,
    PRIMARY KEY (round_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX player_rounds_by_guid ON player_rounds (guid, round_id);

CREATE TABLE weapon_rounds (
    round_id  INTEGER NOT NULL,
    line      INTEGER NOT NULL,
    weapon    INTEGER NOT NULL,         -- mask bit, see bot.domain.game.file.weapons
    hits      INTEGER NOT NULL,
    shots     INTEGER NOT NULL,
    kills     INTEGER NOT NULL,
    deaths    INTEGER NOT NULL,
    headshots INTEGER NOT NULL,
    PRIMARY KEY (round_id, line, weapon),
    FOREIGN KEY (round_id, line) REFERENCES player_rounds (round_id, line) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The ledger: every entry ever seen in the folder, in exactly one state.
CREATE TABLE processed_files (
    id            INTEGER PRIMARY KEY,
    server_id     INTEGER NOT NULL REFERENCES servers (id),
    filename      TEXT NOT NULL,        -- escaped where it is not plain ASCII
    state         TEXT NOT NULL
                  CHECK (state IN ('seen', 'downloaded', 'imported', 'rejected', 'retrying', 'ignored')),
    success       INTEGER NOT NULL GENERATED ALWAYS AS (state = 'imported') STORED,
    reason        TEXT,
    size          INTEGER,
    mtime         INTEGER,
    sha256        TEXT,
    round_id      INTEGER UNIQUE REFERENCES rounds (id),
    attempts      INTEGER NOT NULL DEFAULT 0,
    retry_at      INTEGER,              -- UTC seconds
    changed_to    TEXT,                 -- the server's file differs from the imported one: how
    first_seen_at INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    UNIQUE (server_id, filename),
    CHECK ((state = 'imported') = (round_id IS NOT NULL)),
    CHECK ((state = 'retrying') = (retry_at IS NOT NULL)),
    CHECK (state NOT IN ('rejected', 'retrying', 'ignored') OR reason IS NOT NULL)
) STRICT;

-- Posts that are owed, on their way, or made.
CREATE TABLE outbox (
    id               INTEGER PRIMARY KEY,
    kind             TEXT NOT NULL CHECK (kind IN ('round', 'match', 'alert')),
    round_id         INTEGER UNIQUE REFERENCES rounds (id),
    body             TEXT,              -- an alert's text
    about            INTEGER REFERENCES outbox (id),  -- the post that an alert asks about
    state            TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'parked', 'unsure', 'deleted', 'dropped')),
    reason           TEXT,
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
    CHECK ((kind = 'alert') = (body IS NOT NULL)),
    CHECK ((kind = 'alert') = (round_id IS NULL)),
    CHECK (state <> 'sent' OR message_id IS NOT NULL),
    CHECK (state <> 'sending' OR attempt_at IS NOT NULL)
) STRICT;
CREATE INDEX outbox_by_state ON outbox (state, not_before);

-- Small facts about this database itself: the first run, the synced command tree.
CREATE TABLE facts (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA application_id = 1163152467;     -- "ETLS"
PRAGMA user_version = 1;
COMMIT;
