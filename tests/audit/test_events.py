"""The log's allow-list: exact fields, and kinds that no name, number or text can pass."""

import re
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.audit import canonical, kinds
from coordination.audit.events import Event, Who, fields_of
from coordination.audit.kinds import Kind
from policies.permissions import Permission, Role

SOME_ID = UUID(int=5)
WHO = Who(SOME_ID, UUID(int=6), frozenset({Role.SIG_COORDINATOR, Role.CASE_WORKER}), UUID(int=7), "192.0.2.1")
ALWAYS = {"by_user", "by_agency", "by_roles", "by_session", "from_address", "permission", "outcome"}
VALID: dict[Kind, object] = {
    kinds.uuid: SOME_ID,
    kinds.uuid_if_any: None,
    kinds.uuids: [UUID(int=2), UUID(int=1)],
    kinds.number: 3,
    kinds.code: "not_assigned",
    kinds.code_if_any: None,
    kinds.basis: "OSL_10_18A_U21",
    kinds.basis_if_any: "OSL_10_18A_U21",
    kinds.day: date(2026, 11, 2),
    kinds.digest: b"\xab" * 32,
    kinds.digest_if_any: None,
    kinds.permission: Permission.CASE_READ,
}
LEAKS = [
    "Anna Andersson",
    "Åsa",
    "anna andersson",
    "ANNA ANDERSSON",
    "20100101-2384",
    "201001012384",
    "100101-2384",
    "Hen sade att pappa hade slagit hen.",
    "anna@example.se",
    "0701234567",
    "070-123 45 67",
    "Storgatan 1",
    "",
    "a\nb",
]


@pytest.mark.parametrize("event", Event)
def test_every_event_is_written_with_exactly_its_fields(event: Event) -> None:
    given_fields = _valid(event)

    fields = fields_of(event, WHO, given_fields)

    assert fields.keys() == ALWAYS | event.fields.keys()
    assert len(ALWAYS & event.fields.keys()) == (1 if event is Event.DENIED else 0)
    assert canonical.encode(canonical.Entry(SOME_ID, 0, SOME_ID, datetime(2026, 1, 1, tzinfo=UTC), event.tag, fields))


@pytest.mark.parametrize("event", Event)
def test_a_missing_or_an_extra_field_is_a_defect(event: Event) -> None:
    given_fields = _valid(event)

    with pytest.raises(TypeError, match="takes"):
        fields_of(event, WHO, {**given_fields, "name": "Anna"})
    for name in given_fields:
        with pytest.raises(TypeError, match="takes"):
            fields_of(event, WHO, {key: value for key, value in given_fields.items() if key != name})


@pytest.mark.parametrize("event", Event)
def test_no_field_of_any_event_takes_a_name_a_number_or_a_text(event: Event) -> None:
    valid = _valid(event)
    for name in event.fields:
        for leak in LEAKS:
            with pytest.raises(TypeError) as refused:
                fields_of(event, WHO, {**valid, name: leak})

            assert not leak or leak not in str(refused.value)


@given(st.text())
def test_a_text_that_passes_as_a_code_is_a_short_word_in_small_letters(text: str) -> None:
    for kind in (kinds.code, kinds.code_if_any, kinds.basis):
        try:
            taken = kind(text)
        except TypeError:
            continue
        assert re.fullmatch(r"[A-Za-z0-9_:.-]{1,80}", str(taken))
        assert not re.search(r"\d{5}", str(taken))


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (kinds.uuid, str(SOME_ID)),
        (kinds.uuid, None),
        (kinds.uuids, SOME_ID),
        (kinds.uuids, str(SOME_ID)),
        (kinds.uuids, [None]),
        (kinds.uuids, [SOME_ID] * (kinds.MOST_PARTS + 1)),
        (kinds.number, True),
        (kinds.number, -1),
        (kinds.number, 1.0),
        (kinds.number, 10**15),
        (kinds.number, 201001012384.0),
        (kinds.code, None),
        (kinds.code, 7),
        (kinds.code, "1234"),
        (kinds.code, "x" * 81),
        (kinds.day, datetime(2026, 11, 2, tzinfo=UTC)),
        (kinds.day, "2026-11-02"),
        (kinds.digest, b"short"),
        (kinds.digest, "AB" * 32),
        (kinds.digest, None),
        (kinds.address, "example.se"),
        (kinds.address, "Anna"),
        (kinds.roles, frozenset({"case_worker_of_mine"})),
        (kinds.roles, "case_worker"),
        (kinds.permission, "case:case:everything"),
        (kinds.permission, None),
        (kinds.one_of("name", "number"), "reference"),
        (kinds.one_of("name", "number"), None),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, wrong: object) -> None:
    with pytest.raises(TypeError):
        kind(wrong)


def test_who_acted_is_written_in_one_way() -> None:
    fields = fields_of(Event.SIGN_OUT, WHO, {})

    assert fields == {
        "by_user": str(SOME_ID),
        "by_agency": str(UUID(int=6)),
        "by_roles": "case_worker,sig_coordinator",
        "by_session": str(UUID(int=7)),
        "from_address": "192.0.2.1",
        "permission": "account:own:manage",
        "outcome": "ok",
    }


def test_nobody_acts_without_ids_roles_or_address() -> None:
    fields = fields_of(Event.SIGN_IN_FAILED, Who(), {"stage": "password", "account_digest": None})

    assert {fields[name] for name in ("by_user", "by_agency", "by_roles", "by_session", "from_address")} == {""}
    assert fields["permission"] == "none"
    assert fields["outcome"] == "failed"


def test_a_refusal_tells_the_permission_that_was_refused() -> None:
    fields = fields_of(Event.DENIED, WHO, {"permission": "case:part:disclose", "reason_code": "not_owner"})

    assert (fields["permission"], fields["reason_code"], fields["outcome"]) == (
        "case:part:disclose",
        "not_owner",
        "denied",
    )


@given(st.ip_addresses())
def test_an_address_is_written_in_its_shortest_form(address: Any) -> None:
    assert ip_address(str(kinds.address(address.exploded))) == address


def test_the_zone_of_a_local_address_is_dropped() -> None:
    assert kinds.address("fe80::1%eth0") == "fe80::1"


@given(st.lists(st.uuids(), unique=True))
def test_the_same_rows_in_any_order_give_the_same_bytes(ids: list[UUID]) -> None:
    assert kinds.uuids(ids) == kinds.uuids(ids[::-1]) == kinds.uuids(set(ids))


def test_tags_are_unique_and_sorted_under_their_area() -> None:
    tags = [event.tag for event in Event]

    assert len(set(tags)) == len(tags)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", tag) for tag in tags)


def _valid(event: Event) -> dict[str, object]:
    return {name: VALID[kind] if kind in VALID else _first_word(kind) for name, kind in event.fields.items()}


def _first_word(kind: Kind) -> str:
    with pytest.raises(TypeError) as refused:
        kind(None)
    return str(refused.value).removeprefix("not one of ").split(",")[0]
