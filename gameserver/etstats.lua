-- SPDX-License-Identifier: MIT. Copyright (c) 2026 the ETL stats bot authors.
--
-- etstats: an ET:Legacy server script (2.82 and later, Lua 5.4 or LuaJIT) that writes one text file for each stopwatch
-- round into gamestats/, for the ET:Legacy stats bot. gameserver/README.md tells how to install it,
-- docs/dev/FORMAT.md and docs/dev/SCRIPT.md describe the file.
--
-- In short: what the engine counts is written as the engine has it, running on from round 1 into round 2. What it does
-- not count is counted here, from zero in each round. The first frame of the intermission takes the last look at
-- everybody and makes the whole text; three seconds later, or when the level ends before, it goes to the disk.
-- The script only ever reads the game: it sets nothing, returns nothing, and an error in it costs one line at most.

local VERSION = "1.0.0"
local KILLS_VERSION = 1         -- of the section at the end of the file
local FOLDER = "gamestats"      -- under fs_homepath/fs_game
local STATUS_FILE = "etstats.status"
local STAMP = "%Y-%m-%d-%H%M%S" -- of file names, in the server's local time

local SAVE_AFTER = 3000         -- ms from the end of the round to its file; readers take the stamp as "end + 3 s"
local SAVE_TRIES = 3
local LOOK_EVERY = 5000         -- ms in which every client is looked at once, a few in each frame
local LOOKS_A_FRAME = 4         -- at most, also after a long frame
local HELPED_WITHIN = 1500      -- ms from somebody's damage to another one's kill: an assist, or a steal
local STREAK_GAP = 3000         -- ms between two kills of a multikill, at most
local SPREE_FROM = 3            -- shorter runs of kills or deaths are no spree
local SHORT_WAIT = 5000         -- ms: a victim who is back sooner was killed in vain
local FULL_WAIT = 0.9           -- share of the respawn cycle that counts as all of it
local KEPT_FAILURES = 20        -- distinct ones; more are not told

-- ==== The engine's numbers ===========================================================================================

local PLAYING, INTERMISSION = 0, 3      -- cvar gamestate (warm-up 2, countdown 1)
local STOPWATCH = 3                     -- cvar g_gametype
local AXIS, ALLIES, SPECTATOR = 1, 2, 3 -- sess.sessionTeam
local CONNECTED = 2                     -- pers.connected
local MOST_CLIENTS = 64
local WEAPONS = 28                      -- sess.aWeaponStats 0 … 27; cell 28 is for causes without a weapon
local SHOTS, DEATHS, HEADSHOTS, HITS, KILLS = 1, 2, 3, 4, 5 -- the positions in one of these cells
local WAVE_SEEDS = { 11, 3, 13, 7, 2, 5, 1, 17 }

local CS_LEVEL_START_TIME = et.CS_LEVEL_START_TIME or 11 -- the engine moves it on while the game is paused
local CS_MULTI_INFO = et.CS_MULTI_INFO or 13
local CS_MULTI_MAPWINNER = et.CS_MULTI_MAPWINNER or 14
local CS_REINFSEEDS = et.CS_REINFSEEDS or 31

local MOD_SUICIDE = et.MOD_SUICIDE or 33        -- /kill
local NO_DEATH = { [et.MOD_SWAP_PLACES or 58] = true, [et.MOD_SWITCHTEAM or 59] = true } -- changes of team
local NO_WEAPON = {}                            -- causes that are in no weapon's cell, and so in no kills of the file
for _, cause in ipairs({ "UNKNOWN", "KICKED", "AMMO", "WATER", "SLIME", "LAVA", "CRUSH", "TELEFRAG", "FALLING",
    "SUICIDE", "TARGET_LASER", "TRIGGER_HURT", "EXPLOSIVE", "CRUSH_CONSTRUCTION", "CRUSH_CONSTRUCTIONDEATH",
    "CRUSH_CONSTRUCTIONDEATH_NOATTACKER", "SMOKEBOMB", "SWAP_PLACES", "SWITCHTEAM", "SHOVE" }) do
    local number = et["MOD_" .. cause]
    if number then NO_WEAPON[number] = true end
end

local function cvar(name) return et.trap_Cvar_Get(name) or "" end
local function cvar_number(name) return tonumber(cvar(name)) or 0 end
local function configstring(index) return et.trap_GetConfigstring(index) or "" end
local function team_of(slot) return et.gentity_get(slot, "sess.sessionTeam") end

-- ==== State of this level: the engine loads the script anew for each warm-up and each round ==========================

