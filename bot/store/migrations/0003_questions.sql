-- What people ask: marks that let one pass of one index answer, and who is who on Discord.
BEGIN IMMEDIATE;

ALTER TABLE rounds ADD COLUMN session INTEGER NOT NULL DEFAULT 0;    -- end of its session's first round, UTC seconds
ALTER TABLE rounds ADD COLUMN team_size INTEGER NOT NULL DEFAULT 0;  -- humans on the smaller side
DROP INDEX rounds_by_end;
CREATE INDEX rounds_by_end ON rounds (ended_at, id, state, number, map, config, team_size, session);
CREATE INDEX rounds_by_session ON rounds (session, ended_at, id, state);
CREATE INDEX rounds_by_state ON rounds (state, ended_at);

-- Marks: what a line knows of its round (bot.store.marks writes them, and nothing else does).
ALTER TABLE player_rounds ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE player_rounds ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE player_rounds ADD COLUMN session INTEGER NOT NULL DEFAULT 0;
ALTER TABLE player_rounds ADD COLUMN match_id INTEGER NOT NULL DEFAULT 0;  -- round 1's id, or its own
ALTER TABLE player_rounds ADD COLUMN attack INTEGER;                       -- 1 attacked, 0 defended
ALTER TABLE player_rounds ADD COLUMN result INTEGER;                       -- 1 won the match, 0 draw, -1 lost: on his last line of it
ALTER TABLE player_rounds ADD COLUMN light_hits INTEGER NOT NULL DEFAULT 0;       -- pistols and sub-machine guns
ALTER TABLE player_rounds ADD COLUMN light_shots INTEGER NOT NULL DEFAULT 0;
ALTER TABLE player_rounds ADD COLUMN light_headshots INTEGER NOT NULL DEFAULT 0;
ALTER TABLE weapon_rounds ADD COLUMN counted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE weapon_rounds ADD COLUMN guid TEXT NOT NULL DEFAULT '';

UPDATE rounds SET team_size = (
    SELECT min(sum(team = 1), sum(team = 2)) FROM player_rounds WHERE round_id = rounds.id AND guid NOT LIKE 'OMNIBOT%');
UPDATE rounds SET team_size = 0 WHERE team_size IS NULL;
UPDATE player_rounds SET (counted, ended_at, match_id, attack) = (
    SELECT state = 'counted', rounds.ended_at, coalesce(first_round_id, id),
           CASE WHEN team NOT IN (1, 2) OR defender NOT IN (1, 2) THEN NULL ELSE team <> defender END
      FROM rounds WHERE id = round_id);
UPDATE player_rounds SET (light_hits, light_shots, light_headshots) = (
    SELECT coalesce(sum(hits), 0), coalesce(sum(shots), 0), coalesce(sum(headshots), 0) FROM weapon_rounds AS w
     WHERE w.round_id = player_rounds.round_id AND w.line = player_rounds.line AND weapon IN (2, 3, 4, 5, 6, 26));
UPDATE weapon_rounds SET (counted, guid) = (
    SELECT p.counted, p.guid FROM player_rounds AS p
     WHERE p.round_id = weapon_rounds.round_id AND p.line = weapon_rounds.line);

DROP INDEX player_rounds_by_guid;
CREATE INDEX player_rounds_by_name ON player_rounds (guid, name, ended_at);
CREATE INDEX player_figures ON player_rounds (
    guid, counted, session, match_id, round_id, ended_at, attack, result, team, kills, deaths, time_seconds,
    alive_seconds, damage_given, damage_received, light_hits, light_shots, light_headshots, team_damage_given, gibs,
    selfkills, teamkills, xp, killing_spree, death_spree, kill_assists, headshot_kills, dynamites_planted,
    dynamites_defused, times_revived, useful_kills, denied_playtime, multikills_2, multikills_3, multikills_4,
    multikills_5, multikills_6, repairs, revives_given);
CREATE INDEX weapon_figures ON weapon_rounds (weapon, guid, counted, round_id, hits, shots, kills, deaths, headshots);

-- One Discord member, one player; one player, one member.
CREATE TABLE links (
    member_id INTEGER PRIMARY KEY,      -- Discord's
    guid      TEXT NOT NULL UNIQUE,
    linked_by TEXT NOT NULL,
    linked_at INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 3;
COMMIT;
