"""Many rounds in little memory say what a list of them says."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit.audit import Copy, StoredRound
from bot.domain.audit.checks import audit
from bot.domain.audit.stored import StoredRounds, by_end
from bot.domain.game.model import Aside, NoteCode, Reason, State
from tests.domain.audit.surveys import NOW, a_file, a_survey, stored

_ROUNDS = st.lists(
    st.builds(
        lambda name, own: stored(name)._replace(**own),
        st.builds(a_file, age=st.integers(0, 40).map(lambda n: 3600 + 600 * n), number=st.sampled_from([1, 2])),
        st.fixed_dictionaries(
            {},
            optional={
                "ended_at": st.integers(NOW - 9000, NOW),
                "state": st.sampled_from([State.COUNTED, State.SET_ASIDE]),
                "reason": st.none() | st.sampled_from(list(Aside)).map(Reason),
                "sha256": st.none() | st.sampled_from(["a", "", "0a" * 32, "0A" * 32, "0b" * 32]),
                "size": st.none() | st.integers(1, 3),
                "mtime": st.none() | st.integers(NOW - 9000, NOW),
                "host": st.sampled_from(["", "one", "two"]),
                "duration": st.none() | st.integers(0, 1200),
                "notes": st.frozensets(st.sampled_from(list(NoteCode)), max_size=2),
                "has_strangers": st.booleans(),
                "is_repeated_hour": st.booleans(),
            },
        ),
    ),
    max_size=20,
)


@given(_ROUNDS)
def test_they_come_out_as_they_went_in(rounds: list[StoredRound]) -> None:
    kept = StoredRounds(rounds)
    assert [*kept] == rounds
    assert (len(kept), kept[1:5], kept[::-1]) == (len(rounds), rounds[1:5], rounds[::-1])
    assert [*by_end(kept)] == sorted(rounds, key=lambda one: (one.ended_at, one.file))


@given(_ROUNDS, st.integers(1, 3))
def test_an_audit_sees_the_same_in_them(rounds: list[StoredRound], size: int) -> None:
    survey = a_survey(*{one.file for one in rounds[::2]}, rounds=rounds)
    survey = replace(survey, local={name: Copy(size, "0a" * 32) for name in survey.local})
    assert audit(replace(survey, rounds=StoredRounds(rounds))) == audit(survey)
