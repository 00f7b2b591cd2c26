"""What an event does to the engine's counters, and which callbacks it makes, in the engine's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from rigs.gameserver.clients import DEATHS, HEADSHOTS, HITS, KILLS, SHOTS, GameClient
from rigs.gameserver.events import (
    COLT,
    DYNAMITE,
    GRENADE,
    KNIFE,
    LANDMINE,
    LUGER,
    MP40,
    SPECTATOR,
    SYRINGE,
    THOMPSON,
    Connect,
    Deed,
    Event,
    Gib,
    Hit,
    Join,
    Kill,
    Leave,
    Pause,
    Rename,
    Revive,
    ScoreChange,
    SelfKill,
    Shoot,
    Spawn,
)  # fmt: skip

if TYPE_CHECKING:
    from rigs.gameserver.engine import GameServer

CAUSES = {KNIFE: 5, LUGER: 6, COLT: 7, MP40: 8, THOMPSON: 9, GRENADE: 18, DYNAMITE: 22, LANDMINE: 41}
SUICIDE, FALLING, SWITCH_TEAM, SHOVE, WORLD = 33, 32, 59, 60, 1022
DEEDS = {
    "plant": "Dynamite_Plant: {}", "defuse": "Dynamite_Diffuse: {}", "repair": "Repair: {}",
    "red": "Item: {} team_CTF_redflag", "blue": "Item: {} team_CTF_blueflag",
}  # fmt: skip


def apply(server: GameServer, event: Event) -> None:
    """Make it happen, now."""
    match event:
        case Connect():
            server.connect(event.who)
        case Leave():
            server.disconnect(event.who)
        case Join():
            _join(server, server.client_of(event.who), event.team)
        case Spawn():
            client = server.client_of(event.who)
            client.settle(server.moment)
            client.health = 100
            server.call("et_ClientSpawn", client.slot, 0, 0, 1)
        case Shoot():
            server.client_of(event.who).session.cell(event.weapon)[SHOTS] += event.shots
        case Hit():
            _strike(server, event)
        case Kill():
            _kill(server, event)
        case Gib():
            by, victim = server.client_of(event.by), server.client_of(event.victim)
            by.session.tallies["gibs" if by.session.team != victim.session.team else "team_gibs"] += 1
        case SelfKill():
            client = server.client_of(event.who)
            _die(server, client)
            client.session.tallies["self_kills"] += 1
            attacker, cause = (client.slot, SUICIDE) if event.how == "kill" else (WORLD, FALLING)
            server.call("et_Obituary", client.slot, attacker, cause)
        case Revive():
            _revive(server, event)
        case Deed():
            server.print(DEEDS[event.what].format(server.client_of(event.who).slot) + "\n")
        case ScoreChange():
            server.client_of(event.who).xp += event.points
        case Rename():
            client = server.client_of(event.who)
            client.netname = event.name
            server.call("et_ClientUserinfoChanged", client.slot)
        case Pause():
            raise AssertionError("a pause is the server's own")
        case _:
            assert_never(event)


def _join(server: GameServer, client: GameClient, team: int) -> None:
    client.settle(server.moment)
    if client.plays and client.health > 0:
        client.health = 0
        server.call("et_Obituary", client.slot, client.slot, SWITCH_TEAM)
    client.session.team = team
    client.health = 100 if team == SPECTATOR else 0
    server.call("et_ClientUserinfoChanged", client.slot)
    server.call("et_ClientSpawn", client.slot, 0, 1, 1)


def _strike(server: GameServer, blow: Hit | Kill) -> tuple[GameClient, GameClient, bool]:
    """The damage of a hit; who, whom, and whether they are enemies."""
    by, victim = server.client_of(blow.by), server.client_of(blow.victim)
    enemies = by.session.team != victim.session.team
    if blow.head:
        by.regions[0] += 1
    cause = SHOVE if blow.weapon is None else CAUSES[blow.weapon]
    server.call("et_Damage", victim.slot, by.slot, blow.damage, 0, cause)
    if enemies and blow.weapon is not None:
        by.session.cell(blow.weapon)[HITS] += 1
        by.session.cell(blow.weapon)[HEADSHOTS] += blow.head
    counted = min(blow.damage, victim.health)
    by.session.tallies["damage_given" if enemies else "team_damage_given"] += counted
    victim.session.tallies["damage_received" if enemies else "team_damage_received"] += counted
    if isinstance(blow, Hit):
        victim.health -= blow.damage
        assert victim.health > 0, f"{blow} kills"
    return by, victim, enemies


def _kill(server: GameServer, blow: Kill) -> None:
    by, victim, enemies = _strike(server, blow)
    assert blow.damage >= victim.health > 0, f"{blow} does not kill"
    _die(server, victim)
    if enemies:
        by.session.tallies["kills"] += 1
        victim.session.tallies["deaths"] += 1
        if blow.weapon is not None:
            by.session.cell(blow.weapon)[KILLS] += 1
            victim.session.cell(blow.weapon)[DEATHS] += 1
    else:
        by.session.tallies["team_kills"] += 1
    cause = SHOVE if blow.weapon is None else CAUSES[blow.weapon]
    server.print(f"Kill: {by.slot} {victim.slot} {cause}: {by.netname} killed {victim.netname} by MOD_{cause}\n")
    server.call("et_Obituary", victim.slot, by.slot, cause)


def _die(server: GameServer, client: GameClient) -> None:
    client.settle(server.moment)
    client.health = -20


def _revive(server: GameServer, event: Revive) -> None:
    medic, patient = server.client_of(event.medic), server.client_of(event.patient)
    patient.settle(server.moment)
    patient.health = 60
    server.call("et_ClientSpawn", patient.slot, 1, 0, 0)
    if server.release >= (2, 84):
        server.call("et_Revive", patient.slot, medic.slot, server.level_time + 3000)
    medic.session.cell(SYRINGE)[HITS] += 1
    medic.session.cell(SYRINGE)[SHOTS] += 1
    server.print(f"Medic_Revive: {medic.slot} {patient.slot}\n")
