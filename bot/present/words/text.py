"""Text as Discord and terminals may show it: names made harmless, tables, figures, what an answer rests on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from wcwidth import clip, wcswidth

from bot.domain.game.map_names import map_title
from bot.domain.stats.answers import Coverage
from bot.domain.stats.days import MONTHS, WEEKDAYS
from bot.domain.stats.metrics import FigureUnit, Metric
from bot.present.card import Card
from bot.present.words.reasons import left_out_words

UNKNOWN = "–"
MINE = "» "
"""Stands before the asker's own line in a table."""
ELLIPSIS = "…"
FILE_HEADER = "-# The file's header: "
"""Begins the line of a card that quotes a round file."""
_MARKDOWN = re.compile(r"([\\*_~|`<>\[\]/])")
_LINE_START = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[#+-])))(.)")  # heading, subtext, list
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LEFT_TO_RIGHT = "\u200e"


def plain(text: str, *, limit: int) -> str:
    """Text without anything invisible, at most `limit` characters."""
    bare = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    return bare if len(bare) <= limit else bare[: limit - 1].rstrip() + ELLIPSIS


def safe_name(name: str, *, limit: int = 36) -> str:
    """A name for Discord markdown: no mention, link, timestamp, heading or emphasis comes alive.

    It reads and copies as it is: Discord hides the backslashes, and a zero-width space follows each @.
    """
    bare = plain(name, limit=limit).strip() or UNKNOWN
    escaped = _LINE_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", bare)).replace("@", "@\u200b")
    return _steady(escaped)


def map_name(name: str, *, limit: int = 64) -> str:
    """What a map is called, for Discord markdown; `name`: its file's."""
    return safe_name(map_title(name), limit=limit)


def cell(text: str, width: int) -> str:
    """Text for a code block, cut or padded to `width` terminal columns; a backtick cannot end the block."""
    bare = plain(text, limit=3 * width).replace("`", "'")
    if wcswidth(bare) > width:
        bare = clip(bare, 0, width - 1).rstrip() + ELLIPSIS
    return _steady(bare) + " " * (width - wcswidth(bare))


def _steady(text: str) -> str:
    """Right-to-left letters must not pull what follows to their left."""
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text):
        return f"{_LEFT_TO_RIGHT}{text}{_LEFT_TO_RIGHT}"
    return text


def clock(seconds: int | None) -> str:
    """`9:41`, or a dash where it is not known."""
    return UNKNOWN if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def number(value: float | None, digits: int = 0) -> str:
    """A figure, or a dash where it is not known."""
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def counted(amount: int, noun: str) -> str:
    """`1 round`, `2 rounds`, `2 matches`."""
    plural = "es" if noun.endswith("ch") else "s"
    return f"{amount} {noun}" + ("" if amount == 1 else plural)


COLUMNS, _NARROWEST, _WIDEST = 32, 8, 12
"""What a phone shows of a code block without breaking its lines; the least of a name; the most of a figure."""


