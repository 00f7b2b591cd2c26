"""What the arithmetic of an explained part gives where there is nothing to reckon with."""

from __future__ import annotations

from bot.domain.stats.rounds.explanations import Part, Reckoning


def test_nothing_comes_of_what_is_not_written_or_not_reckoned() -> None:
    unwritten = Part(column="kills", written=None, before=None, counted=None, how=Reckoning.UNKNOWN)
    assert unwritten.exact is None
    result = Part(column="result", written=1, before=None, counted=1, how=Reckoning.STOPWATCH)
    assert result.exact is None
