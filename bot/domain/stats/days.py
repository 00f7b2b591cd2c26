"""Days as people name them: today, yesterday, tuesday, last week, october, 2025-10."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
TODAY, YESTERDAY = "today", "yesterday"
CALENDAR = ("this-week", "last-week", "this-month", "last-month", "this-year", "last-year")
BY_NAME = {name.casefold(): name for name in (*WEEKDAYS, *MONTHS)}
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def calendar_days(period: str, *, today: date) -> tuple[date, date] | None:
    """(first, last) day of a week, month, year or weekday, the present or the most recent one; None for all else."""
    if month := MONTH.fullmatch(period):
        return _month(int(month[1]), int(month[2]))
    if period == TODAY:
        return today, today
    if period == YESTERDAY:
        return (today - timedelta(days=1),) * 2
    if period in BY_NAME and BY_NAME[period] in WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(BY_NAME[period])) % 7)
        return day, day
    if period in BY_NAME:
        number = MONTHS.index(BY_NAME[period]) + 1
        return _month(today.year - (number > today.month), number)
    monday = today - timedelta(days=today.weekday())
    match period:
        case "this-week":
            return monday, monday + timedelta(days=6)
        case "last-week":
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case "this-month":
            return _month(today.year, today.month)
        case "last-month":
            before = today.replace(day=1) - timedelta(days=1)
            return _month(before.year, before.month)
        case "this-year":
            return date(today.year, 1, 1), date(today.year, 12, 31)
        case "last-year":
            return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
        case _:
            return None


def months_until(today: date, count: int) -> list[str]:
    """`2025-09`, `2025-10`, …: so many months, the one of this day last."""
    last = today.year * 12 + today.month - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(last - count + 1, last + 1)]


def _month(year: int, number: int) -> tuple[date, date]:
    after = date(year + number // 12, number % 12 + 1, 1)
    return date(year, number, 1), after - timedelta(days=1)


def is_a_day(period: str) -> bool:
    """The period is one day, whose evenings are meant until they end, beyond midnight."""
    return period in (TODAY, YESTERDAY) or BY_NAME.get(period) in WEEKDAYS