def table(rows: Sequence[Sequence[str]], widths: Sequence[int] = (), *, limit: int) -> str:
    """A code block of columns, the first aligned left and the rest right, at most `limit` characters.

    Without `widths` each column is as wide as what stands in it; the first one gives way, so that all fit a phone.
    Rows that do not fit are counted in a last line.
    """
    widths = _fitting(widths or [max(wcswidth(row[i]) for row in rows) for i in range(len(rows[0]))])
    lines = [
        " ".join(
            [cell(row[0], widths[0]), *(_right(text, width) for text, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    fits = lines
    while len(_block(fits, len(lines))) > limit:
        fits = fits[:-1]
    return _block(fits, len(lines))


def _fitting(widths: Sequence[int]) -> list[int]:
    """The widths within `COLUMNS`: what no game can produce is cut before a name is."""
    first, rest = widths[0], [min(width, _WIDEST) for width in widths[1:]]
    while rest and min(first, _NARROWEST) + sum(rest) + len(rest) > COLUMNS:
        rest[rest.index(max(rest))] -= 1
    return [max(1, min(first, COLUMNS - sum(rest) - len(rest))), *rest]


def _right(text: str, width: int) -> str:
    """A figure, aligned right; one that no game can produce is not worth the table."""
    shown = text if wcswidth(text) <= width else ELLIPSIS
    return " " * (width - wcswidth(shown)) + shown


def _block(lines: Sequence[str], of: int) -> str:
    rest = [f"{ELLIPSIS} and {of - len(lines)} more"] if len(lines) < of else []
    return "\n".join(["```", *lines, *rest, "```"])


def when(seconds: int, style: str = "f") -> str:
    """An instant that each reader's Discord shows in his own zone."""
    return f"<t:{seconds}:{style}>"


def day_text(day: date) -> str:
    """`Tuesday 11 November`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def session_day_text(name: str) -> str:
    """`Tuesday 11 November` of `2025-11-11`, `Tuesday 11 November, 2nd session` of `2025-11-11b`."""
    day, more = date.fromisoformat(name[:10]), name[10:]
    return day_text(day) + (f", {ordinal(ord(more) - ord('a') + 1)} session" if more else "")


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{'th' if place % 100 in (11, 12, 13) else ending}"


def within(lines: Sequence[str], limit: int) -> list[str]:
    """As many lines as fit into so many characters; the rest is counted in one more line."""
    fits = list(lines)
    while len("\n".join(fits)) > limit:
        fits.pop()
    rest = len(lines) - len(fits)
    return [*fits, *([f"… and {rest} more"] if rest else [])]


def block(lines: Sequence[str], *, limit: int) -> str:
    """Lines as a code block of at most `limit` characters; what does not fit is counted."""
    bare = [plain(line, limit=200).replace("`", "'") for line in lines]
    fits = bare
    while len(_block(fits, len(bare))) > limit:
        fits = fits[:-1]
    return _block(fits, len(bare))


def covered(coverage: Coverage, *, own: int | None = None) -> str:
    """`-# all time · 132 rounds · left out: 9 unpaired, 1 aborted · newest round 2 hours ago`, as one small line.

    `own`: how many of these rounds the player in question played.
    """
    rounds = counted(coverage.rounds, "round")
    parts = [safe_name(coverage.label, limit=160), rounds if own is None else f"{own} of {rounds}"]
    if coverage.left_out:
        parts.append(f"left out: {_left_out(coverage)}")
    if coverage.newest is not None:
        parts.append(f"newest round {when(coverage.newest, 'R')}")
    return "-# " + " · ".join(parts)


def whole_matches(coverage: Coverage) -> list[str]:
    """What to say beside figures of matches, where the scope names a half or a side."""
    if not coverage.not_of_matches:
        return []
    return [f"-# Matches, wins and win rate are of whole matches: {coverage.not_of_matches} does not apply to them."]


def _left_out(coverage: Coverage) -> str:
    return ", ".join(f"{rounds} {safe_name(why)}" for why, rounds in left_out_words(coverage.left_out))


def nothing(coverage: Coverage) -> str:
    """What to say where no round is in the scope: what was looked for, and how fresh the data are."""
    if coverage.newest is None:
        return "No round has been imported yet."
    why = _left_out(coverage)
    left = f" ({why}: stored, not counted)" if why else ""
    return (
        f"No round counts in this scope: {safe_name(coverage.label, limit=160)}{left}. "
        f"The newest round of all ended {when(coverage.newest, 'R')}. Try `all`, or pick another scope while you type."
    )


def shortened(text: str, *, limit: int = 2000) -> str:
    """Whole lines of a message, at most `limit` characters; what does not fit is counted."""
    lines = text.split("\n")
    fits = lines
    while len("\n".join(fits)) > limit - (0 if len(fits) == len(lines) else 20):
        fits = fits[:-1]
    more = [f"{ELLIPSIS} and {len(lines) - len(fits)} more"] if len(fits) < len(lines) else []
    return "\n".join([*fits, *more])


def unescaped(text: str) -> str:
    """Markdown that was made of names by `safe_name`, as the names were."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text).replace("@\u200b", "@")


_COMMAND = re.compile(r"`/([a-z_]+)((?: [a-z_]+)*)`")


def clickable(text: str, ids: Mapping[str, int]) -> str:
    """Commands in backticks as Discord lets one click them; `ids`: of each that Discord has told of, by its name.

    Only in text that is markdown: a title or a footer shows it as it is spelled.
    """

    def mention(match: re.Match[str]) -> str:
        known = ids.get(match[1])
        return match[0] if known is None else f"</{match[1]}{match[2]}:{known}>"

    return _COMMAND.sub(mention, text)


def clickable_card(card: Card, ids: Mapping[str, int]) -> Card:
    """The same of all that is markdown in a card."""
    return replace(
        card,
        lines=tuple(clickable(line, ids) for line in card.lines),
        fields=tuple((name, clickable(value, ids)) for name, value in card.fields),
        short=None if card.short is None else clickable(card.short, ids),
    )


MINUTE, HOUR = 60, 3600


def figure_text(metric: Metric, value: float | None) -> str:
    """`1,234`, `1.43`, `34.5%`, `3 h 12 min`; a dash where it is unknown."""
    if value is None:
        return UNKNOWN
    number = f"{value:,.{metric.digits}f}"
    match metric.unit:
        case FigureUnit.SECONDS:
            return duration(value)
        case FigureUnit.PERCENT:
            return f"{number}%"
        case FigureUnit.COUNT | FigureUnit.RATIO | FigureUnit.PER_MINUTE:
            return number


def apart_text(metric: Metric, value: float) -> str:
    """How far two figures are apart: `6`, `0.05`; of per cents `2.5 points`, since `2.5%` would be a share."""
    text = figure_text(metric, abs(value))
    return f"{text.removesuffix('%')} points" if metric.unit is FigureUnit.PERCENT else text


def noun(metric: Metric) -> str:
    """A stat's title within a sentence: `revives`, `DPM`."""
    return metric.title if metric.title.isupper() else metric.title[0].lower() + metric.title[1:]


def duration(seconds: float) -> str:
    """`42 s`, `12 min`, `3 h 12 min`."""
    if abs(seconds) < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if abs(seconds) < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60:,} h {minutes % 60} min"


def as_text(card: Card) -> str:
    """The card as Markdown."""
    if card.short:
        return card.short + "\n"
    parts = [f"## {card.title}", *card.lines]
    for name, value in card.fields:
        parts.append(f"**{name}**" + (f"\n{value}" if "\n" in value else f": {value}"))
    parts += [f"![{picture.alt}]({picture.name})" for picture in card.pictures]
    footer = [card.footer] if card.footer else []
    if card.at is not None:
        footer.append(f"{datetime.fromtimestamp(card.at, UTC):%Y-%m-%d %H:%M} UTC")
    if footer:
        parts.append(f"_{' · '.join(footer)}_")
    return "\n".join(parts) + "\n"


LIMIT = 1024
"""Characters that Discord takes as a description of an attachment."""


def alt_text(sentences: Iterable[str]) -> str:
    """As many whole sentences, or pieces of one, as fit: plain text, since a screen reader speaks every backslash."""
    text = ""
    for sentence in (_steady(plain(piece, limit=LIMIT)) for piece in sentences if piece):
        longer = f"{text} {sentence}".lstrip()
        if len(longer) > LIMIT - 2:
            return f"{text} {ELLIPSIS}".lstrip()
        text = longer
    return text
