"""Who says yes at which age, held against a small model of the same rules; and a table that cannot be right is refused."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.consent_rules import AgeRule, Guardians, Lack, Signing, Voice, consent_rules, lacking, missing_signatures
from policies.tables import TABLES, TableError

MOTHER, FATHER = UUID(int=1), UUID(int=2)
JOINT = {MOTHER: "joint", FATHER: "joint"}
ALL = frozenset(JOINT)
BOTH = Signing(youth_signed=True, custody=JOINT, signed=ALL, maturity_noted=True)

ages = st.integers(0, 30)
signings = st.builds(
    Signing,
    youth_signed=st.booleans(),
    youth_heard=st.booleans(),
    custody=st.dictionaries(st.sampled_from([MOTHER, FATHER]), st.sampled_from(["joint", "appointed", "none"])),
    signed=st.frozensets(st.sampled_from([MOTHER, FATHER])),
    ground=st.sampled_from([None, "other_hindered", "social_board"]),
    reason_without_guardian=st.booleans(),
    maturity_noted=st.booleans(),
    against_guardians=st.booleans(),
)


def _lacks(age: int, signing: Signing) -> set[Lack]:
    return set(lacking(consent_rules().at(age), signing))


@given(age=ages, signing=signings)
def test_a_consent_is_one_exactly_when_the_law_and_our_ages_say_so(age: int, signing: Signing) -> None:
    custodians = {who for who, part in signing.custody.items() if part != "none"}
    alone = 15 <= age < 18 and signing.reason_without_guardian
    expected = (
        (signing.youth_signed if age >= 12 else signing.youth_signed or signing.youth_heard)
        and signing.signed <= custodians
        and not (signing.against_guardians and signing.signed)
        and (signing.maturity_noted or not 12 <= age < 15)
        and (
            age >= 18
            or alone
            or (bool(signing.signed) and (custodians <= signing.signed or signing.ground is not None))
        )
    )

    assert (_lacks(age, signing) == set()) == expected


@given(age=ages, signing=signings)
def test_one_more_yes_of_somebody_who_may_never_leaves_more_missing(age: int, signing: Signing) -> None:
    custodians = frozenset(who for who, part in signing.custody.items() if part != "none")
    willing = replace(signing, against_guardians=False, signed=signing.signed & custodians)

    more = replace(willing, youth_signed=True, signed=custodians)

    assert _lacks(age, more) - {Lack.GUARDIAN} <= _lacks(age, willing)


@pytest.mark.parametrize(
    ("age", "changed", "lacks"),
    [
        (11, {"youth_signed": False}, {Lack.UNHEARD}),
        (11, {"youth_signed": False, "youth_heard": True}, set()),
        (12, {"youth_signed": False, "youth_heard": True}, {Lack.YOUTH}),
        (12, {"maturity_noted": False}, {Lack.MATURITY}),
        (14, {"signed": frozenset({MOTHER})}, {Lack.SECOND_GUARDIAN}),
        (14, {"signed": frozenset({MOTHER}), "ground": "social_board"}, set()),
        (14, {"signed": frozenset(), "reason_without_guardian": True}, {Lack.GUARDIAN}),
        (15, {"signed": frozenset(), "reason_without_guardian": True}, set()),
        (15, {"against_guardians": True}, {Lack.GUARDIAN_MAY_NOT}),
        (15, {"custody": {MOTHER: "joint", FATHER: "none"}}, {Lack.WITHOUT_CUSTODY}),
        (15, {"custody": {MOTHER: "sole", FATHER: "none"}, "signed": frozenset({MOTHER})}, set()),
        (15, {"custody": {MOTHER: "sole", FATHER: "joint"}}, {Lack.CUSTODY_UNCLEAR}),
        (17, {"signed": frozenset()}, {Lack.GUARDIAN}),
        (18, {"signed": frozenset()}, set()),
        (18, {"youth_signed": False}, {Lack.YOUTH}),
    ],
)
def test_what_is_missing_is_named(age: int, changed: dict[str, object], lacks: set[Lack]) -> None:
    assert _lacks(age, replace(BOTH, **changed)) == lacks  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("guardians", "signed", "lacks"),
    [
        (Guardians.ALL, {MOTHER}, {Lack.SECOND_GUARDIAN}),
        (Guardians.ONE, {MOTHER}, set()),
        (Guardians.ONE, set(), {Lack.GUARDIAN}),
    ],
)
def test_a_municipality_may_ask_one_guardian_only(guardians: Guardians, signed: set[UUID], lacks: set[Lack]) -> None:
    rule = replace(consent_rules().at(13), guardians=guardians)

    assert set(lacking(rule, replace(BOTH, signed=frozenset(signed)))) == lacks


@given(age=ages, youth=st.booleans(), guardians=st.booleans(), alone=st.booleans())
def test_a_recorded_consent_lacks_no_more_than_when_it_was_recorded(
    age: int, *, youth: bool, guardians: bool, alone: bool
) -> None:
    rule: AgeRule = consent_rules().at(age)
    signing = replace(
        BOTH,
        youth_signed=youth,
        youth_heard=True,
        signed=ALL if guardians else frozenset(),
        reason_without_guardian=alone,
    )

    missing = missing_signatures(rule, youth=youth, guardians=guardians, reason_without_guardian=alone)

    assert set(missing) == set(lacking(rule, signing))


@pytest.mark.parametrize(
    ("ours", "theirs", "fault"),
    [
        ("from = 12\nbelow = 15", "from = 13\nbelow = 15", "row from_12: field from: must be 12, where under_12 ends"),
        ("from = 0\n", "from = 1\n", "row under_12: field from: the first age must be 0"),
        ("from = 18\n", "from = 18\nbelow = 21\n", "row from_18: field below: the last age has no end"),
        (
            'youth = "signs"\nguardians = "none"',
            'youth = "signs"\nguardians = "all"',
            "row from_18: field guardians: nobody has",
        ),
        ("below = 18", "below = 19", "row from_18: field from: must be 19"),
        ('id = "sole"', 'id = "single"', "row sole: field id: is missing"),
        ('youth = "heard"', 'youth = "asked"', "row under_12: field youth: 'asked' is not one of signs, heard"),
        ('id = "social_board"', 'id = "other_hindered"', "row other_hindered: field id: stands twice"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: str, theirs: str, fault: str
) -> None:
    said = (TABLES / "consent.toml").read_text(encoding="utf-8")
    assert ours in said
    (tmp_path / "consent.toml").write_text(said.replace(ours, theirs), encoding="utf-8")
    monkeypatch.setattr("policies.tables.TABLES", tmp_path)

    with pytest.raises(TableError, match=r"consent\.toml: ") as refused:
        consent_rules.__wrapped__()

    assert fault in str(refused.value)


def test_a_municipality_lays_its_own_ages_over_ours(tmp_path: Path) -> None:
    (tmp_path / "consent.toml").write_text(
        """
[[age]]
id = "from_12"
from = 12
below = 15
youth = "heard"
guardians = "one"
alone_with_reason = false
maturity_note = false
source = "12 kap. 3 § OSL"
status = "partly"
text_sv = "En vårdnadshavare säger ja."
text_en = "One guardian says yes."
""",
        encoding="utf-8",
    )

    rule = consent_rules(tmp_path).at(13)

    assert (rule.youth, rule.guardians) == (Voice.HEARD, Guardians.ONE)
    assert consent_rules().at(13).youth is Voice.SIGNS
