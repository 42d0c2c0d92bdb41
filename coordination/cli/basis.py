"""``coordination basis``: may this be given, on which legal basis? Asks the same rules as the pages; needs no database."""

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from coordination.core import clock
from policies.bases import LegalBasis, Text, basis_table
from policies.disclosure import Answer, Assessment, ConsentGiven, Question, assess
from policies.disclosure_texts import KINDS, OUTCOMES
from policies.provisions import Provision
from policies.vocabulary import DataKind, GivenBy, Party, PersonRole, Purpose

YOUNGEST, OLDEST = 0, 120
CONSENT = {one.name for one in fields(ConsentGiven)} - {"given_by"}
SAID = {"true": True, "false": False}
CAN = (
    Text("Stöd som kan användas", "Bases that can be used"),
    Text("Slag", "Kind"),
    Text("Det här ska stämma", "This must hold"),
)
CANNOT = (Text("Stöd som inte kan användas", "Bases that cannot be used"), Text("Varför", "Why"))
WAITS = Text("Räknas inte förrän det har uppgetts med --fact.", "Does not count until it has been stated with --fact.")


class Language(StrEnum):
    """The language of the answer."""

    SWEDISH = "sv"
    ENGLISH = "en"

    def of(self, text: Text) -> str:
        """Return the wording in this language."""
        return text.en if self is Language.ENGLISH else text.sv


class Told(click.ClickException):
    """What is wrong with the question, in one line."""

    exit_code = 2


class OneLine(click.Command):
    """Tells in one line, without the usage, what it cannot understand: programs and people read it alike."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the command line. Raises Told, exit code 2, for anything that cannot be understood."""
        try:
            return super().make_context(*args, **extra)
        except click.UsageError as error:
            raise Told(" ".join(error.format_message().split())) from error


class Word(click.ParamType[StrEnum]):
    """One word of a vocabulary of the rules."""

    def __init__(self, words: type[StrEnum]) -> None:
        """Take the words there are."""
        self.words, self.name = words, "word"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> StrEnum:
        """Return the word. Fails with the words there are."""
        if value not in set(self.words):
            self.fail(_unknown(str(value), self.words), param, ctx)
        return self.words(value)


class Age(click.ParamType[int]):
    """An age in whole years that a person can have."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the age. Fails for anything but a whole number from 0 to 120."""
        years = str(value)
        if not (years.isascii() and years.isdigit() and YOUNGEST <= int(years) <= OLDEST):
            self.fail(f"{years!r} is not an age from {YOUNGEST} to {OLDEST}", param, ctx)
        return int(years)


