"""``coordination basis``: questions from everyday work, each with the whole answer."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest

from coordination.core import clock
from policies.bases import basis_table
from tests.factories.commands import ROOT, run

DAY = "--on 2026-11-22"
EXAMPLE = (
    "--from social_services --to police --age 17 --role subject --data social --purpose prevent_crime --own-initiative "
    f"{DAY}"
)
OWN_WORK = ("OSL_10_2_NODV", "permission", "necessary_for_own_work")
GENERAL = ("OSL_10_27_GENERAL", "permission", "obvious_precedence not_against_law")
CARRIER = ("OSL_10_28_SKYLDIGHET", "duty", "")
NARROW = "needed_for_purpose no_overriding_reasons"
DANGER = "Är det fara för liv: ring 112. Den som har ansvaret på plats bestämmer."
UNPROTECTED = (
    "Mottagaren har ingen sekretess enligt lag. Bara samtycke, förbehåll (10 kap. 14 § OSL) och det som är nödvändigt för "
    "ert eget arbete (10 kap. 2 § OSL) kan nå dit."
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question and its answer: each basis that applies with its kind and what it asks for, and those that wait."""

    name: str
    ask: str
    outcome: str
    applicable: list[tuple[str, str, str]]
    waiting: str = ""
    notices: list[str] = field(default_factory=list)


FEARED = [
    ("OSL_10_18B_TERROR", "permission", "terror_risk not_committed_crime"),
    ("OSL_10_18C_NARST", "permission", "violence_risk_close_person not_inappropriate not_committed_crime"),
    ("OSL_10_19_TRAFIK", "permission", "intoxicated_in_traffic"),
]
UNDER_21 = ("OSL_10_18A_U21", "permission", "concrete_risk_of_crime not_inappropriate not_committed_crime")