-- round: nil unless one is played. { number, map, level_time, clock, frame, clients, players, … }, see begin_round
-- client: somebody in a slot, from his connect to his disconnect; { slot, player, team, wounds, dead, … }
-- player: a person in this round, whatever slots he had; { guid8, own = what is counted here, line = last look }
local round
local unsaved                   -- a finished round's file that is not on the disk yet: { text, map, number, due, … }
local last_state                -- gamestate in the last frame; nil before the first one

-- ==== Failures: the game never notices them, the console hears of each kind once =====================================

local failures = {}             -- { text, times }, in the order of their first time
local untold = {}               -- texts that the next frame prints: printing here could call et_Print again, for ever

local function failed(where, why)
    local text = string.sub(where .. ": " .. string.gsub(tostring(why), "%c", " "), 1, 500)
    for _, failure in ipairs(failures) do
        if failure.text == text then
            failure.times = failure.times + 1
            return
        end
    end
    if #failures < KEPT_FAILURES then
        failures[#failures + 1] = { text = text, times = 1 }
        untold[#untold + 1] = text
    end
end

-- Do the work; what it returns, or nil where it fails.
local function attempt(where, work, ...)
    local fine, result = pcall(work, ...)
    if fine then return result end
    failed(where, result)
    return nil
end

-- ==== Clocks. Play time: ms since the round began, pauses excluded ===================================================

local function play_time(level_time) return level_time - (tonumber(configstring(CS_LEVEL_START_TIME)) or 0) end

-- Play time of what happens now: after the last call of et_RunFrame, so in the frame that follows it.
local function now() return round.clock + round.frame end

-- Respawn waves: each side's begin so many ms before the round does, from ten numbers that change with each level.
local function wave_offsets()
    local numbers = {}
    for number in string.gmatch(configstring(CS_REINFSEEDS), "%d+") do numbers[#numbers + 1] = tonumber(number) end
    local function offset(index)
        return math.floor(1000 * (numbers[3 + index] or 0) / (WAVE_SEEDS[1 + index] or 1))
    end
    return {
        [ALLIES] = offset(math.floor((numbers[1] or 0) / 8)),
        [AXIS] = offset(math.floor((numbers[2] or 0) / 4)),
    }
end

-- How long somebody of this team who dies now waits at least, and the length of a whole wait; nil where none is set.
local function respawn_wait(team)
    local cycle = cvar_number(team == AXIS and "g_redlimbotime" or "g_bluelimbotime") -- map scripts change them
    if cycle <= 0 or not round.wave_offsets[team] then return nil end
    return cycle - (round.wave_offsets[team] + now()) % cycle, cycle
end

-- ==== Who is who =====================================================================================================

local function new_counts()
    return {
        kill_run = 0, longest_kill_run = 0, death_run = 0, longest_death_run = 0,
        streak = 0, streak_at = 0, multikills = { 0, 0, 0, 0, 0, 0 },
        assists = 0, steals = 0, headshot_kills = 0, useful_kills = 0, useless_kills = 0, denied = 0,
        full_selfkills = 0, stolen = 0, returned = 0, planted = 0, defused = 0, repairs = 0,
        times_revived = 0, revives = 0,
        killed = {},            -- victim (a player) → how often
    }
end

-- The person by his GUID. Bots share theirs, and who has none shares that: there the name without colours tells.
local function player_in(slot)
    local userinfo = et.trap_GetUserinfo(slot) or ""
    local guid = string.upper(string.gsub(et.Info_ValueForKey(userinfo, "cl_guid") or "", "[%c%s\\\128-\255]", ""))
    local key = guid
    if not string.find(guid, "^%x%x%x%x%x%x%x%x") then
        local name = et.gentity_get(slot, "pers.netname") or ""
        key = guid .. "\n" .. string.gsub(name, "%^[^%^%c ]", "")
    end
    local player = round.players[key]
    if not player then
        player = { guid8 = string.sub(guid, 1, 8), own = new_counts() }
        round.players[key] = player
    end
    return player
end

-- Whoever is in the game in this slot; nil for the world, other entities, empty slots, and while he loads.
local function client_in(slot)
    if slot < 0 or slot >= round.slots then return nil end -- beyond them the engine drops the level
    local client = round.clients[slot]
    if client or et.gentity_get(slot, "pers.connected") ~= CONNECTED then return client end
    client = {
        slot = slot,
        player = player_in(slot),
        team = team_of(slot),
        wounds = {},            -- { at, by, damage }: what enemies did to him since he was born
        heads = et.gentity_get(slot, "pers.playerStats.hitRegions", 0) or 0, -- heads that he hit so far
        head_of = nil,          -- the client whose head his last hit was to
        dead = nil,             -- { since, by }: waits for his respawn, killed by that enemy (a player)
        time_before = et.gentity_get(slot, "sess.time_axis") + et.gentity_get(slot, "sess.time_allies"),
        alive_before = et.gentity_get(slot, "sess.time_played"),
    }
    round.clients[slot] = client
    return client
end

-- ==== The fields of a player's line, in their order ==================================================================
-- Name, how it is written, where it comes from; times are in ms until they are written.
-- engine(): the engine's own counter at the last look. It runs on from round 1 into round 2, and is written so.
-- counted(): this round alone, see new_counts. The rest is worked out of these; `line` is made by look_at.

local WHOLE, TENTHS = "%d", "%.1f"
local read_at_a_look = { "sess.rounds", "sess.kills", "sess.deaths", "sess.time_axis", "sess.time_allies",
    "sess.time_played" }

local function engine(field)
    read_at_a_look[#read_at_a_look + 1] = field
    return function(line) return line[field] end
end
local function counted(name) return function(_, own) return own[name] end end
local function multikills(size) return function(_, own) return own.multikills[size] end end
local function ratio(part, whole) return whole ~= 0 and part / whole or 0 end
local function spree(run) return run >= SPREE_FROM and run or 0 end
local function lives_lost_a_death(line)
    local lives = ratio(line["sess.damage_received"], line["sess.deaths"]) / 130
    return line["sess.damage_received"] > 1000 and lives > 3 and lives or 0
end
local function kills_a_death(line)
    local kills, deaths = line["sess.kills"], line["sess.deaths"] -- with those that no weapon did
    return deaths == 0 and kills + 1 or kills / deaths
end

local FIELDS = {
    { "damage_given", WHOLE, engine("sess.damage_given") }, -- hit points taken from enemies
    { "damage_received", WHOLE, engine("sess.damage_received") }, -- lost to enemies
    { "team_damage_given", WHOLE, engine("sess.team_damage_given") }, -- taken from team mates
    { "team_damage_received", WHOLE, engine("sess.team_damage_received") }, -- lost to team mates
    { "gibs", WHOLE, engine("sess.gibs") }, -- enemies' bodies destroyed
    { "selfkills", WHOLE, engine("sess.self_kills") }, -- deaths by own damage, /kill and the world
    { "teamkills", WHOLE, engine("sess.team_kills") }, -- team mates killed
    { "teamgibs", WHOLE, engine("sess.team_gibs") }, -- team mates' bodies destroyed
    { "time_played_pct", TENTHS, function(line) return 100 * ratio(line["sess.time_played"], line.time) end }, -- alive
    { "xp", WHOLE, function(line) return line.xp end }, -- experience; the engine begins anew in each round
    { "killing_spree", WHOLE, function(_, own) return spree(own.longest_kill_run) end }, -- kills without dying
    { "death_spree", WHOLE, function(_, own) return spree(own.longest_death_run) end }, -- deaths without a kill
    { "kill_assists", WHOLE, counted("assists") }, -- hurt an enemy shortly before another one killed him
    { "kill_steals", WHOLE, counted("steals") }, -- killed whom somebody else had hurt more, shortly before
    { "headshot_kills", WHOLE, counted("headshot_kills") }, -- the final blow hit the head
    { "objectives_stolen", WHOLE, counted("stolen") }, -- the other side's object taken up, each time
    { "objectives_returned", WHOLE, counted("returned") }, -- the own side's object touched
    { "dynamites_planted", WHOLE, counted("planted") }, -- at objectives
    { "dynamites_defused", WHOLE, counted("defused") }, -- at objectives
    { "times_revived", WHOLE, counted("times_revived") },
    { "bullets_fired", WHOLE, function(line) return line.shots end }, -- shots of all weapons
    { "dpm", TENTHS, function(line) return 60000 * ratio(line["sess.damage_given"], line.time) end }, -- damage a minute
    { "time_min", TENTHS, function(line) return line.time / 60000 end }, -- minutes on a team
    { "tank", TENTHS, lives_lost_a_death }, -- damage received a death, in lives of 130, from a thousand and 3 on
    { "time_dead_ratio", TENTHS, function(line) return 100 * ratio(line.dead_here, line.time_here) end }, -- per cent
    { "time_dead_min", TENTHS, function(line) return line.dead_here / 60000 end }, -- this round, since his connect
    { "kd", TENTHS, kills_a_death },
    { "useful_kills", WHOLE, counted("useful_kills") }, -- the victim had half a respawn cycle to wait, or more
    { "denied_playtime", WHOLE, function(_, own) return own.denied / 1000 + 0.5 end }, -- s that his victims were away
    { "multikills_2", WHOLE, multikills(2) }, -- kills in a row, each within three seconds of the one before;
    { "multikills_3", WHOLE, multikills(3) }, -- a row counts once, at its final size
    { "multikills_4", WHOLE, multikills(4) },
    { "multikills_5", WHOLE, multikills(5) },
    { "multikills_6", WHOLE, multikills(6) }, -- six or more
    { "useless_kills", WHOLE, counted("useless_kills") }, -- the victim was back within five seconds
    { "full_selfkills", WHOLE, counted("full_selfkills") }, -- /kill with nearly the whole wait ahead
    { "repairs", WHOLE, counted("repairs") }, -- things built or repaired; 2.82: mounted guns only
    { "revives_given", WHOLE, counted("revives") },
}

-- ==== A look at a client: what the engine has counted for him ========================================================

-- The engine's counters are unsigned; some are taken back below zero.
local function signed(number) return number >= 2147483648 and number - 4294967296 or number end

-- Keep what his line will say. Who has no weapon figure gets no line, or keeps the one of an earlier connection.
local function look_at(client)
    local slot = client.slot
    if et.gentity_get(slot, "pers.connected") ~= CONNECTED then return end
    local line = {
        name = et.gentity_get(slot, "pers.netname") or "",
        team = team_of(slot),
        xp = et.gentity_get(slot, "ps.persistant", 0) or 0,
        mask = 0, shots = 0, cells = {},
    }
    client.team = line.team
    for weapon = 0, WEAPONS - 1 do
        local cell = et.gentity_get(slot, "sess.aWeaponStats", weapon)
        local hits, shots, kills = signed(cell[HITS]), signed(cell[SHOTS]), signed(cell[KILLS])
        local deaths, headshots = signed(cell[DEATHS]), signed(cell[HEADSHOTS])
        if hits ~= 0 or shots ~= 0 or kills ~= 0 or deaths ~= 0 then
            line.mask = line.mask + 2 ^ weapon
            line.shots = line.shots + shots
            line.cells[#line.cells + 1] = string.format(" %d %d %d %d %d", hits, shots, kills, deaths, headshots)
        end
    end
    if line.mask == 0 then return end
    for _, field in ipairs(read_at_a_look) do line[field] = signed(et.gentity_get(slot, field)) end
    line.time = line["sess.time_axis"] + line["sess.time_allies"]
    line.time_here = line.time - client.time_before     -- of this connection in this round
    line.dead_here = math.max(0, line.time_here - (line["sess.time_played"] - client.alive_before))
    client.player.line = line
end

-- Some clients in each frame, so that everybody has his turn every five seconds and no frame has much to do.
local function look_around(elapsed)
    round.looks_due = math.min(round.looks_due + round.slots * elapsed / LOOK_EVERY, LOOKS_A_FRAME)
    while round.looks_due >= 1 do
        local slot = round.next_look
        round.looks_due = round.looks_due - 1
        round.next_look = (slot + 1) % round.slots
        local client = client_in(slot)
        if client then look_at(client) end
    end
end

-- ==== What the engine does not count: kills, deaths, what led to them and what they cost =============================

-- A multikill counts once, at its final size: when its player dies, pauses for longer, or the round ends.
local function close_streak(own)
    if own.streak >= 2 then
        local size = math.min(own.streak, 6)
        own.multikills[size] = own.multikills[size] + 1
    end
    own.streak = 0
end

-- The victim is back, has left or stopped playing, or the round is over: his killer denied him so much of it.
local function close_death(client)
    if client.dead and client.dead.by then
        local own = client.dead.by.own
        own.denied = own.denied + now() - client.dead.since
    end
    client.dead = nil
end

local function remember_wound(victim, by, damage)
    local wounds, at = victim.wounds, now()
    if #wounds >= 50 then
        local recent = {}
        for _, wound in ipairs(wounds) do
            if at - wound.at <= HELPED_WITHIN then recent[#recent + 1] = wound end
        end
        wounds = recent
        victim.wounds = recent
    end
    wounds[#wounds + 1] = { at = at, by = by, damage = damage }
end

-- Before the health falls: `damage` may be more than is left of it.
local function on_damage(target, attacker, damage)
    if not round or target == attacker or target >= MOST_CLIENTS or attacker >= MOST_CLIENTS then return end
    local victim, shooter = client_in(target), client_in(attacker)
    if not victim or not shooter then return end
    local heads = et.gentity_get(attacker, "pers.playerStats.hitRegions", 0) -- has risen already
    shooter.head_of = heads > shooter.heads and victim or nil
    shooter.heads = heads
    local health = et.gentity_get(target, "health")
    if damage > 0 and health > 0 and team_of(target) ~= team_of(attacker) then
        remember_wound(victim, shooter.player, math.min(damage, health))
    end
end

local function count_kill(killer, victim, mod)
    local own, at = killer.player.own, now()
    own.death_run = 0
    own.kill_run = own.kill_run + 1
    own.longest_kill_run = math.max(own.longest_kill_run, own.kill_run)
    if own.streak > 0 and at - own.streak_at > STREAK_GAP then close_streak(own) end
    own.streak, own.streak_at = own.streak + 1, at
    if killer.head_of == victim then own.headshot_kills = own.headshot_kills + 1 end

    local damage = {}           -- player → what he did to the victim at last
    for _, wound in ipairs(victim.wounds) do
        if at - wound.at <= HELPED_WITHIN then damage[wound.by] = (damage[wound.by] or 0) + wound.damage end
    end
    local mine, stolen = damage[killer.player] or 0, false
    for helper, amount in pairs(damage) do
        if helper ~= killer.player and helper ~= victim.player then
            helper.own.assists = helper.own.assists + 1
            stolen = stolen or amount > mine
        end
    end
    if stolen then own.steals = own.steals + 1 end

    local wait, cycle = respawn_wait(team_of(victim.slot))
    if wait and wait >= cycle / 2 then own.useful_kills = own.useful_kills + 1 end
    if wait and wait < SHORT_WAIT then own.useless_kills = own.useless_kills + 1 end

    if not NO_WEAPON[mod] then  -- so that a player's pairs add up to the kills of his weapons
        own.killed[victim.player] = (own.killed[victim.player] or 0) + 1
    end
end

local function on_obituary(target, attacker, mod)
    if not round or NO_DEATH[mod] then return end
    local victim = client_in(target)
    if not victim then return end
    local killer = attacker ~= target and client_in(attacker) or nil
    local by_enemy = killer ~= nil and team_of(attacker) ~= team_of(target)
    local own = victim.player.own
    own.kill_run = 0            -- any death ends it; only those at an enemy's hands make a run of deaths
    close_streak(own)
    if by_enemy then
        own.death_run = own.death_run + 1
        own.longest_death_run = math.max(own.longest_death_run, own.death_run)
        count_kill(killer, victim, mod)
    elseif attacker == target and mod == MOD_SUICIDE then
        local wait, cycle = respawn_wait(team_of(target))
        if wait and wait >= FULL_WAIT * cycle then own.full_selfkills = own.full_selfkills + 1 end
    end
    victim.dead = { since = now(), by = by_enemy and killer.player or nil }
end

local function on_spawn(slot, revived)
    local client = round and client_in(slot)
    if not client then return end
    if revived == 1 then client.player.own.times_revived = client.player.own.times_revived + 1 end
    -- late joiners and those who change teams "spawn" dead, into the wait for the next wave
    if revived == 1 or et.gentity_get(slot, "health") > 0 or team_of(slot) == SPECTATOR then
        close_death(client)
        client.wounds = {}
    end
end

local function count(slot, what)
    local client = client_in(slot)
    if client then client.player.own[what] = client.player.own[what] + 1 end
end

local function on_revive(revived, reviver)
    if not round then return end
    round.revives_are_called = true
    if revived ~= reviver then count(reviver, "revives") end -- else the console's command
end

-- Lines of the server's log, which only dedicated servers print. Anchored: what players say begins otherwise.
local LOG = {
    Item = { "^Item: (%d+) team_CTF_(%a+)flag", function(slot, colour)
        local is_own = team_of(slot) == (colour == "red" and AXIS or ALLIES)
        count(slot, is_own and "returned" or "stolen")
    end },
    Dynamite_Plant = { "^Dynamite_Plant: (%d+)", function(slot) count(slot, "planted") end },
    Dynamite_Diffuse = { "^Dynamite_Diffuse: (%d+)", function(slot) count(slot, "defused") end },
    Repair = { "^Repair: (%d+)", function(slot) count(slot, "repairs") end },
    Medic_Revive = { "^Medic_Revive: (%d+) (%d+)", function(medic, patient) -- 2.82 and 2.83 have no et_Revive
        if not round.revives_are_called and medic ~= tonumber(patient) then count(medic, "revives") end
    end },
    Exit = { "^Exit: ()", function() round.has_ended = true end },
}
local function on_print(text)
    local entry = round and LOG[string.match(text, "^([%a_]+): ") or ""]
    if not entry then return end
    local slot, more = string.match(text, entry[1])
    slot = tonumber(slot)
    if slot and (entry == LOG.Exit or client_in(slot)) then entry[2](slot, more) end
end

-- ==== The text of a file =============================================================================================

-- Not a number and infinity have no place in the file; %d takes no fractions.
local function written(format, number)
    if number ~= number or number >= math.huge or number <= -math.huge then number = 0 end
    return string.format(format, format == WHOLE and math.floor(number) or number)
end

-- The two characters that would end a field or a line; the engine lets neither into a name.
local function one_field(text) return (string.gsub(string.gsub(text, "\\", "/"), "[\r\n]", " ")) end

local function minutes_seconds(minutes)
    local seconds = math.floor(60 * minutes + 0.5)
    return string.format("%d:%02d", math.floor(seconds / 60), seconds % 60)
end

-- host \ map \ config \ round \ defender \ winner \ limit \ next limit \ ms played \ end in UTC \ who wrote it
local function header(ended)
    local defender = tonumber(et.Info_ValueForKey(configstring(CS_MULTI_INFO), "d")) or 0
    local winner = tonumber(et.Info_ValueForKey(configstring(CS_MULTI_MAPWINNER), "w")) or 0
    local limit, next_limit, played = cvar_number("timelimit"), cvar_number("g_nextTimeLimit"), ended.played
    if ended.aborted then
        -- the configstring may hold who would have won; a play time below zero tells readers not to count the file
        winner, next_limit, played = -1, 0, -math.max(1, tonumber(configstring(CS_LEVEL_START_TIME)) or 1)
    elseif next_limit <= 0 then -- the engine has set it back already: its own rule again
        next_limit = winner == defender and limit or played / 60000
    end
    return table.concat({
        one_field(cvar("sv_hostname")), round.map, one_field(cvar("g_customConfig")), written(WHOLE, round.number),
        written(WHOLE, defender + 1), written(WHOLE, winner + 1),
        minutes_seconds(limit), minutes_seconds(next_limit), written(WHOLE, played), written(WHOLE, os.time()),
        "etstats/" .. VERSION .. " " .. one_field(cvar("mod_version")),
    }, "\\") .. "\n"
end

-- GUID8 \ name \ rounds \ team \ mask, five figures a weapon, then the fields
local function player_line(player)
    local line, parts = player.line, {}
    parts[1] = table.concat({ player.guid8, one_field(line.name), written(WHOLE, line["sess.rounds"]),
        written(WHOLE, line.team), written(WHOLE, line.mask) }, "\\")
    parts[2] = table.concat(line.cells) .. " "
    for _, field in ipairs(FIELDS) do
        parts[#parts + 1] = "\t" .. written(field[2], field[3](line, player.own))
    end
    return table.concat(parts) .. "\n"
end

-- KILLS, then killer, victim and how often: this round alone, by enemies' weapons
local function kills_section()
    local times, pairs_of_guids = {}, {}
    for _, killer in pairs(round.players) do
        for victim, number in pairs(killer.own.killed) do
            local pair = killer.guid8 .. "\t" .. victim.guid8 -- bots share GUIDs: theirs add up here
            if not times[pair] then pairs_of_guids[#pairs_of_guids + 1] = pair end
            times[pair] = (times[pair] or 0) + number
        end
    end
    table.sort(pairs_of_guids)
    local lines = { written("KILLS\t%d\n", KILLS_VERSION) }
    for _, pair in ipairs(pairs_of_guids) do lines[#lines + 1] = pair .. written("\t%d\n", times[pair]) end
    return table.concat(lines)
end

-- ==== The file on the disk ===========================================================================================

-- Bytes of a file, nil where there is none.
local function size_of(path)
    local handle, bytes = et.trap_FS_FOpenFile(path, et.FS_READ or 0)
    if handle > 0 then et.trap_FS_FCloseFile(handle) end
    return bytes >= 0 and bytes or nil
end

local function write_file(path, text)
    local handle = et.trap_FS_FOpenFile(path, et.FS_WRITE or 1)
    if handle <= 0 then error("cannot open " .. path, 0) end
    local _, bytes = pcall(et.trap_FS_Write, text, #text, handle)
    et.trap_FS_FCloseFile(handle)   -- whatever comes: without a free handle the engine drops the level
    if bytes ~= #text or size_of(path) ~= #text then error("cannot write all of " .. path, 0) end
end

-- The engine makes a missing folder, and ends the server where it cannot: so look whether a file could be made there.
local function check_folder()
    local home, game = cvar("fs_homepath"), cvar("fs_game")
    local base = home .. "/" .. (game ~= "" and game or "legacy")
    local no_such_file, permission = 2, 13
    if home == "" or not io then return end -- nothing to be told
    local folder, _, number = io.open(base .. "/" .. FOLDER .. "/.", "rb")
    if folder then folder:close() end
    if folder or number == permission then return end -- it is there; Windows opens no folders
    local probe, why, probe_number = io.open(base .. "/etstats.part", "wb")
    if probe then
        probe:close()
        os.remove(base .. "/etstats.part")
    elseif probe_number ~= no_such_file then -- else this path says nothing: the engine's own may be spelt otherwise
        error("there is no folder " .. FOLDER .. " and none can be made: " .. tostring(why), 0)
    end
end

-- A name that nobody has; the second of another file's end is passed over.
local function free_path(file)
    for later = 0, 60 do
        local name = os.date(STAMP, os.time() + later) .. "-" .. file.map .. "-round-" .. file.number .. ".txt"
        local path = FOLDER .. "/" .. name
        if not size_of(path) and not size_of(path .. ".part") then return path, name end
    end
    error("no name is free for round " .. file.number .. " of " .. file.map, 0)
end

local status = { wrote = "nothing yet", failed = "" } -- kept in a file, since a new level knows nothing of the last

local function keep_status()
    write_file(STATUS_FILE, "wrote " .. status.wrote .. "\nfailed " .. status.failed .. "\n")
end

local function read_status()
    local handle, bytes = et.trap_FS_FOpenFile(STATUS_FILE, et.FS_READ or 0)
    if handle <= 0 then return end
    local text = et.trap_FS_Read(handle, math.min(bytes, 2000)) or ""
    et.trap_FS_FCloseFile(handle)
    status.wrote = string.match(text, "wrote ([^\n]*)") or status.wrote
    status.failed = string.match(text, "failed ([^\n]*)") or ""
end

-- Whole or not at all: a reader knows no name that ends in .part.
local function put_on_disk(file)
    check_folder()
    local path, name = free_path(file)
    write_file(path .. ".part", file.text)
    et.trap_FS_Rename(path .. ".part", path)
    if size_of(path) ~= #file.text then error("cannot rename " .. path .. ".part", 0) end
    unsaved = nil
    status.wrote = string.format("%s, %d bytes, %d players", name, #file.text, file.lines)
    et.G_Print("etstats: wrote " .. status.wrote .. "\n")
    attempt("status", keep_status)
end

local function save(file)
    file.tries = file.tries + 1
    attempt("saving", put_on_disk, file)
end

-- ==== Beginning and end of a round ===================================================================================

local function begin_round(level_time, from_its_start)
    if cvar_number("g_gametype") ~= STOPWATCH then return end
    local frames_a_second = cvar_number("sv_fps")
    round = {
        -- 0 in round 1, 1 in round 2; when the round has ended it is the other way round, or set back
        number = cvar_number("g_currentRound") == 0 and 1 or 2,
        map = (string.gsub(cvar("mapname"), "[^%w_.+-]", "_")),
        slots = math.min(cvar_number("sv_maxclients"), MOST_CLIENTS),
        clients = {}, players = {},
        from_its_start = from_its_start, -- else (lua_restart) what happened before is unknown: no section KILLS
        level_time = level_time, clock = play_time(level_time),
        frame = frames_a_second > 0 and math.floor(1000 / frames_a_second) or 50, -- ms; all are of one length
        wave_offsets = wave_offsets(),
        looks_due = 0, next_look = 0,
        revives_are_called = false,     -- by et_Revive
        has_ended = false,              -- the log said so
    }
end

-- The last look at everybody, and the text of the file. `ended`: { played = ms } or { aborted = true }.
local function finish_round(ended)
    for slot = 0, round.slots - 1 do
        local client = attempt("last look", client_in, slot)
        if client then
            attempt("last look", look_at, client)
            close_death(client)
        end
    end
    local lines = {}
    for _, player in pairs(round.players) do
        close_streak(player.own)
        lines[#lines + 1] = player.line and attempt("line", player_line, player)
    end
    if #lines == 0 then return end -- nobody did anything
    table.sort(lines)
    local text = header(ended) .. table.concat(lines) .. (round.from_its_start and kills_section() or "")
    unsaved = { text = text, lines = #lines, map = round.map, number = round.number, tries = 0,
        due = round.level_time + SAVE_AFTER }
end

local function end_round(ended)
    round.frame = 0             -- nothing follows
    attempt("end of round", finish_round, ended)
    round = nil                 -- whatever came of it: never twice
end

local function on_frame(level_time)
    local state = tonumber(cvar("gamestate"))
    if state == PLAYING then
        if not round then begin_round(level_time, last_state ~= nil and last_state ~= PLAYING) end
        if round then
            local elapsed = level_time - round.level_time
            round.level_time, round.clock = level_time, play_time(level_time)
            look_around(elapsed)
        end
    elseif state == INTERMISSION and round then
        round.level_time, round.clock = level_time, play_time(level_time)
        end_round({ played = round.clock })
    end
    last_state = state
    if unsaved and level_time >= unsaved.due and unsaved.tries < SAVE_TRIES then
        unsaved.due = level_time + SAVE_AFTER
        save(unsaved)
    end
end

-- The level ends. The cvar gamestate is ahead already, so what the last frame saw counts.
local function on_shutdown()
    if round then
        end_round(round.has_ended and { played = round.clock } or { aborted = true })
    end
    if unsaved then save(unsaved) end
end

-- ==== What the console is told =======================================================================================

local function tell_failures()
    if #untold == 0 then return end
    local texts = untold
    untold = {}
    for _, text in ipairs(texts) do
        status.failed = os.date("%Y-%m-%d %H:%M:%S ") .. text
        et.G_Print("etstats: " .. text .. "\n")
    end
    keep_status()
end

local function print_status()
    local state = "no round is played"
    if cvar_number("g_gametype") ~= STOPWATCH then
        state = "no stopwatch, so nothing is written"
    elseif round then
        state = "round " .. round.number .. " of " .. round.map
    elseif unsaved then
        state = "round " .. unsaved.number .. " of " .. unsaved.map .. " waits to be saved"
    end
    local can_write, why = pcall(check_folder)
    local lines = {
        "etstats " .. VERSION .. ": " .. state,
        "last file: " .. status.wrote,
        "last failure: " .. (status.failed ~= "" and status.failed or "none"),
        "folder " .. FOLDER .. ": " .. (can_write and "is there, or can be made" or tostring(why)),
    }
    for _, failure in ipairs(failures) do
        lines[#lines + 1] = "failed " .. failure.times .. " times in this level: " .. failure.text
    end
    for _, line in ipairs(lines) do et.G_Print(line .. "\n") end
end

-- ==== Callbacks. None returns anything: a value would refuse a player, hide a kill or cancel its damage ==============

local function guarded(where, work)
    return function(...) attempt(where, work, ...) end
end

et_InitGame = guarded("et_InitGame", function(level_time)
    et.RegisterModname("etstats " .. VERSION)
    attempt("status", read_status)
    if tonumber(cvar("gamestate")) == PLAYING then begin_round(level_time, true) end
end)

local frame, told = guarded("et_RunFrame", on_frame), guarded("console", tell_failures)
function et_RunFrame(level_time)
    frame(level_time)
    told()
end

local shutdown = guarded("et_ShutdownGame", on_shutdown)
function et_ShutdownGame()
    shutdown()
    told()
end

-- Comes alone when scripts are reloaded: then a round goes on, and only what is finished is saved.
et_Quit = guarded("et_Quit", function() if unsaved then save(unsaved) end end)

et_ClientConnect = guarded("et_ClientConnect", function(slot) if round then round.clients[slot] = nil end end)
et_ClientBegin = guarded("et_ClientBegin", function(slot) if round then client_in(slot) end end)
et_ClientUserinfoChanged = guarded("et_ClientUserinfoChanged", function(slot)
    local client = round and round.clients[slot]
    if client and team_of(slot) ~= client.team then look_at(client) end
end)
et_ClientDisconnect = guarded("et_ClientDisconnect", function(slot)
    local client = round and client_in(slot)
    if not client then return end
    close_death(client)
    round.clients[slot] = nil
    look_at(client)
end)

et_ClientSpawn = guarded("et_ClientSpawn", on_spawn)
et_Damage = guarded("et_Damage", on_damage)
et_Obituary = guarded("et_Obituary", on_obituary)
et_Revive = guarded("et_Revive", on_revive)
et_Print = guarded("et_Print", on_print)

function et_ConsoleCommand(command)
    if string.lower(tostring(command)) ~= "etstats_status" then return end
    attempt("etstats_status", print_status)
    return 1                    -- understood; the one value that is returned
end
