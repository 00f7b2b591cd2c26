-- The same index of figures with those first that records and most boards sum: SQLite reads a row only as far as it needs.
BEGIN IMMEDIATE;
DROP INDEX player_figures;
CREATE INDEX player_figures ON player_rounds (
    guid, counted, session, match_id, ended_at, kills, damage_given, time_seconds, light_hits, light_shots,
    headshot_kills, killing_spree, useful_kills, gibs, revives_given, kill_assists, deaths, round_id, attack, result,
    team, alive_seconds, damage_received, light_headshots, team_damage_given, selfkills, teamkills, xp, death_spree,
    dynamites_planted, dynamites_defused, times_revived, denied_playtime, multikills_2, multikills_3, multikills_4,
    multikills_5, multikills_6, repairs);
-- what SQLite knew of the index went with it: without, it takes this one for better than that of names
ANALYZE player_figures;
PRAGMA user_version = 18;
COMMIT;
