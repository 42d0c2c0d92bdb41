"""``coordination basis``: what it cannot understand is told in one line, with what it could have been."""

import re

import pytest

from policies.bases import basis_table
from policies.vocabulary import DataKind, Party, PersonRole, Purpose
from tests.factories.commands import run

ASK = {
    "--from": "social_services",
    "--to": "police",
    "--role": "subject",
    "--data": "social",
    "--purpose": "prevent_crime",
}


def _told(*added: str, without: str = "", initiative: str = "--own-initiative") -> str:
    arguments = [part for name, value in ASK.items() if name != without for part in (name, value)]
    answer = run({}, "basis", *arguments, *([initiative] if initiative else []), *added)
    assert (answer.exit_code, answer.stdout, answer.stderr.count("\n")) == (2, "", 1), answer.output
    return answer.stderr


@pytest.mark.parametrize(
    ("option", "words"),
    [("--from", Party), ("--to", Party), ("--role", PersonRole), ("--data", DataKind), ("--purpose", Purpose)],
)
def test_an_unknown_word_is_told_with_those_there_are(option: str, words: type[Party]) -> None:
    said = _told(option, "somebody")

    assert option in said
    assert f"'somebody' is not one of {', '.join(words)}\n" in said


@pytest.mark.parametrize("option", sorted(ASK))
def test_what_is_missing_is_named(option: str) -> None:
    assert f"'{option}'" in _told(without=option)


@pytest.mark.parametrize("age", ["-1", "121", "17.5", "seventeen", "", "١٧"])
def test_an_age_that_nobody_has_is_refused(age: str) -> None:
    assert "is not an age from 0 to 120" in _told("--age", age)


@pytest.mark.parametrize("age", ["0", "120"])
def test_the_youngest_and_the_oldest_age_are_understood(age: str) -> None:
    arguments = [part for pair in ASK.items() for part in pair]

    assert run({}, "basis", *arguments, "--own-initiative", "--age", age).exit_code == 0


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-29", "20261122", "22/11 2026", "today", "2026-W47-7"])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    assert f"{day!r} is not a date such as 2026-11-22" in _told("--on", day)


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        ("covers_all", "'covers_all' is not one of active, covers_data, covers_recipient, given_by=youth, given_by="),
        ("active,given_by=mother", "'given_by=mother' is not one of"),
        ("given_by=youth,given_by=both", "given_by stands twice"),
    ],
)
def test_a_consent_that_cannot_be_read_is_refused(consent: str, said: str) -> None:
    assert said in _told("--consent", consent)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("full_moon=true", f"'full_moon' is not one of {', '.join(sorted(basis_table().facts))}\n"),
        ("terror_risk", "'terror_risk' is not terror_risk=true or terror_risk=false"),
        ("terror_risk=perhaps", "is not terror_risk=true or terror_risk=false"),
    ],
)
def test_a_fact_that_cannot_be_read_is_refused(fact: str, said: str) -> None:
    assert said in _told("--fact", fact)


def test_a_provision_that_cannot_be_read_is_refused() -> None:
    assert "'26' is not a provision such as 26:1" in _told("--secrecy", "26")


@pytest.mark.parametrize(("initiative", "added"), [("", ()), ("--own-initiative", ("--on-request",))])
def test_it_is_said_whether_somebody_has_asked(initiative: str, added: tuple[str, ...]) -> None:
    assert "either --own-initiative or --on-request" in _told(*added, initiative=initiative)


def test_an_option_that_does_not_exist_is_told() -> None:
    assert "--fron" in _told("--fron", "police")


def test_the_help_names_every_option() -> None:
    answer = run({}, "basis", "--help")

    named = set(re.findall(r"--[a-z-]+", answer.output))
    assert answer.exit_code == 0
    assert {
        *ASK,
        "--age",
        "--consent",
        "--fact",
        "--on",
        "--own-initiative",
        "--on-request",
        "--json",
        "--lang",
    } <= named