CASES = [
    Case(
        "the issue's own example",
        EXAMPLE,
        "weighing_required",
        [OWN_WORK, ("OSL_10_15A", "permission", NARROW), UNDER_21, *FEARED],
        "OSL_10_2_NODV OSL_10_18B_TERROR OSL_10_18C_NARST OSL_10_19_TRAFIK",
    ),
    Case(
        "the same on the 21st birthday",
        EXAMPLE.replace("--age 17", "--age 21"),
        "weighing_required",
        [OWN_WORK, ("OSL_10_15A", "permission", NARROW), *FEARED],
        "OSL_10_2_NODV OSL_10_18B_TERROR OSL_10_18C_NARST OSL_10_19_TRAFIK",
    ),
    Case(
        "the same the day before 10:15 a, about somebody whose age is not known",
        EXAMPLE.replace("--age 17 ", "").replace("2026-11-22", "2025-11-30"),
        "weighing_required",
        [OWN_WORK, (*UNDER_21[:2], f"{UNDER_21[2]} age_known"), *FEARED],
        "OSL_10_2_NODV OSL_10_18B_TERROR OSL_10_18C_NARST OSL_10_19_TRAFIK",
    ),
    Case(
        "a school's report of concern",
        "--from school_principal --to social_services --age 15 --role subject --data school_student_health"
        f" --purpose child_protection --own-initiative {DAY}",
        "duty",
        [
            ("SOL_19_1_OROS", "duty", "suspects_child_harmed"),
            ("SOL_20_6_UTR", "duty", "child_inquiry_open may_matter_to_inquiry"),
            OWN_WORK,
            GENERAL,
            CARRIER,
        ],
        "OSL_10_2_NODV",
    ),
    Case(
        "health care to the police before a crime",
        "--from health_care --to police --age 16 --role subject --data health --purpose prevent_crime"
        f" --own-initiative {DAY}",
        "refuse",
        [OWN_WORK, *FEARED],
        "OSL_10_2_NODV OSL_10_18B_TERROR OSL_10_18C_NARST OSL_10_19_TRAFIK",
    ),
    Case(
        "social services to the school for support",
        "--from social_services --to school_principal --age 14 --role subject --data social --purpose support --on-request"
        f" {DAY}",
        "refuse",
        [OWN_WORK],
        "OSL_10_2_NODV",
    ),
    Case(
        "the same with a consent of both",
        "--from social_services --to school_principal --age 14 --role subject --data social --purpose support --on-request"
        f" --consent covers_recipient,covers_data,active,given_by=both {DAY}",
        "allowed",
        [
            ("OSL_12_2_SAMTYCKE", "consent", ""),
            ("OSL_12_3_VH", "consent", "no_secrecy_against_guardian"),
            OWN_WORK,
        ],
        "OSL_10_2_NODV",
    ),
    Case(
        "the police ask the school about a pupil suspected of a crime",
        "--from school_principal --to police --age 16 --role suspect --data school_discipline --purpose investigate_crime"
        f" --on-request {DAY}",
        "duty",
        [
            ("UL_170_7_SKOLA_BEG", "duty", "needed_against_crime no_overriding_reasons"),
            ("SKOLL_6A_ANM", "duty", "pupil_crime_at_school no_overriding_reasons"),
            ("SKOLL_6A_8", "duty", "object_seized"),
            OWN_WORK,
            ("OSL_10_15A", "permission", NARROW),
            ("OSL_10_24_OVRIG", "permission", "matters_for_investigation prison_in_scale"),
            GENERAL,
            CARRIER,
        ],
        "SKOLL_6A_8 OSL_10_2_NODV",
    ),
    Case(
        "the police tell social services of a suspect under 18",
        "--from police --to social_services --age 17 --role suspect --data police_investigation --purpose coordination"
        f" --own-initiative {DAY}",
        "duty",
        [("LUL_6", "duty", "reasonably_suspected prison_in_scale"), OWN_WORK, GENERAL, CARRIER],
        "OSL_10_2_NODV",
    ),
    Case(
        "the police ask social services for a user name",
        "--from social_services --to police --age 22 --role suspect --data online_handle --purpose prevent_crime"
        f" --on-request {DAY}",
        "duty",
        [
            ("UL_170_4_KONTAKT", "duty", "needed_against_crime no_exceptional_reasons"),
            OWN_WORK,
            ("OSL_10_15A", "permission", NARROW),
            *FEARED,
            CARRIER,
        ],
        "OSL_10_2_NODV OSL_10_18B_TERROR OSL_10_18C_NARST OSL_10_19_TRAFIK",
    ),
    Case(
        "social services tell of a crime against a child",
        "--from social_services --to prosecutor --age 14 --role victim --data social --purpose investigate_crime"
        f" --own-initiative {DAY}",
        "allowed",
        [
            OWN_WORK,
            ("OSL_10_21_MOT_UNG", "permission", "suspected_crime_against_minor"),
            ("OSL_10_22_NARK", "permission", "drugs_or_alcohol_supplied"),
            ("OSL_10_23_BEGANGET", "permission", "matters_for_investigation least_penalty_reached"),
        ],
        "OSL_10_2_NODV OSL_10_22_NARK",
    ),
    Case(
        "an outreach worker of social services meets a youth in acute danger",
        "--from outreach_social --to police --age 16 --role subject --data social --purpose immediate_danger"
        f" --own-initiative {DAY}",
        "allowed",
        [OWN_WORK, FEARED[2], ("OSL_10_20_OMEDELBAR", "permission", "found_in_danger_or_offending")],
        "OSL_10_2_NODV OSL_10_19_TRAFIK",
        [DANGER],
    ),
    Case(
        "the police ask victim support to contact a victim who said yes",
        "--from police --to victim_support --age 25 --role victim --data contact --purpose support --own-initiative"
        f" --consent covers_recipient,covers_data,active,given_by=youth {DAY}",
        "allowed",
        [
            ("OSL_12_2_SAMTYCKE", "consent", ""),
            ("BOJ_JA", "consent", "only_name_phone_offence"),
            OWN_WORK,
            ("OSL_10_14_FORBEHALL", "permission", "reservation_removes_risk"),
        ],
        "OSL_10_2_NODV OSL_10_14_FORBEHALL",
        [UNPROTECTED],
    ),
    Case(
        "talk in which nobody can be recognised",
        f"--from police --to school_principal --role subject --data deidentified --purpose coordination --own-initiative {DAY}",
        "allowed",
        [("AVIDENT", "none", "nobody_identifiable")],
    ),
    Case(
        "the police tell the school, and their own work is considered apart",
        "--from police --to school_principal --age 16 --role subject --data police_intelligence --purpose prevent_crime"
        f" --own-initiative {DAY}",
        "weighing_required",
        [OWN_WORK, ("OSL_10_15A", "permission", f"{NARROW} harm_test_18"), GENERAL],
        "OSL_10_2_NODV",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_everyday_question_gets_its_whole_answer(case: Case) -> None:
    answer = _asked(case.ask)

    assert list(answer) == ["applicable", "blocked", "outcome", "notices", "conditional"]
    assert [list(one) for one in answer["applicable"]] == [["id", "kind", "requires", "why"]] * len(case.applicable)
    assert [(one["id"], one["kind"], " ".join(one["requires"])) for one in answer["applicable"]] == case.applicable
    assert all(list(one) == ["id", "why"] and one["why"] for one in answer["blocked"])
    everything = {one["id"] for one in (*answer["applicable"], *answer["blocked"])}
    assert everything == {row.id for row in basis_table().bases}
    assert len(everything) == len(answer["applicable"]) + len(answer["blocked"])
    assert answer["outcome"] == case.outcome
    assert answer["conditional"] == case.waiting.split()
    assert answer["notices"] == case.notices


def test_the_reasons_are_said_in_words() -> None:
    answer = _asked(EXAMPLE)
    why = {one["id"]: one["why"] for one in (*answer["applicable"], *answer["blocked"])}

    assert why["OSL_10_18A_U21"].startswith(
        "Uppgiften får lämnas om en skriven avvägning talar för det. Finns det konkreta"
    )
    assert why["OSL_10_27_GENERAL"] == "Häver inte den sekretess som uppgiften har."
    assert why["OSL_12_2_SAMTYCKE"] == "Det finns inget samtycke."
    assert why["SOL_19_1_OROS"] == "Gäller inte den mottagaren."
    assert why["SOL01_14_1"] == "Gäller inte den dagen."
    assert why["SOU_2024_87"] == "Bara ett förslag: gäller inte."
    assert why["SOL_18_6"].startswith("Samverkan är ett uppdrag, inte ett stöd för att lämna ut.")


def test_a_fact_that_is_stated_changes_the_answer() -> None:
    told = _asked(
        f"{EXAMPLE} --fact terror_risk=true --fact concrete_risk_of_crime=false --fact intoxicated_in_traffic=false"
    )
    applicable = {one["id"]: one["requires"] for one in told["applicable"]}

    assert applicable["OSL_10_18B_TERROR"] == ["not_committed_crime"]
    assert applicable.keys().isdisjoint({"OSL_10_18A_U21", "OSL_10_19_TRAFIK"})
    assert "OSL_10_18B_TERROR" not in told["conditional"]
    assert told["outcome"] == "allowed"


def test_the_provisions_on_the_item_can_be_named() -> None:
    protected = _asked(f"{EXAMPLE} --secrecy 26:1 --secrecy 21:3")

    assert {"OSL_10_18A_U21"} <= {one["id"] for one in protected["blocked"]}
    assert protected["outcome"] == "weighing_required"


def test_an_organisation_can_be_said_to_stand_outside_the_secrecy_act() -> None:
    private = _asked(f"{EXAMPLE} --to-private".replace("--to police", "--to housing"))
    school = _asked(EXAMPLE.replace("--from social_services", "--from-private --from school_principal"))

    assert {one["id"] for one in private["applicable"]} == {"OSL_10_2_NODV", "OSL_10_14_FORBEHALL"}
    assert (private["outcome"], private["notices"]) == ("refuse", [UNPROTECTED])
    assert [one["id"] for one in school["applicable"]] == ["UL_170_7_SKOLA_EGET"]
    assert "gäller inte hos den som lämnar" in school["notices"][0]


def test_the_day_is_today_where_none_is_named() -> None:
    before = clock.today()
    unnamed = _asked(EXAMPLE.replace(DAY, ""))

    assert unnamed in [_asked(EXAMPLE.replace(DAY, f"--on {day}")) for day in (before, clock.today())]
    assert unnamed != _asked(EXAMPLE.replace(DAY, "--on 2025-11-30"))


def test_a_person_reads_the_answer_in_swedish_or_english() -> None:
    swedish, english = run({}, "basis", *EXAMPLE.split()), run({}, "basis", *EXAMPLE.split(), "--lang", "en")
    danger = run({}, "basis", *EXAMPLE.replace("prevent_crime", "immediate_danger").split())

    assert (swedish.exit_code, english.exit_code) == (0, 0)
    assert swedish.output.startswith("Uppgiften får lämnas om en skriven avvägning talar för det.\n")
    assert all(
        text in swedish.output for text in ("Stöd som kan användas", "(OSL_10_18A_U21)", "Varför", "Räknas inte")
    )
    assert english.output.startswith("The information may be given if a written weighing of interests supports it.\n")
    assert all(
        text in english.output for text in ("Bases that can be used", "10 kap. 18 a § OSL", "Why", "Does not count")
    )
    assert "ring 112" in danger.output


def test_a_program_reads_the_answer_in_english_too() -> None:
    answer = _asked(f"{EXAMPLE} --lang en".replace("prevent_crime", "immediate_danger"))

    assert answer["notices"] == ["If there is danger to life: call 112. Whoever is in charge decides."]
    assert {"Not in force that day."} <= {one["why"] for one in answer["blocked"]}


def test_it_needs_no_database_and_no_settings() -> None:
    program = [sys.executable, "-c", "from coordination.cli import main; main()", "basis", *EXAMPLE.split(), "--json"]

    answer = subprocess.run(program, cwd=ROOT, env={}, capture_output=True, text=True, encoding="utf-8", check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert json.loads(answer.stdout) == _asked(EXAMPLE)


def _asked(question: str) -> dict[str, Any]:
    answer = run({}, "basis", *question.split(), "--json")
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found
