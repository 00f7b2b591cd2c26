"""Boards as cards: places, the asker's own, and the way to other pages and figures."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.stats.answers import Board, Figures, Standing
from bot.domain.stats.metrics import Metric
from bot.domain.stats.minimums import Needed
from bot.domain.stats.people.boards import PAGE, offered, own, pages
from bot.present.card import Card, SelectMenu
from bot.present.words.text import MINE, apart_text, counted, covered, figure_text, ordinal, safe_name, whole_matches


def board_card(board: Board, *, page: int, menu: str, me: str | None, mine: Figures | None) -> Card:
    """One page of a board, `page` from 0 on; `me`: the asker's GUID; `mine`: his figures where he has no place.

    `menu`: the custom id of the menu of other figures.
    """
    last = pages(board) - 1
    page = max(0, min(page, last))
    metric = board.metric
    order = "" if metric.higher_is_better else ", the most first" if metric.most_first else ", the least first"
    lines = [f"-# {metric.meaning}{order}"]
    if board.places:
        lines += place_lines(board.places[page * PAGE : (page + 1) * PAGE], metric, me=me)
        lines.append(f"-# page {page + 1} of {last + 1} · {counted(len(board.places), 'player')}")
    else:
        lines.append(
            f"Nobody can be compared by this stat: it takes {needed_text(metric, board.needed)} in which it is known."
        )
    lines += [_own_line(board, me=me, mine=mine), *_small_print(board)]
    lines += whole_matches(board.coverage) if metric.of_matches else []
    lines.append(covered(board.coverage))
    figures = SelectMenu(
        custom_id=menu,
        placeholder="another stat",
        options=tuple((other.title, other.name) for other in offered(metric)),
        chosen=metric.name,
    )
    return Card(
        title=f"{metric.title} · {safe_name(board.coverage.label, limit=100)}"[:256],
        lines=tuple(lines),
        menus=(figures,),
    )


def place_lines(places: Sequence[Standing], metric: Metric, *, me: str | None) -> list[str]:
    """`**1.** kim **1.64** · 24 rounds`, a line for each; the asker's own is marked."""
    lines = []
    for standing in places:
        mark = MINE if standing.guid == me else ""
        played = "" if metric.name == "rounds" else f" · {counted(standing.rounds, _unit(metric))}"
        value = figure_text(metric, standing.value)
        lines.append(f"{mark}**{standing.place}.** {safe_name(standing.name, limit=24)} **{value}**{played}")
    return lines


def _unit(metric: Metric) -> str:
    return "match" if metric.of_matches else "round"


def own_text(board: Board, guid: str) -> str | None:
    """`4th of 20 with **1.43**, 0.05 behind ben`, None where there is no place; `board`: all of it."""
    place = own(board, guid)
    if place is None:
        return None
    mine, rival = place.standing, place.rival
    text = f"{ordinal(mine.place)} of {len(board.places)} with **{figure_text(board.metric, mine.value)}**"
    if rival is None:
        return text
    apart = apart_text(board.metric, place.gap)
    if apart == apart_text(board.metric, 0):
        apart = "a hair"
    return f"{text}, {apart} {'behind' if rival.place < mine.place else 'ahead of'} {safe_name(rival.name, limit=24)}"


def _own_line(board: Board, *, me: str | None, mine: Figures | None) -> str:
    if me is None:
        return "-# With `/link` I know who you are, and tell your own place here."
    placed = own_text(board, me)
    if placed is not None:
        return f"{MINE}You: {placed}"
    if mine is None:
        return "-# You have played no round in this scope."
    if not mine.reach(board.metric, board.needed):
        return f"-# You have no place yet: {_reached(board, mine)}."
    return "-# You have no place: nothing was counted of yours that could be divided."


def _small_print(board: Board) -> list[str]:
    """What a place takes, and whose lines did not know the figure."""
    parts = []
    if board.needed.rounds > 1 or board.needed.amount:
        parts.append(f"from {needed_text(board.metric, board.needed)} on")
    if board.unknown:
        lines = "line of a player in a round" if board.unknown == 1 else "lines of players in rounds"
        parts.append(f"unknown to older writers, and left out: {board.unknown} {lines}")
    return [f"-# {' · '.join(parts)}"] if parts else []


def needed_text(metric: Metric, needed: Needed) -> str:
    """`10 rounds and 200 shots`: what it takes to be compared."""
    played = counted(needed.rounds, _unit(metric))
    return f"{played} and {_amount(metric, needed.amount)}" if needed.amount else played


def _amount(metric: Metric, amount: int) -> str:
    one, several = metric.minimum.noun
    return f"{amount} {one if amount == 1 else several}"


def _reached(board: Board, mine: Figures) -> str:
    """`4 rounds of the 10 that it takes, 80 shots of the 200`: what is missing."""
    metric, needed = board.metric, board.needed
    known, amount = mine.known[metric.name], mine.amounts.get(metric.name, 0)
    missing = [(known, counted(known, _unit(metric)), needed.rounds)]
    missing += [(amount, _amount(metric, amount), needed.amount)] if needed.amount else []
    return ", ".join(f"{text} of the {least} that it takes" for have, text, least in missing if have < least)
