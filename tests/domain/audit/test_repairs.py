"""The table of repairs: nothing that an audit finds is left without an answer, and no answer without its price."""

from __future__ import annotations

import re

import pytest

from bot.domain.audit.repairs import (
    AFRESH,
    OFFERS,
    ByHand,
    FindingCode,
    NoRepair,
    Offer,
    RepairKind,
    found_by,
    offers,
    repair_of,
)

REPAIRED = [(code, offer) for code in FindingCode for offer in offers(code, older=False)]


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_has_its_repairs_or_says_why_there_is_none(code: FindingCode) -> None:
    offered = OFFERS[code]
    if isinstance(offered, NoRepair):
        assert offered.why
        assert offers(code, older=False) == offers(code, older=True) == ()
    else:
        assert offered
        assert offers(code, older=False) == offered
        assert offers(code, older=True) == (AFRESH,)


@pytest.mark.parametrize(("code", "offer"), REPAIRED)
def test_every_offer_says_what_speaks_for_it_and_against_it(code: FindingCode, offer: Offer) -> None:
    assert offer.pros
    assert offer.cons
    if isinstance(offer.repair, ByHand):
        assert offer.repair.advice
    else:
        assert offer.repair.label
        assert offer.repair.changes
        assert code in found_by(offer.repair.kind)


@pytest.mark.parametrize("kind", RepairKind)
def test_every_repair_is_for_a_finding_and_fits_into_a_buttons_id(kind: RepairKind) -> None:
    assert repair_of(kind).kind is kind
    assert found_by(kind)
    assert re.fullmatch(r"\w{1,20}", kind)


def test_what_reads_and_writes_no_round_that_was_there_asks_nothing_and_all_else_asks() -> None:
    assert [kind for kind in RepairKind if not repair_of(kind).asks] == [RepairKind.RUN]


def test_a_round_that_is_lost_can_be_brought_back_by_a_button() -> None:
    assert found_by(RepairKind.REIMPORT_LOST) == {FindingCode.LOST_ROUND}
