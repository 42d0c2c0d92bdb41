"""Asking: one request, and its answer as it went over the wire, so that two answers can be held against each other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.routing import Rule

from tests.browser import without_tokens
from tests.security.matrix.people import Person
from tests.security.matrix.things import Thing
from tests.security.matrix.town import Town

Arguments = Mapping[str, UUID | str]

_CHALLENGE = re.compile(r"(?<=&#34;challenge&#34;: &#34;)[^&]+")
"""What a passkey is asked to sign is new each time."""

ASKED = "·"
"""Stands in an answer for the id that was asked for: who asked knows it already."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and body: all that anybody can see of it, but for the date and the token of a form."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def everything(self) -> str:
        """Everything in it in which a word can stand."""
        return "\n".join([*(f"{name}: {value}" for name, value in self.headers), self.body])

    def difference(self, other: "Answer") -> str:
        """Say in a line where two answers part; nothing if they are the same."""
        if self.status != other.status:
            return f"status {self.status}, not {other.status}"
        if self.headers != other.headers:
            return f"headers {set(self.headers) ^ set(other.headers)}"
        pairs = zip(self.body.splitlines(), other.body.splitlines(), strict=False)
        differing = next((f"{mine!r}, not {theirs!r}" for mine, theirs in pairs if mine != theirs), "length")
        return f"body: {differing[:300]}" if self.body != other.body else ""


def ask(
    town: Town,
    person: Person,
    endpoint: str,
    arguments: Arguments,
    method: str = "GET",
    fields: Mapping[str, Any] | None = None,
) -> Answer:
    """Let a person send a request; a form carries the person's own token."""
    asked = [str(value) for value in arguments.values()]
    return ask_at(town, person, address_of(town, endpoint, arguments), method, fields, asked)


def ask_at(
    town: Town,
    person: Person,
    address: str,
    method: str = "GET",
    fields: Mapping[str, Any] | None = None,
    asked: Sequence[str] = (),
) -> Answer:
    """Let a person send a request to an address; what was asked for is masked in the answer."""
    sent = {} if method == "GET" else {"data": {"csrf_token": person.token, **(fields or {})}}
    answer = person.browser._open(method, address, **sent)
    if person.actor is not None:
        town.asked += 1
    headers = sorted((name, _masked(value, asked)) for name, value in answer.headers if name != "Date")
    body = _CHALLENGE.sub("", without_tokens(answer.data.decode(errors="replace")))
    return Answer(answer.status_code, tuple(headers), _masked(body, asked))


def address_of(town: Town, endpoint: str, arguments: Arguments) -> str:
    """Return the address of an endpoint."""
    return str(town.app.url_map.bind("localhost").build(endpoint, dict(arguments)))


def absent(town: Town, thing: Thing) -> Arguments:
    """Return ids of the right form that nothing has."""
    return {name: town.absent_id(name) for name in thing.arguments}


def rules(town: Town) -> list[Rule]:
    """Return every route of ours."""
    return [rule for rule in town.app.url_map.iter_rules() if rule.endpoint != "static"]


def _masked(text: str, asked: Sequence[str]) -> str:
    for value in asked:
        text = text.replace(value, ASKED)
    return text
