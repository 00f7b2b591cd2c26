-- Audits, decisions of admins, and who did what.
BEGIN IMMEDIATE;

CREATE TABLE audits (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,          -- UTC seconds
    verdict  TEXT NOT NULL CHECK (verdict IN ('healthy', 'attention', 'critical')),
    counts   TEXT NOT NULL,             -- JSON, as tools.diagnose_file_sync prints it
    classes  TEXT NOT NULL,
    findings TEXT NOT NULL
) STRICT;

-- Facts that a rebuild applies again: files that an admin took out, with his reason.
CREATE TABLE ignored_files (
    server_id  INTEGER NOT NULL REFERENCES servers (id),
    filename   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    PRIMARY KEY (server_id, filename)
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_log (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT NOT NULL,
    command TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;

PRAGMA user_version = 2;
COMMIT;
