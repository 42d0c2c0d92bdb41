"""Who may be asked about, and what counts as a match: every reason stops it alone, and each has a name."""

from dataclasses import replace

import pytest

from policies.matching import MATCHES, Found, may_ask, may_match

WORKED_WITH = Found(
    same_case=False,
    participates=True,
    readable=True,
    subject=True,
    protected=False,
    identified=True,
    case_open=True,
)


def test_somebody_worked_with_openly_is_a_match() -> None:
    decision = may_match(WORKED_WITH)

    assert (decision.allowed, decision.reason) == (True, MATCHES)


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ("same_case", "same_case"),
        ("participates", "agency_not_in_case"),
        ("readable", "number_not_readable"),
        ("subject", "not_the_subject"),
        ("protected", "protected_identity"),
        ("identified", "anonymous_phase"),
        ("case_open", "case_closed"),
    ],
)
def test_each_reason_alone_stops_a_match(fact: str, reason: str) -> None:
    decision = may_match(replace(WORKED_WITH, **{fact: not getattr(WORKED_WITH, fact)}))

    assert (decision.allowed, decision.reason) == (False, reason)


@pytest.mark.parametrize(
    ("protected", "identified", "numbered", "reason"),
    [
        (False, True, True, MATCHES),
        (True, True, True, "match_person_protected"),
        (False, False, True, "match_phase_anonymous"),
        (False, True, False, "match_number_missing"),
    ],
)
def test_asking_needs_a_number_a_name_that_may_be_said_and_no_protection(
    protected: bool, identified: bool, numbered: bool, reason: str
) -> None:
    decision = may_ask(protected=protected, identified=identified, numbered=numbered)

    assert (decision.allowed, decision.reason) == (reason == MATCHES, reason)
