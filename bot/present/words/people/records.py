"""Records as cards."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.stats.people.records import FEATS, BrokenRecord, Level, Record, Records
from bot.present.card import Card
from bot.present.words.text import MINE, covered, duration, figure_text, map_name, noun, safe_name, when


def records_card(records: Records, *, links: Mapping[int, str], tabs: Mapping[Level, str], me: str | None) -> Card:
    """The records of one level, with buttons to the others (`tabs`: custom ids); `links`: round id → post's address."""
    lines = [record_line(record, link=links.get(record.round_id), me=me) for record in records.records]
    return Card(
        title=f"Records of a {records.level}",
        lines=(*(lines or ["Nobody has set one yet."]), _small_print(records.level), covered(records.coverage)),
        buttons=tuple((level.title(), custom_id) for level, custom_id in tabs.items()),
        off=frozenset({tabs[records.level]}),
    )


def record_line(record: Record, *, link: str | None, me: str | None = None, shows_map: bool = True) -> str:
    """`**Kills** 35: anna, Supply, 2 March 2026, post`; the asker's own are marked."""
    mark = MINE if record.guid == me else ""
    where = f", {map_name(record.map)}" if shows_map and record.map is not None else ""
    at = record.session if record.level is Level.SESSION else record.ended_at
    told = f", [post]({link})" if link else ""
    figure = figure_text(record.metric, record.value)
    return f"{mark}**{record.metric.title}** {figure}: {safe_name(record.name)}{where}, {when(at, 'D')}{told}"


def broken_line(broken: BrokenRecord) -> str:
    """`New record of a round, kills: anna 35 on Supply, before: ben 33`."""
    now, before = broken.record, broken.before
    where = f" on {map_name(now.map)}" if now.map is not None else ""
    figure, was = (figure_text(record.metric, record.value) for record in (now, before))
    return (
        f"New record of a {now.level}, {noun(now.metric)}: **{safe_name(now.name)} {figure}**{where}, "
        f"before: {safe_name(before.name)} {was}"
    )


def _small_print(level: Level) -> str:
    least = {feat.name: feat.least(level) for feat in FEATS if feat.metric.per}
    return (
        f"-# The earliest of equals. DPM from {duration(least['dpm'])} on a team on, "
        f"accuracy from {least['accuracy']} shots on."
    )
