"""Many rounds and files in little memory say what a list and a dict of them say."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit.audit import Copy, StoredRound
from bot.domain.audit.checks import audit
from bot.domain.audit.stored import ByName, StoredRounds, by_end
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
    by_name = replace(survey, local=ByName(survey.local.items()), ledger=ByName(survey.ledger.items()))
    assert survey.server is not None
    assert audit(replace(by_name, server=ByName(survey.server.items()))) == audit(survey)


@given(st.lists(st.tuples(st.text("ab", max_size=3), st.integers(0, 2))), st.text("ab", max_size=3))
def test_files_by_name_are_a_dict_in_order(known: list[tuple[str, int]], name: str) -> None:
    by_name, as_dict = ByName(known), dict(known)
    assert [*by_name.items()] == sorted(as_dict.items())
    assert ([*by_name], [*by_name.values()]) == (sorted(as_dict), [as_dict[key] for key in sorted(as_dict)])
    assert (len(by_name), name in by_name, by_name.get(name)) == (len(as_dict), name in as_dict, as_dict.get(name))
    assert by_name == as_dict
