from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit.states import FileState
from bot.domain.concerns import Concern, ConcernCode
from bot.domain.posts import PostState
from bot.domain.trouble import Trouble, TroubleCode
from bot.present.audit.status import status_card
from bot.present.card import AMBER, AXIS_RED, NEUTRAL, Card
from tests.present.checks import check
from tests.present.strategies import NAMES

TEXT = st.none() | NAMES | st.text(min_size=1000, max_size=3000)
TROUBLE = st.none() | st.builds(Trouble, st.sampled_from(TroubleCode), NAMES | st.text(min_size=1000, max_size=3000))
A_LOOK = Concern(ConcernCode.UNSURE, "", "1 post")
CONCERNS = st.lists(
    st.builds(Concern, st.sampled_from(ConcernCode), NAMES, NAMES | st.text(min_size=900), st.booleans())
)
COUNT = st.integers(0, 10**9)


def a_card(
    *,
    trouble: Trouble | None = None,
    last_success: int | None = 1_772_406_000,
    next_poll: int | None = 1_772_406_003,
    last_file: str | None = "2026-03-01-210000-te_escape2-round-1.txt",
    pending: int = 0,
    files: dict[FileState, int] | None = None,
    posts: dict[PostState, int] | None = None,
    posting_trouble: Trouble | None = None,
    concerns: Sequence[Concern] = (),
) -> Card:
    return status_card(
        concerns=concerns,
        trouble=trouble,
        last_success=last_success,
        next_poll=next_poll,
        last_file=last_file,
        listed=12,
        pending=pending,
        files={FileState.IMPORTED: 10} if files is None else files,
        posts={PostState.SENT: 4} if posts is None else posts,
        posting_trouble=posting_trouble,
    )


def test_a_healthy_bot_says_so_first() -> None:
    card = a_card()
    assert (card.title, card.colour) == ("Sync: all is well", NEUTRAL)
    assert card.lines == (
        "The game server answers.",
        "Last good poll: <t:1772406000:R>",
        "Next poll: <t:1772406003:R>",
        "Last new file: 2026-03-01-210000-te\\_escape2-round-1.txt",
    )
    assert card.fields == (("10 files known, 12 in the last listing", "10 imported"), ("4 posts", "4 sent"))


def test_trouble_is_told_first_and_in_words() -> None:
    away = Trouble(TroubleCode.SERVER_AWAY, "no answer in time")
    card = a_card(trouble=away, concerns=[Concern(ConcernCode.SERVER, "", away.text)])
    assert (card.title, card.colour) == ("Sync: please have a look", AMBER)
    assert card.lines[0] == "**the game server is away: no answer in time**"


def test_a_post_that_nobody_knows_the_fate_of_calls_for_a_look() -> None:
    card = a_card(posts={PostState.SENT: 4, PostState.UNSURE: 1, PostState.PARKED: 0}, concerns=[A_LOOK])
    assert card.title == "Sync: please have a look"
    assert card.fields[1] == ("5 posts", "4 sent\n1 unsure: an admin must say whether it is there: see the alert")


def test_posting_trouble_is_told() -> None:
    card = a_card(
        posting_trouble=Trouble(TroubleCode.POST_REFUSED, "Discord refused (403)"),
        concerns=[Concern(ConcernCode.POSTING, "", "no")],
    )
    assert card.title == "Sync: please have a look"
    assert card.lines[-1] == "Posting: **Discord refused (403)**"


def test_what_has_no_line_of_its_own_is_told_and_the_worst_decides() -> None:
    silent = Concern(ConcernCode.SILENT, "polling", "No contact with the game server for 31 minutes")
    card = a_card(concerns=[silent])
    assert (card.title, card.colour) == ("Sync: please have a look", AMBER)
    assert card.lines[-1] == "**No contact with the game server for 31 minutes**"
    card = a_card(concerns=[Concern(ConcernCode.FINDING, "lost_round", "rounds are lost", is_critical=True), silent])
    assert (card.title, card.colour) == ("Sync: act now", AXIS_RED)


def test_before_the_first_poll_nothing_is_claimed() -> None:
    card = a_card(last_success=None, next_poll=None, last_file=None, files={}, posts={})
    assert card.lines == (
        "The game server has not been asked yet.",
        "Last good poll: –",
        "Next poll: –",
        "Last new file: –",
    )
    assert [value for _, value in card.fields] == ["none", "none"]


def test_files_that_wait_for_a_second_look_are_told() -> None:
    assert a_card(pending=1).fields[0][1] == "10 imported\n1 file waiting for a second look"


@given(
    TROUBLE,
    st.none() | COUNT,
    TEXT,
    st.dictionaries(st.sampled_from(FileState), COUNT),
    st.dictionaries(st.sampled_from(PostState), COUNT),
    TROUBLE,
    CONCERNS,
)
def test_whatever_the_state_is_it_can_be_shown(
    trouble: Trouble | None,
    at: int | None,
    file: str | None,
    files: dict[FileState, int],
    posts: dict[PostState, int],
    posting: Trouble | None,
    concerns: list[Concern],
) -> None:
    check(
        a_card(
            trouble=trouble,
            last_success=at,
            last_file=file,
            files=files,
            posts=posts,
            posting_trouble=posting,
            concerns=concerns,
        )
    )
