"""A session as a picture: the teams and their score, every map with its winner, the best players."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.stats.answers import PlayerLine
from bot.present.pictures.canvas import ROOM, Block, Canvas, Picture, painted, paragraph, png, space, wrapped
from bot.present.pictures.glyphs import Span
from bot.present.pictures.heading import footing, heading
from bot.present.pictures.scoretable import Section, bests, by_dpm, table
from bot.present.pictures.theme import (
    GOLD,
    HIGHEST_ALONE,
    HIGHEST_SCORE,
    LINE_UPS,
    MARGIN,
    NAME,
    NOBODY,
    PANEL,
    SHADE,
    SMALL,
    SOFT,
    TEXT,
    WIDTH,
    Style,
    Team,
)  # fmt: skip
from bot.present.words.text import alt_text, counted, plain

_ROW, _MOST_BEST, _MOST_PLAYERS = 27, 4, 8
_FEWEST_BEST, _FEWEST_PLAYERS = 2, 5
"""How many remain of each where there is little room."""
_ONE_BELOW_THE_OTHER = 4
"""Maps; more stand in two columns where players follow."""
_SCORE = Style(36, bold=True)
_EVERYBODY = Team(SOFT, "")
_SPOKEN = 3
"""Lines about who stood out that the alt text has."""
_SCORE_ROOM, _SCORE_HEIGHT, _RESULT_ROOM, _SIGN, _BETWEEN = 110, 58, 250, 26, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One match of the session; `winner`: team 1 or 2, 0 for nobody; `brief`: the result where room is scarce."""

    map: str
    result: str
    winner: int
    brief: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScore:
    """Two teams, their score, and their matches."""

    teams: tuple[str, str]
    score: tuple[int, int]
    maps: tuple[MatchRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPicture:
    """What the picture of a session shows: plain texts; `pairs`: of teams, in the order of play.

    `result`: what its words begin with, where the title is another.
    """

    title: str
    subtitle: str
    pairs: tuple[PairScore, ...]
    players: tuple[PlayerLine, ...] = ()
    best: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    footer: str = ""
    result: str = ""


def session_picture(session: SessionPicture) -> Picture:
    """The session on one picture that is no higher than can be read: of awards, players and maps as many as fit."""
    head = [*heading(session.title, place=""), *paragraph(session.subtitle, SMALL, SOFT), space(4)]
    foot = footing(session.notes, legend=session.footer)
    highest = HIGHEST_ALONE if session.players else HIGHEST_SCORE
    room = highest - _height(head) - _height(foot)
    fewest = _height(_players(session.players, room=0)) + _height(_best(session.best[:_FEWEST_BEST]))
    pairs = _pairs(session.pairs, room=room - fewest, beside=bool(session.players))
    room -= _height(pairs)
    players = _height(_players(session.players, room=0))
    best = _within([_best(session.best[:lines]) for lines in range(_MOST_BEST, -1, -1)], room=room - players)
    blocks = [*head, *pairs, *_players(session.players, room=room - _height(best)), *best, *foot]
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", session.title).strip("-").lower()[:60] or "session"
    return Picture(name=f"{name}.png", data=png(painted(blocks)), alt=_alt(session))


def _height(blocks: Sequence[Block]) -> int:
    return sum(block.height for block in blocks)


def _within(choices: Sequence[list[Block]], *, room: int) -> list[Block]:
    """The first that fits, or else the last."""
    return next((blocks for blocks in choices if _height(blocks) <= room), choices[-1])


def _players(players: Sequence[PlayerLine], *, room: int) -> list[Block]:
    """The best of the session, as a match's card has them."""
    if not players:
        return []
    everybody = Section(team=_EVERYBODY, name="Players", fate="", players=by_dpm(players))
    best = bests(players)
    choices = [
        [space(6), *table([everybody], best, most=most)] for most in range(_MOST_PLAYERS, _FEWEST_PLAYERS - 1, -1)
    ]
    return _within(choices, room=room)


def _pairs(pairs: Sequence[PairScore], *, room: int, beside: bool) -> list[Block]:
    """Each pair's score above its maps; of too many, as many as fit."""
    maps = sum(len(pair.maps) for pair in pairs)
    tried = [1] if maps <= _ONE_BELOW_THE_OTHER else [2] if beside else [1, 2]
    choices = [_scores(pairs, columns=columns, shown=maps) for columns in tried]
    choices += (_scores(pairs, columns=2, shown=shown) for shown in range(maps - 1, -1, -1))
    return _within(choices, room=room)


def _scores(pairs: Sequence[PairScore], *, columns: int, shown: int) -> list[Block]:
    """So many of the maps, and how many more there are."""
    blocks: list[Block] = []
    left = shown
    for pair in pairs:
        maps = pair.maps[:left]
        if maps or not blocks:
            blocks.append(_score(pair.teams, pair.score))
            height = -(-len(maps) // columns)
            blocks += [_maps(maps[row::height], shaded=row % 2 == 1, columns=columns) for row in range(height)]
        left -= len(maps)
    return [*blocks, *_more(sum(len(pair.maps) for pair in pairs) - shown)]


def _score(teams: tuple[str, str], score: tuple[int, int]) -> Block:
    def draw(canvas: Canvas, top: int) -> None:
        canvas.box(0, top, WIDTH, top + _SCORE_HEIGHT, fill=PANEL)
        canvas.figure(":", _SCORE, SOFT, right=WIDTH / 2 + 5, baseline=top + 40)
        for team, wins in zip(LINE_UPS, score, strict=True):
            _side(canvas, top, team=team, name=plain(teams[team - 1], limit=40), wins=str(wins))

    return Block(_SCORE_HEIGHT, draw)


def _side(canvas: Canvas, top: int, *, team: int, name: str, wins: str) -> None:
    """One half of the score: the sign outside, the name, the matches won inside."""
    look, middle, mirrored = LINE_UPS[team], WIDTH / 2, team == 2
    room = (ROOM - _SCORE_ROOM) // 2 - _SIGN
    lines = wrapped(name, NAME, room=room, lines=2)
    sign = (Span(look.sign, look.colour),)
    if mirrored:
        canvas.box(WIDTH - 4, top, WIDTH, top + _SCORE_HEIGHT, fill=look.colour)
        canvas.text(wins, _SCORE, left=middle + 16, baseline=top + 42)
        canvas.ending(sign, NAME, right=WIDTH - MARGIN, baseline=top + 35, room=_SIGN)
    else:
        canvas.box(0, top, 4, top + _SCORE_HEIGHT, fill=look.colour)
        canvas.figure(wins, _SCORE, TEXT, right=middle - 16, baseline=top + 42)
        canvas.text(sign, NAME, left=MARGIN, baseline=top + 35, room=_SIGN)
    for place, line in enumerate(lines):
        baseline = top + 35 + 22 * place - 11 * (len(lines) - 1)
        if mirrored:
            canvas.ending((Span(line, look.colour),), NAME, right=WIDTH - MARGIN - _SIGN, baseline=baseline, room=room)
        else:
            canvas.text(line, NAME, look.colour, left=MARGIN + _SIGN, baseline=baseline, room=room)


def _maps(row: Sequence[MatchRow], *, shaded: bool, columns: int) -> Block:
    """One map, or two beside each other."""
    width = (ROOM - _BETWEEN * (columns - 1)) / columns

    def draw(canvas: Canvas, top: int) -> None:
        if shaded:
            canvas.box(0, top, WIDTH, top + _ROW, fill=SHADE)
        for place, line in enumerate(row):
            _map(canvas, line, left=MARGIN + place * (width + _BETWEEN), width=width, top=top, brief=columns > 1)

    return Block(_ROW, draw)


def _map(canvas: Canvas, line: MatchRow, *, left: float, width: float, top: int, brief: bool) -> None:
    look = LINE_UPS.get(line.winner, NOBODY)
    result = (Span(plain(line.brief if brief and line.brief else line.result, limit=80), SOFT),)
    end = canvas.ending(result, SMALL, right=left + width, baseline=top + 20, room=_RESULT_ROOM * width / ROOM)
    canvas.text((Span(look.sign, look.colour),), NAME, left=left, baseline=top + 20)
    canvas.text(plain(line.map, limit=64), NAME, left=left + 28, baseline=top + 20, room=end - left - 28 - 8)


def _more(hidden: int) -> list[Block]:
    return paragraph(f"… and {counted(hidden, 'more map')}", SMALL, SOFT) if hidden > 0 else []


def _best(lines: Sequence[str]) -> list[Block]:
    """Who stood out, each line behind a star."""
    if not lines:
        return []

    def starred(line: str) -> list[Block]:
        made = paragraph(line, SMALL, TEXT, left=MARGIN + 28, room=ROOM - 28, lines=2)

        def first(canvas: Canvas, top: int) -> None:
            canvas.text((Span("★", GOLD),), SMALL, left=MARGIN, baseline=top + SMALL.size)
            made[0].draw(canvas, top)

        return [Block(made[0].height, first), *made[1:]] if made else []

    return [space(10), *(block for line in lines for block in [*starred(line), space(4)])]


def _alt(session: SessionPicture) -> str:
    pairs = (sentence for pair in session.pairs for sentence in _spoken(pair))
    best = (f"{plain(line, limit=120)}." for line in session.best[:_SPOKEN])
    result = [f"{plain(session.result or session.title, limit=100)}."]
    day = [f"{plain(session.title, limit=100)}."] if session.result not in ("", session.title) else []
    return alt_text([*result, *pairs, *best, *day, f"{plain(session.subtitle, limit=160)}."])


def _spoken(pair: PairScore) -> Iterator[str]:
    names = [plain(name, limit=40) for name in pair.teams]
    yield f"{names[0]} {pair.score[0]}, {names[1]} {pair.score[1]}."
