"""Which rounds a question is about: a period, a map, a half, a side, a size. One grammar for every command.

    30d supply r2 attack 3v3 official

A `Scope` is what was asked; `bot.store.questions.scopes` turns it into the rounds that are meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from difflib import get_close_matches

from bot.domain.game.file.files import YEARS
from bot.domain.game.map_names import called, each_once, holding, letters, map_title, versions, word_of
from bot.domain.stats.days import BY_NAME, CALENDAR, MONTH, MONTHS, TODAY, WEEKDAYS, YESTERDAY, calendar_days
from bot.errors import BadScope

ALL, LAST, NOW, QUARTER = "all", "session", "now", "quarter"
ATTACK, DEFENCE = "attack", "defence"
_PERIODS = {ALL: "all time", LAST: "the last session", NOW: "this session", QUARTER: "this quarter"}
_LAST_SESSIONS = re.compile(r"([1-9]\d{0,2})-sessions")
_DAYS = re.compile(r"([1-9]\d{0,3})d")
_SESSION = re.compile(r"\d{4}-\d{2}-\d{2}[b-z]?")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_SIZE = re.compile(r"([1-9]\d?)(?:v\1|\+)")
_ASIDE = re.compile(r"(?<!\S)\([^()]*\)(?=[\s,;·]|$)")
"""What a label says in brackets: the names of a map's versions."""
_SEVERAL = re.compile(r"\b(?:the )?(?:last |past )?([1-9]\d?) ?(week|month)s?\b")
_LASTS = {"week": 7, "month": 30}
"""Days, as they are counted back from now."""
# what people type → the word of the grammar
_PHRASES: Sequence[tuple[str, str]] = (
    (r"\bsession (?=\d{4}-)", ""),
    (r"\b(?:all time|ever|career|all rounds)\b", ALL),
    (r"\b(?:the )?(?:last|latest) ([1-9]\d{0,2}) (?:session|evening|night)s\b", r"\1-sessions"),
    (r"\b(?:last|latest) (?:session|evening|night)\b", LAST),
    (r"\b(?:this|current) (?:session|evening|night)\b|\btonight\b", NOW),
    (r"\b(?:this )?quarter\b", QUARTER),
    (r"\b(?:the )?(?:last )?([1-9]\d{0,3}) ?days?\b", r"\1d"),
    (r"\b(?:the )?last day\b", "1d"),
    (r"\b(this|last) (week|month|year)\b", r"\1-\2"),
    (r"(?<!-)\b(?:the )?week\b", "7d"),
    (r"(?<!-)\b(?:the )?month\b", "30d"),
    (r"(?<!-)\b(?:the )?year\b", "365d"),
    *((rf"\b{name.casefold()} (\d{{4}})\b", rf"\1-{place:02d}") for place, name in enumerate(MONTHS, 1)),
    (rf"\blast ({'|'.join(name.casefold() for name in (*WEEKDAYS, *MONTHS))})\b", r"\1"),
    (r"\bround ?([12])\b", r"r\1"),
    (r"\b(?:attack(?:ing|er|ers)?|offen[cs]e|off)\b", ATTACK),
    (r"\b(?:defen[cs]e|defend(?:ing|er|ers)?|def)\b", DEFENCE),
    (r"\b(\d{4}-\d{2}-\d{2}) (?:to|until) (\d{4}-\d{2}-\d{2})\b", r"\1..\2"),
    (r"\bmatch configurations?(?: only)?\b", "official"),
    (r"(?<!\S)(?:last|latest)(?!\S)", LAST),
    (r"(?<!\S)(?:the|on|in|of|at|for|map|season|alone|and larger)(?!\S)", ""),  # what people say around it
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which rounds; the default is all that count.

    `period`: `all`, `session`, `now`, `quarter`, `30d`, `5-sessions`, a calendar word such as `last-month`,
    `today` or `monday`, `2025-10`, a session's name, `2025-10-01..2025-10-31`, or a season's name;
    `maps`: the files' names of one map, whose versions all are meant, unless one of several is meant `alone`;
    `number`: 1 or 2; `role`: `attack` or `defence`, of the player; `size`: at least so many on each side;
    `official`: only rounds that were played with a match configuration.
    """

    period: str = ALL
    maps: tuple[str, ...] = ()
    alone: bool = False
    number: int | None = None
    role: str | None = None
    size: int | None = None
    official: bool = False

    @property
    def text(self) -> str:
        """The canonical spelling: `read` gives the same scope back."""
        size = f"{self.size}v{self.size}" if self.size else None
        number = f"r{self.number}" if self.number else None
        where = word_of(self.maps) if self.maps else None
        words = (self.period, where, number, self.role, size, "official" if self.official else None)
        return " ".join(word for word in words if word)

    @property
    def label(self) -> str:
        """What a reader calls it: `the last 30 days, Supply, round 2, attacking, 3v3 and larger`."""
        parts = (
            _period_label(self.period),
            self.map_label,
            self.half_and_side,
            f"{self.size}v{self.size} and larger" if self.size else None,
            "match configurations only" if self.official else None,
        )
        return ", ".join(part for part in parts if part)

    @property
    def map_label(self) -> str:
        """`Adlernest (adlernest, etl_adlernest)`, `etl_adlernest alone`, `Supply`; empty where it names no map."""
        if not self.maps:
            return ""
        if self.alone:
            return f"{self.maps[0]} alone"
        title = map_title(self.maps[0])
        return f"{title} ({', '.join(self.maps)})" if len(self.maps) > 1 else title

    @property
    def half_and_side(self) -> str:
        """`round 1, attacking`: what does not apply to whole matches; empty where it names neither."""
        roles = {ATTACK: "attacking", DEFENCE: "defending"}
        parts = (f"round {self.number}" if self.number else None, roles.get(self.role or ""))
        return ", ".join(part for part in parts if part)

    @property
    def of_whole_matches(self) -> Scope:
        """The same without its half and its side."""
        return replace(self, number=None, role=None)


def _period_label(period: str) -> str:
    if days := _DAYS.fullmatch(period):
        return "the last day" if days[1] == "1" else f"the last {days[1]} days"
    if _SESSION.fullmatch(period):
        return f"session {period}"
    if few := _LAST_SESSIONS.fullmatch(period):
        return f"the last {few[1]} sessions"
    if month := MONTH.fullmatch(period):
        return f"{MONTHS[int(month[2]) - 1]} {month[1]}"
    if period in (TODAY, YESTERDAY, *CALENDAR):
        return period.replace("-", " ")
    if period in BY_NAME:
        return BY_NAME[period]
    if limits := _RANGE.fullmatch(period):
        return f"{limits[1]} to {limits[2]}"
    return _PERIODS.get(period, f"season {period}")


def read(text: str, *, maps: Iterable[str], seasons: Iterable[str]) -> Scope:
    """The scope that a text names, word by word, all of which hold.

    Raises `BadScope`, which says which word is not understood, or which two exclude each other.
    """
    known, named = list(maps), list(seasons)
    scope = Scope()
    for word in words(text, names=[*_spellings(known), *named]):
        wider, scope = scope, _with(scope, word, known, named)
        _check_agreement(wider, scope, word)
    return scope


def _check_agreement(wider: Scope, scope: Scope, word: str) -> None:
    default = Scope()
    for name in ("period", "maps", "number", "role", "size"):
        before, now = getattr(wider, name), getattr(scope, name)
        if before not in (getattr(default, name), now):
            labels = (replace(default, **{name: value}).label.removeprefix("all time, ") for value in (before, now))
            raise BadScope(word, [], reason=f"{' and '.join(labels)} exclude each other: leave one of them out")


def words(text: str, *, names: Iterable[str] = ()) -> list[str]:
    """The words of a scope as the grammar spells them; `names` (maps, seasons) are left as they are."""
    lowered = re.sub(r"[,;·]", " ", _ASIDE.sub(" ", text.casefold()))
    fixed = "|".join(re.escape(name.casefold()) for name in sorted(names, key=len, reverse=True))
    parts = re.split(rf"(?<!\S)({fixed})(?!\S)", lowered) if fixed else [lowered]
    words: list[str] = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            part = _SEVERAL.sub(lambda several: f" {int(several[1]) * _LASTS[several[2]]}d ", part)
            for pattern, word in _PHRASES:
                part = re.sub(pattern, f" {word} ", part)
        words += part.split()
    return words


def _with(scope: Scope, word: str, maps: Sequence[str], seasons: Sequence[str]) -> Scope:
    if _is_a_period(word):
        return replace(scope, period=word)
    if _SESSION.fullmatch(word) or _RANGE.fullmatch(word):
        for day in re.findall(r"\d{4}-\d{2}-\d{2}", word):
            _day(day)
        return replace(scope, period=word)
    if word in ("r1", "r2"):
        return replace(scope, number=int(word[1]))
    if word in (ATTACK, DEFENCE):
        return replace(scope, role=word)
    if size := _SIZE.fullmatch(word):
        return replace(scope, size=int(size[1]))
    if word == "official":
        return replace(scope, official=True)
    for season in seasons:
        if season.casefold() == word:
            return replace(scope, period=season)
    names = called(word, maps)
    if not names:
        raise BadScope(word, near(word, maps))
    return on(scope, names, maps)


def _is_a_period(word: str) -> bool:
    patterns = (_DAYS, _LAST_SESSIONS)
    if (month := MONTH.fullmatch(word)) is not None:
        return int(month[1]) in YEARS
    is_named = word in _PERIODS or word in (TODAY, YESTERDAY, *CALENDAR) or word in BY_NAME
    return is_named or any(pattern.fullmatch(word) for pattern in patterns)


def on(scope: Scope, names: tuple[str, ...], maps: Iterable[str]) -> Scope:
    """The scope on these versions of a map; `maps`: all that there are."""
    return replace(scope, maps=names, alone=len(names) < len(versions(names[0], maps)))


def _spellings(maps: Sequence[str]) -> list[str]:
    """Every way to write a map's name as a whole: `te_escape2`, `escape 2`, `escape2`."""
    titles = [map_title(name) for name in maps]
    return [name for name in dict.fromkeys((*maps, *titles, *map(letters, titles))) if name.strip()]


def near(word: str, maps: Iterable[str]) -> list[str]:
    """Words that may have been meant."""
    names = sorted(map_words(maps))
    alike = sorted(map_words(holding(word, maps)))
    grammar = [*_PERIODS, "7d", "30d", "r1", "r2", ATTACK, DEFENCE, "3v3", "official"]
    return (alike or get_close_matches(word, [*grammar, *names], n=3, cutoff=0.5))[:3]


def map_words(maps: Iterable[str]) -> list[str]:
    """The word for each map, its versions together."""
    return [word_of(names) for names in each_once(maps)]


def _day(text: str) -> date:
    try:
        return calendar_day(text)
    except ValueError:
        raise BadScope(text, [], reason=f"there is no day {text}") from None


def calendar_day(text: str) -> date:
    """The day of `2026-03-01`; raises `ValueError` for what is none, or lies beyond the years of file names."""
    day = date.fromisoformat(text)
    if day.year not in YEARS:
        raise ValueError(f"{text}: no server's clock shows the year {day.year}")
    return day


def offers(text: str, *, maps: Sequence[str], seasons: Sequence[str], limit: int = 25) -> list[Scope]:
    """Scopes for a menu: what is typed, and what it may become with one more word."""
    typed = words(text, names=[*_spellings(maps), *seasons])
    whole, begun = (typed, "") if not text or text[-1].isspace() else (typed[:-1], typed[-1] if typed else "")
    try:
        base = read(" ".join(whole), maps=maps, seasons=seasons)
    except BadScope:
        return []
    scopes: dict[str, Scope] = {}
    if begun:
        try:
            scope = _with(base, begun, maps, seasons)
        except BadScope:
            pass
        else:
            scopes[scope.text] = scope
    elif base != Scope():
        scopes[base.text] = base
    named = [*map_words(maps), *(maps if begun else ())]
    calendar = ("this-month", "last-month", "this-week", "last-week", TODAY, YESTERDAY, "5-sessions")
    more = (
        LAST,
        "7d",
        "30d",
        *calendar,
        QUARTER,
        ALL,
        *seasons,
        *named,
        "r1",
        "r2",
        ATTACK,
        DEFENCE,
        "3v3",
        "official",
        NOW,
    )
    for word in more:
        scope = _with(base, word, maps, seasons)
        if begun in word.casefold() or begun in scope.label.casefold():
            scopes.setdefault(scope.text, scope)
    return [scope for scope in scopes.values() if len(scope.text) <= 100][:limit]


def span(
    period: str, *, now: float, zone: tzinfo, seasons: Mapping[str, tuple[date, date]]
) -> tuple[int | None, int | None]:
    """(from, to) of a period in UTC seconds, the end not included; None is open. Sessions are the store's to find."""
    if days := _DAYS.fullmatch(period):
        return int(now) - int(days[1]) * 86400, None
    if limits := _RANGE.fullmatch(period):
        first, last = sorted((_day(limits[1]), _day(limits[2])))
        return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    if period == QUARTER:
        today = datetime.fromtimestamp(now, zone).date()
        return _midnight(today.replace(month=today.month - (today.month - 1) % 3, day=1), zone), None
    if period in seasons:
        first, last = seasons[period]
        return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    named = calendar_days(period, today=datetime.fromtimestamp(now, zone).date())
    return (None, None) if named is None else (_midnight(named[0], zone), _midnight(named[1] + timedelta(days=1), zone))


def last_sessions(period: str) -> int | None:
    """5 of the last 5 sessions; None for all else."""
    few = _LAST_SESSIONS.fullmatch(period)
    return int(few[1]) if few else None


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def is_session(period: str) -> bool:
    """The period is a session: the last one, this one, or a named one."""
    return period in (LAST, NOW) or _SESSION.fullmatch(period) is not None


def session_names(starts: Iterable[int], *, zone: tzinfo) -> dict[int, str]:
    """Start of each session → its public name: the local date of its start, with b, c … for further ones that day.

    `starts`: UTC seconds, all sessions of every day that is among them.
    """
    names: dict[int, str] = {}
    on_day: dict[str, int] = {}
    for start in sorted(starts):
        day = datetime.fromtimestamp(start, zone).date().isoformat()
        on_day[day] = on_day.get(day, 0) + 1
        names[start] = day + ("" if on_day[day] == 1 else suffix(on_day[day]))
    return names


def suffix(place: int) -> str:
    """2 → b, 3 → c; whoever restarts his server more often than that on one day is at z."""
    return chr(ord("a") + min(place, 26) - 1)


def season_table(text: str) -> dict[str, tuple[date, date]]:
    """`spring=2026-03-01..2026-05-31; cup=…` → name → (first day, last day); raises `ValueError` with the reason."""
    spans: dict[str, tuple[date, date]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, limits = (piece.strip() for piece in part.partition("="))
        days = _RANGE.fullmatch(limits)
        if days is None or not re.fullmatch(r"[\w-]{1,30}", name) or _taken(name):
            raise ValueError(f"{part!r} is no season: write it as spring-26=2026-03-01..2026-05-31")
        spans[name] = (calendar_day(days[1]), calendar_day(days[2]))
    return spans


def _taken(name: str) -> bool:
    checks: tuple[Callable[[str], object], ...] = (
        _DAYS.fullmatch, _SESSION.fullmatch, _SIZE.fullmatch, MONTH.fullmatch, _LAST_SESSIONS.fullmatch,
    )  # fmt: skip
    reserved = {*_PERIODS, YESTERDAY, *CALENDAR, *BY_NAME, "r1", "r2", ATTACK, DEFENCE, "official"}
    return name.casefold() in reserved or any(check(name.casefold()) for check in checks)
