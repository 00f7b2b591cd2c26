"""Maps as cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.game.map_names import map_title, word_of
from bot.domain.stats.answers import Coverage
from bot.domain.stats.rounds.maps import Attacks, MapAnswer, MapMatches, MapSummary
from bot.present.card import Card, SelectMenu
from bot.present.words.people.boards import place_lines
from bot.present.words.people.records import record_line
from bot.present.words.text import clock, covered, map_name, noun, number, safe_name, table, when, whole_matches, within

_TABLE, _FIELD, _LIST = 1024, 1000, 3800
_MENU = 25


def map_card(answer: MapAnswer, *, links: Mapping[int, str], me: str | None) -> Card:
    """One map; `links`: round id → address of the post."""
    rows = [["", "Tries", "Won%", "Mean", "Best", "Held"]]
    rows += [[f"R{number_}", *_cells(attacks)] for number_, attacks in answer.by_round]
    if len(answer.by_round) > 1:
        rows.append(["Both", *_cells(answer.attacks)])
    lines = ["Attacks", table(rows, limit=_TABLE)]
    lines.append("-# Mean, best: time of the attacks that succeeded. Held: per cent that failed at the limit.")
    if answer.fastest is not None:
        link = links.get(answer.fastest.round_id)
        told = f", [post]({link})" if link else f", round #{answer.fastest.round_id}"
        lines.append(f"Fastest attack: **{clock(answer.fastest.seconds)}**, {when(answer.fastest.ended_at, 'D')}{told}")
    lines += _match_lines(answer.matches)
    if answer.records.records:
        lines.append("**Records of a round**")
        lines += [
            record_line(record, link=links.get(record.round_id), me=me, shows_map=False)
            for record in answer.records.records
        ]
    best = tuple(
        (f"Best by {noun(board.metric)}", "\n".join(within(place_lines(board.places, board.metric, me=me), _FIELD)))
        for board in answer.best
        if board.places
    )
    return Card(
        title=safe_name(answer.title, limit=120),
        lines=(*lines, *whole_matches(answer.coverage), covered(answer.coverage)),
        fields=best,
    )


def _cells(attacks: Attacks) -> list[str]:
    mean = None if attacks.mean is None else round(attacks.mean)
    return [
        str(attacks.rounds),
        number(attacks.success),
        clock(mean),
        clock(attacks.fastest),
        number(attacks.hold_rate),
    ]


def _match_lines(matches: MapMatches) -> list[str]:
    if not matches.played:
        return []
    share = [f"{100 * part / matches.played:.0f}%" for part in (matches.attackers, matches.defenders)]
    draws = f", draws {matches.draws}" if matches.draws else ""
    return [
        f"{matches.played} {'match' if matches.played == 1 else 'matches'}: won by who attacked first "
        f"{matches.attackers} ({share[0]}), by who defended first {matches.defenders} ({share[1]}){draws}"
    ]


def maps_card(summaries: Sequence[MapSummary], coverage: Coverage, *, menu: str) -> Card:
    """Every map of a scope, with a menu (its custom id) that opens one."""
    rows = [["Map", "Rnds", "Won%", "Mean", "Held"]]
    for summary in summaries:
        _, success, mean, _, held = _cells(summary.attacks)
        rows.append([map_title(summary.maps[0]), str(summary.attacks.rounds), success, mean, held])
    latest = max(summaries, key=lambda summary: summary.last_played, default=None)
    last = [] if latest is None else [f"Last played: {map_name(latest.maps[0])}, {when(latest.last_played, 'R')}"]
    opens = SelectMenu(
        custom_id=menu,
        placeholder="open a map",
        options=tuple((map_title(summary.maps[0])[:100], word_of(summary.maps)[:100]) for summary in summaries[:_MENU]),
    )
    lines = (
        table(rows, limit=_LIST),
        *last,
        "-# Won: attacks that succeeded, and the mean time they took. Held: per cent that were, until the limit.",
        covered(coverage),
    )
    return Card(title="Maps", lines=lines, menus=(opens,))
