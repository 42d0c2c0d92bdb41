"""The loaded demo, looked at in the database: everything a page can show is there, and nothing lies open in it. Loaded once: here."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from coordination.audit.events import Event
from coordination.cases.content import PartKind, Text
from coordination.cli.demo import accounts_text
from coordination.core import clock
from coordination.core.db import Tenant, transaction
from coordination.demo import accounts, loader
from coordination.demo.actions import AddPerson, Write
from coordination.demo.cast import workers
from coordination.demo.plan import plan
from coordination.disclosure import overview
from coordination.identity import passwords, queries, second_factor
from coordination.identity.secrets import Secrets
from coordination.oversight import integrity
from coordination.oversight import queries as oversight
from policies.access import Actor
from policies.methods import phases
from policies.permissions import Role
from tests.demo.conftest import Demo
from tests.factories.commands import environment, run


def _rows(demo: Demo, statement: str, **values: object) -> list[Any]:
    with demo.owner.connect() as connection:
        return list(connection.execute(text(statement), values).all())


def _count(demo: Demo, statement: str, **values: object) -> int:
    return int(_rows(demo, f"SELECT count(*) FROM {statement}", **values)[0][0])


def _actor(email: str) -> Actor:
    user = queries.active_user_by_email(email)
    assert user is not None
    return queries.actor_of(user, None, fresh=True)


def test_two_towns_ten_agencies_and_some_thirty_people_in_all_roles(demo: Demo) -> None:
    assert _rows(demo, "SELECT code, name FROM municipality ORDER BY code") == [
        ("1780", "Karlstad"),
        ("1883", "Karlskoga"),
    ]
    assert _count(demo, "agency") == 10
    assert 28 <= _count(demo, "app_user") <= 36
    assert {role for (role,) in _rows(demo, "SELECT DISTINCT role FROM user_role")} == set(Role)


def test_forty_cases_in_all_phases_and_both_towns(demo: Demo) -> None:
    assert _count(demo, '"case"') == 40
    assert {phase for (phase,) in _rows(demo, 'SELECT DISTINCT phase FROM "case"')} == set(phases())
    assert _count(demo, '"case" WHERE closed_at IS NOT NULL') >= 4
    assert min(_rows(demo, 'SELECT count(*) FROM "case" GROUP BY municipality_id'))[0] >= 15


def test_a_case_opened_in_a_year_has_a_reference_of_that_year(demo: Demo) -> None:
    wrong = "split_part(split_part(reference, ' ', 2), '-', 1) <> to_char(opened_at AT TIME ZONE 'Europe/Stockholm', 'YYYY')"

    assert _count(demo, f'"case" WHERE {wrong}') == 0


def test_alvas_case_looks_as_it_was_drawn(demo: Demo) -> None:
    with demo.app.app_context():
        maria = _actor("maria.ekdahl@karlskoga.example")
        with transaction(Tenant(maria.municipality_id, maria.user_id)):
            ((case_id, year),) = _rows(
                demo,
                "SELECT id, split_part(split_part(reference, ' ', 2), '-', 1) FROM \"case\""
                " WHERE reference LIKE 'SIG %-0147' AND municipality_id = :town",
                town=maria.municipality_id,
            )
            shown = overview.open_case(maria, case_id)
            names = {agency.name for agency in queries.agencies_named(shown.agency_ids).values()}
        contents = [part.content for record in shown.records for part in record.parts if part.kind is PartKind.TITLE]
        titles = {content.body for content in contents if isinstance(content, Text)}
        subject = shown.subject()

    assert year in {str(clock.today().year), str(clock.today().year - 1)}
    assert subject is not None
    assert (subject.name, subject.number) == ("Alva Lindqvist", "20110305-2385")
    assert names == {"Socialtjänsten", "Polisen", "Skolan", "Fritid", "Nätpolarna", "Regionen"}
    assert {
        "Hembesök",
        "Samtal vid torget",
        "Gruppchatt med hot och namn",
        "Uppgift om planerat bråk",
        "Plan",
    } <= titles
    assert shown.case.phase == "planning"
    assert any(person.protected for person in shown.people)


def test_somebody_can_open_every_open_case(demo: Demo) -> None:
    opened = set()
    leads = (
        'SELECT c.id, u.email FROM "case" c JOIN assignment a ON a.case_id = c.id AND a.agency_id = c.lead_agency_id'
    )
    leads += " JOIN app_user u ON u.id = a.user_id WHERE a.ends_at > now() AND c.closed_at IS NULL"
    with demo.app.app_context():
        for case_id, email in _rows(demo, leads):
            actor = _actor(email)
            with transaction(Tenant(actor.municipality_id, actor.user_id)):
                opened |= {case_id} if overview.open_case(actor, case_id).records else set()

    assert len(opened) == _count(demo, '"case" WHERE closed_at IS NULL') >= 30


STATES = {
    "a consent that runs": "consent WHERE withdrawn_at IS NULL AND valid_to > current_date + 30",
    "a consent that soon ends": "consent WHERE withdrawn_at IS NULL AND valid_to BETWEEN current_date AND current_date + 30",
    "a consent that has ended": "consent WHERE withdrawn_at IS NULL AND valid_to < current_date",
    "a consent that was withdrawn": "consent WHERE withdrawn_at IS NOT NULL",
    "a consent without guardians": "consent WHERE without_guardian",
    "a copy to decide on": "copy WHERE decision_due >= current_date AND disposed_at IS NULL",
    "a copy to decide on that is late": "copy WHERE decision_due < current_date AND disposed_at IS NULL",
    "a copy disposed of": "copy WHERE disposed_at IS NOT NULL",
    "a copy that nobody has opened": "copy WHERE first_opened_at IS NULL AND closed_at IS NULL",
    "a copy that somebody has opened": "copy WHERE first_opened_at IS NOT NULL",
    "a copy closed at its date": "copy WHERE closed_why = 'expired'",
    "a disclosure on consent": "disclosure WHERE basis_id = 'OSL_12_2_SAMTYCKE' AND revoked_at IS NULL",
    "a disclosure after a weighing": "disclosure WHERE basis_id = 'OSL_10_15A'",
    "a disclosure to prevent crime": "disclosure WHERE basis_id = 'OSL_10_18A_U21' AND until >= current_date",
    "a disclosure on the general clause": "disclosure WHERE basis_id = 'OSL_10_27_GENERAL'",
    "a report of concern": "disclosure WHERE basis_id = 'SOL_19_1_OROS'",
    "a disclosure that was ended": "disclosure WHERE revoked_why LIKE 'revoked%'",
    "a recipient with an older version": (
        "copy JOIN part_version v ON v.id = copy.part_version_id JOIN part p ON p.id = v.part_id"
        " WHERE p.latest_version_id <> v.id AND copy.closed_at IS NULL"
    ),
    "a case without any disclosure": '"case" c WHERE NOT EXISTS (SELECT FROM disclosure d WHERE d.case_id = c.id)',
    "a case without a young person": (
        "\"case\" c WHERE NOT EXISTS (SELECT FROM case_person p WHERE p.case_id = c.id AND p.role = 'subject')"
    ),
    "a protected guardian": "case_person WHERE role = 'guardian' AND protection <> 'none'",
    "a protected young person": "case_person WHERE role = 'subject' AND protection <> 'none'",
    "a young person with a samordningsnummer": "case_person WHERE role = 'subject' AND number_kind = 'samordningsnummer'",
    "a young person without a number": "case_person WHERE role = 'subject' AND number_kind = 'none'",
    "a sibling": "case_person WHERE role = 'sibling'",
    "a victim": "case_person WHERE role = 'victim'",
    "a witness": "case_person WHERE role = 'witness'",
    "a suspect": "case_person WHERE role = 'suspect'",
    "an attachment": "part WHERE kind = 'file'",
    "the person's own view": "part WHERE kind = 'own_view'",
    "a disagreement": "part WHERE kind = 'disagreement'",
    "an assessment among facts": "part WHERE nature = 'assessment'",
    "an agency that has left": "participation WHERE ended_at IS NOT NULL",
    "an assignment that ended": "assignment WHERE ends_at < now()",
    "a review that is given": "review_assignment WHERE valid_until >= current_date",
    "a review that is over": "review_assignment WHERE valid_until < current_date",
    "a refusal in the log": "audit.entry WHERE action = 'access.denied'",
    "a search in the log": "audit.entry WHERE action = 'case.searched'",
    "a protected identity opened": "audit.entry WHERE action = 'case.protected_identity_opened'",
    "a log that was read": "audit.entry WHERE action = 'log.viewed'",
    "a signed checkpoint": "audit.checkpoint",
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_a_page_can_show_is_there(demo: Demo, state: str) -> None:
    assert _count(demo, STATES[state]) > 0


def test_every_log_is_whole_and_has_been_verified(demo: Demo) -> None:
    assert _rows(demo, "SELECT DISTINCT ok FROM audit.verification") == [(True,)]
    assert _count(demo, "audit.verification") == 10
    with demo.app.app_context():
        with transaction():
            agencies = oversight.agencies()
        assert [agency.name for agency in agencies if not integrity.verify(agency).ok] == []


def test_the_logs_cover_a_year_and_time_never_goes_backwards(demo: Demo) -> None:
    backwards = "SELECT at < lag(at) OVER (PARTITION BY agency_id ORDER BY seq) AS backwards FROM audit.entry"
    ((first, last),) = _rows(demo, "SELECT min(at), max(at) FROM audit.entry")

    assert _count(demo, f"({backwards}) AS steps WHERE backwards") == 0
    assert last - first > timedelta(days=340)


def test_people_act_signed_in_and_from_an_address(demo: Demo) -> None:
    acts = [
        json.loads(line) for (line,) in _rows(demo, "SELECT canonical FROM audit.entry WHERE action = 'case.viewed'")
    ]
    fields = [act["fields"] for act in acts if act["fields"]["by_session"]]

    assert len(fields) > 100
    assert all(each["from_address"] for each in fields)


def test_the_database_holds_no_name_number_or_text_in_the_open(demo: Demo) -> None:
    sealed = _sealed_words()
    stored = b"".join(_raw(demo))

    assert len(sealed) > 800
    assert b"Karlskoga" in stored
    assert sorted(word for word in sealed if word.encode() in stored) == []


def test_every_shown_account_can_sign_in(demo: Demo) -> None:
    secrets = Secrets.of(demo.settings.secret_key)
    with demo.app.app_context(), transaction():
        shown = list(accounts.accounts(secrets))
        for account in shown:
            user = queries.active_user_by_email(account.email)
            assert user is not None
            assert passwords.matches(secrets, user.password_hash, accounts.PASSWORD)
            assert second_factor.use_totp(secrets, user, account.code)
            user.totp_counter = None  # the code is for whoever tries next

    roles = frozenset[Role]().union(*(workers()[account.email.split("@")[0]].roles for account in shown))
    assert len(shown) >= 8
    assert roles >= set(Role) - {Role.HEALTH_CONTACT, Role.AGENCY_CONTACT}
    assert passwords.fault(accounts.PASSWORD, *(worker.name for worker in workers().values())) is None


def test_a_second_load_changes_nothing(demo: Demo) -> None:
    before = _rows(demo, "SELECT count(*), max(at) FROM audit.entry")
    with demo.app.app_context():
        found = loader.load(Secrets.of(demo.settings.secret_key), lambda _done, _total: None)

    assert found is loader.Found.DEMO
    assert _rows(demo, "SELECT count(*), max(at) FROM audit.entry") == before


def test_only_what_the_services_log_is_in_the_logs(demo: Demo) -> None:
    tags = {event.tag for event in Event}

    assert {tag for (tag,) in _rows(demo, "SELECT DISTINCT action FROM audit.entry")} <= tags


def _sealed_words() -> set[str]:
    """Return what must not be readable: names, numbers in both lengths, and every text of some length."""
    events = plan(clock.now())
    people = [event.action for event in events if isinstance(event.action, AddPerson)]
    written = [event.action for event in events if isinstance(event.action, Write)]
    words = {f"{person.given} {person.family}" for person in people} | {person.family for person in people}
    words |= {number for person in people if person.number for number in (person.number, person.number[2:])}
    words |= {piece.body[:40] for write in written for piece in write.pieces if len(piece.body) > 40}
    return words | {write.title for write in written if len(write.title) > 20}


def _raw(demo: Demo) -> list[bytes]:
    """Return every table as PostgreSQL stores it: binary, so that sealed bytes are bytes."""
    tables = _rows(
        demo,
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'keys', 'audit')",
    )
    found = []
    address = demo.owner.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for (table,) in tables:
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
                found += [bytes(piece) for piece in copy]
    return found


def test_the_accounts_are_printed_with_key_and_code(demo: Demo) -> None:
    result = run(environment(demo.settings, TEST_ENVIRONMENT="true"), "demo", "accounts")

    assert result.exit_code == 0
    assert "maria.ekdahl@karlskoga.example" in result.output
    assert "Regional samordnare" in result.output
    assert len(result.output.splitlines()) == len(accounts_text(demo.settings).splitlines())


def test_a_load_onto_the_demo_says_that_it_is_there(demo: Demo) -> None:
    result = run(environment(demo.settings, TEST_ENVIRONMENT="true"), "demo", "load")

    assert result.exit_code == 0
    assert result.output.strip().endswith("The demo is already loaded.")