class Day(click.ParamType[date]):
    """A date as 2026-11-22."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date. Fails for anything else."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or str(day) != value:
            self.fail(f"{value!r} is not a date such as 2026-11-22", param, ctx)
        return day


class Consent(click.ParamType[ConsentGiven]):
    """What is true of a consent: "covers_recipient,active,given_by=youth"."""

    name = "consent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ConsentGiven:
        """Return the consent; what is not named is not true. Fails with the words there are."""
        givers = {f"given_by={giver}": giver for giver in GivenBy}
        said = [word.strip() for word in str(value).split(",") if word.strip()]
        for word in said:
            if word not in CONSENT | givers.keys():
                self.fail(_unknown(word, [*sorted(CONSENT), *givers]), param, ctx)
        given_by = {givers[word] for word in said if word in givers}
        if len(given_by) > 1:
            self.fail("given_by stands twice", param, ctx)
        return ConsentGiven(**{name: name in said for name in CONSENT}, given_by=next(iter(given_by), None))


class Fact(click.ParamType[tuple[str, bool]]):
    """A circumstance of the single case that is known: "terror_risk=false"."""

    name = "fact"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, bool]:
        """Return the fact and whether it holds. Fails with the facts there are."""
        name, _, said = str(value).partition("=")
        if name not in basis_table().facts:
            self.fail(_unknown(name, sorted(basis_table().facts)), param, ctx)
        if said not in SAID:
            self.fail(f"{value!r} is not {name}=true or {name}=false", param, ctx)
        return name, SAID[said]


class Secrecy(click.ParamType[Provision]):
    """A secrecy provision on the item: "26:1", "23:2 st1"."""

    name = "provision"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Provision:
        """Return the provision. Fails for anything else."""
        try:
            return Provision.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _unknown(word: str, words: Iterable[str]) -> str:
    return f"{word!r} is not one of {', '.join(words)}"


@click.command(cls=OneLine)
@click.option("--from", "sender", type=Word(Party), required=True, help="Who gives.")
@click.option("--to", "recipient", type=Word(Party), required=True, help="Who gets.")
@click.option("--role", type=Word(PersonRole), required=True, help="The part of the person whom the data are about.")
@click.option("--age", type=Age(), help="The person's age that day. Left out: not known.")
@click.option("--data", type=Word(DataKind), required=True, help="What kind of data.")
@click.option("--purpose", type=Word(Purpose), required=True, help="What the recipient needs them for.")
@click.option("--own-initiative", is_flag=True, help="Nobody has asked.")
@click.option("--on-request", is_flag=True, help="The recipient has asked.")
@click.option(
    "--consent", type=Consent(), help="What is true of a consent: covers_recipient,covers_data,active,given_by=..."
)
@click.option(
    "--fact", "facts", type=Fact(), multiple=True, help="A circumstance that is known: name=true or name=false."
)
@click.option("--secrecy", type=Secrecy(), multiple=True, help="The provisions on the item, where they are known.")
@click.option(
    "--from-private/--from-public", "sender_private", default=None, help="Whether the secrecy act binds who gives."
)
@click.option(
    "--to-private/--to-public", "recipient_private", default=None, help="Whether the secrecy act binds who gets."
)
@click.option("--on", type=Day(), help="The day. Left out: today.")
@click.option("--lang", type=Word(Language), default=Language.SWEDISH, help="sv or en.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, own_initiative: bool, on_request: bool, lang: Language, as_json: bool, **said: Any) -> None:
    """Answer which legal bases let this be given, what they ask for, and what blocks the others."""
    if own_initiative == on_request:
        raise Told("Say either --own-initiative or --on-request.")
    question = _question(own_initiative=own_initiative, **said)
    assessment = assess(question)
    if as_json:
        click.echo(json.dumps(_as_json(assessment, question.on, lang), ensure_ascii=False, indent=2))
    else:
        _show(assessment, question.on, lang)


def _question(  # noqa: PLR0913 - the question has as many sides as there are options
    *,
    sender: Party,
    recipient: Party,
    role: PersonRole,
    age: int | None,
    data: DataKind,
    purpose: Purpose,
    own_initiative: bool,
    consent: ConsentGiven | None,
    facts: tuple[tuple[str, bool], ...],
    secrecy: tuple[Provision, ...],
    sender_private: bool | None,
    recipient_private: bool | None,
    on: date | None,
) -> Question:
    return Question(
        sender=sender,
        recipient=recipient,
        role=role,
        age=age,
        data=data,
        purpose=purpose,
        own_initiative=own_initiative,
        on=clock.today() if on is None else on,
        consent=consent,
        secrecy=frozenset(secrecy) if secrecy else None,
        facts=dict(facts),
        sender_private=sender_private,
        recipient_private=recipient_private,
    )


def _as_json(assessment: Assessment, on: date, lang: Language) -> dict[str, object]:
    rows = {row.id: row for row in basis_table().versions_for(on)}
    applicable = [
        {
            "id": one.id,
            "kind": one.kind,
            "requires": list(one.requires),
            "why": f"{lang.of(_why(one))} {lang.of(rows[one.id].test)}",
        }
        for one in assessment.applicable
    ]
    return {
        "applicable": applicable,
        "blocked": [{"id": one.id, "why": lang.of(_why(one))} for one in assessment.blocked],
        "outcome": assessment.outcome,
        "notices": [lang.of(notice) for notice in assessment.notices],
        "conditional": [one.id for one in assessment.applicable if one.conditional],
    }


def _why(answer: Answer) -> Text:
    return Text(answer.why_sv, answer.why_en)


def _show(assessment: Assessment, on: date, lang: Language) -> None:
    table, console = basis_table(), Console()
    rows = {row.id: row for row in table.versions_for(on)}
    console.print(lang.of(OUTCOMES[assessment.outcome]), style="bold")
    for notice in assessment.notices:
        console.print(f"! {lang.of(notice)}")
    can = Table(*(lang.of(text) for text in CAN), show_lines=True)
    for one in assessment.applicable:
        facts = [lang.of(table.facts[fact]) for fact in one.requires]
        asked = [f"- {fact}" for fact in facts] + ([lang.of(WAITS)] if one.conditional else [])
        can.add_row(_name(rows[one.id], lang), lang.of(KINDS[one.kind]), "\n".join(asked))
    cannot = Table(*(lang.of(text) for text in CANNOT))
    for one in assessment.blocked:
        cannot.add_row(_name(rows[one.id], lang), lang.of(_why(one)))
    console.print(can, cannot)


def _name(row: LegalBasis, lang: Language) -> str:
    return f"{lang.of(row.title)}\n{row.source} ({row.id})"
