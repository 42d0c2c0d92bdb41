"""Administration pages: filled in wrong they come back filled in, and nobody but an administrator finds them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.cases import service as cases
from coordination.core.db import Tenant, db, transaction
from coordination.identity.models import Agency, User
from coordination.keys import agency_keys
from policies.permissions import AgencyKind, Role
from tests.browser import Browser, without_tokens
from tests.factories.identity import Account, given_agency, given_user, signed_in
from tests.factories.world import World, shared_case

AGENCY = {
    "name": "Fritid Karlskoga",
    "mark": "fk",
    "kind": "leisure",
    "employer": "",
    "controller": "Kultur- och fritidsnämnden",
    "branch": "Fritidsgårdar",
}
USER = {"name": "Bo Ek", "title": "Socialsekreterare", "email": "bo@example.se", "roles": ["case_worker"]}
PAGES = (
    "/",
    "/kommun",
    "/parter/ny",
    "/parter/{agency}",
    "/parter/{agency}/stang",
    "/parter/{agency}/anvandare/ny",
    "/anvandare",
    "/anvandare/{user}",
    "/anvandare/{user}/andra-faktorn",
    "/anvandare/{user}/avsluta",
)


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    """Pages carry the minute they were made in: two of them are compared within one."""
    with time_machine.travel(datetime(2026, 11, 23, 8, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def admin(app: Flask, client: Browser) -> Browser:
    """An administrator's browser."""
    return signed_in(client, given_user(app, Role.ADMINISTRATOR))


def _path(address: str, account: Account) -> str:
    return "/administration" + address.format(agency=account.agency_id, user=account.id)


def _user(app: Flask, user_id: UUID) -> User:
    with app.app_context():
        return db.session.get_one(User, user_id)


@pytest.mark.parametrize("address", PAGES)
def test_an_administrator_opens_every_page(app: Flask, admin: Browser, address: str) -> None:
    account = given_user(app, Role.POLICE_LIAISON, AgencyKind.POLICE)

    answer = admin.get(_path(address, account))

    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert " style=" not in answer.text


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", [Role.CASE_WORKER, Role.UNIT_MANAGER, Role.REGISTRAR, Role.REGIONAL_COORDINATOR])
def test_for_everybody_else_the_pages_do_not_exist(app: Flask, client: Browser, address: str, role: Role) -> None:
    account = given_user(app, role)
    signed_in(client, account)

    refused = client.get(_path(address, account))
    absent = client.get("/administration/finns-inte")

    assert refused.status_code == 404
    assert without_tokens(refused.text) == without_tokens(absent.text)


@pytest.mark.parametrize("address", [address for address in PAGES if "{" in address])
def test_another_municipality_is_as_absent_as_what_is_not_there(app: Flask, client: Browser, address: str) -> None:
    signed_in(client, given_user(app, Role.ADMINISTRATOR, code="1780"))
    account = given_user(app)

    refused = client.get(_path(address, account))
    absent = client.get("/administration" + address.format(agency=uuid4(), user=uuid4()))

    assert (refused.status_code, without_tokens(refused.text)) == (404, without_tokens(absent.text))


def test_a_new_agency_has_keys_at_once(app: Flask, admin: Browser) -> None:
    assert admin.post("/administration/parter/ny", AGENCY).status_code == 302

    with app.app_context():
        created = db.session.query(Agency).filter_by(name="Fritid Karlskoga").one()
        with transaction(Tenant(created.municipality_id)):
            assert agency_keys.current(created.id).version == 1
    assert created.mark == "FK"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "Fyll i fältet"),
        ({"mark": "F"}, "två bokstäver"),
        ({"kind": "outreach"}, "Välj vem som är arbetsgivare"),
        ({"employer": "social"}, "bara för uppsökande arbete"),
        ({"name": "social_services 1783"}, "redan en part"),
    ],
)
def test_a_bad_agency_comes_back_filled_in(app: Flask, admin: Browser, changed: dict[str, str], says: str) -> None:
    answer = admin.post("/administration/parter/ny", AGENCY | changed)

    assert answer.status_code == 400
    assert says in answer.text
    assert 'value="Kultur- och fritidsnämnden"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_an_agency_is_changed_and_closed(app: Flask, admin: Browser) -> None:
    agency_id = given_agency(app, AgencyKind.LEISURE)

    admin.post(f"/administration/parter/{agency_id}", AGENCY | {"name": "Fritid och kultur"})
    assert "Fritid och kultur" in admin.get("/administration/").text
    admin.post(f"/administration/parter/{agency_id}/stang")

    assert "Stängd" in admin.get("/administration/").text


def test_the_municipality_gets_another_name(app: Flask, admin: Browser) -> None:
    admin.post("/administration/kommun", {"name": "Karlskoga stad"})

    assert "Karlskoga stad" in admin.get("/administration/").text


def test_an_invitation_shows_its_link_once_and_the_link_works(app: Flask, admin: Browser) -> None:
    path = f"/administration/parter/{given_agency(app)}/anvandare/ny"

    page = admin.post(path, USER).text

    link = re.findall(r"<code>http://localhost(/inbjudan/[A-Za-z0-9_-]{43})</code>", page)
    assert len(link) == 1
    assert "Skicka länken själv" in page
    assert Browser(app).get(link[0]).status_code == 200
    assert link[0] not in admin.get("/administration/anvandare").text


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"roles": []}, "Välj minst en roll"),
        ({"email": "inte en adress"}, "Skriv en e-postadress"),
        ({"roles": ["administrator", "case_worker"]}, "kan inte ha andra roller"),
    ],
)
def test_a_bad_user_comes_back_filled_in(app: Flask, admin: Browser, changed: dict[str, object], says: str) -> None:
    answer = admin.post(f"/administration/parter/{given_agency(app)}/anvandare/ny", USER | changed)

    assert answer.status_code == 400
    assert says in answer.text
    assert 'value="Socialsekreterare"' in answer.text


def test_a_role_of_another_kind_of_agency_cannot_be_slipped_in(app: Flask, admin: Browser) -> None:
    path = f"/administration/parter/{given_agency(app)}/anvandare/ny"

    assert admin.post(path, USER | {"roles": ["police_liaison"]}).status_code == 400


def test_a_user_is_changed(app: Flask, admin: Browser) -> None:
    account = given_user(app)

    admin.post(f"/administration/anvandare/{account.id}", USER | {"roles": ["case_worker", "registrar"]})

    with app.app_context():
        user = db.session.get_one(User, account.id)
        assert user.name == "Bo Ek"
        assert user.roles == {Role.CASE_WORKER, Role.REGISTRAR}


def test_the_list_of_users_is_of_one_agency_if_asked(app: Flask, admin: Browser) -> None:
    police = given_user(app, Role.POLICE_LIAISON, AgencyKind.POLICE)
    social = given_user(app)

    page = admin.get(f"/administration/anvandare?part={police.agency_id}").text

    assert str(police.id) in page
    assert str(social.id) not in page
    assert admin.get("/administration/anvandare?part=x").status_code == 200


def test_a_user_who_leaves_is_out_at_once(app: Flask, admin: Browser, owner_engine: Engine) -> None:
    account = given_user(app)
    theirs = signed_in(Browser(app), account)

    answer = admin.post(f"/administration/anvandare/{account.id}/avsluta")

    assert answer.status_code == 302
    assert theirs.get("/konto").status_code == 302
    assert admin.get(f"/administration/anvandare/{account.id}").status_code == 404
    with owner_engine.connect() as connection:
        assert "user.left" in connection.scalars(text("SELECT action FROM audit.entry")).all()


def test_a_user_who_leaves_loses_every_assignment_at_once(app: Flask, client: Browser) -> None:
    world = World(app)
    shared = shared_case(world, AgencyKind.POLICE)
    officer = shared.handlers[world.agency(AgencyKind.POLICE)]
    signed_in(client, given_user(app, Role.ADMINISTRATOR, code=world.code))

    answer = client.post(f"/administration/anvandare/{officer.user_id}/avsluta")

    assert answer.status_code == 302
    with world.acting(shared.social):
        assert cases.handlers(shared.id, officer.agency_id) == []
        assert [row.user_id for row in cases.handlers(shared.id, shared.social.agency_id)] == [shared.social.user_id]


def test_a_reset_gives_a_link_and_says_what_else_it_takes(app: Flask, admin: Browser) -> None:
    account = given_user(app)

    page = admin.post(f"/administration/anvandare/{account.id}/andra-faktorn").text

    assert "/inbjudan/" in page
    assert _user(app, account.id).totp_secret is None
    both = admin.post(f"/administration/anvandare/{account.id}/lank")
    assert both.status_code == 302
    assert "bjud in på nytt" in admin.get(f"/administration/anvandare/{account.id}").text


def test_a_link_is_made_anew_and_withdrawn(app: Flask, admin: Browser) -> None:
    account = given_user(app, joined=False, second=False)
    page = admin.post(f"/administration/anvandare/{account.id}/lank").text
    link = re.findall(r"(/inbjudan/[A-Za-z0-9_-]{43})", page)[0]

    admin.post(f"/administration/anvandare/{account.id}/lank/dra-tillbaka")

    assert Browser(app).get(link).status_code == 410


def test_an_administrator_does_not_end_their_own_account(app: Flask, client: Browser) -> None:
    account = given_user(app, Role.ADMINISTRATOR)
    signed_in(client, account)

    client.post(f"/administration/anvandare/{account.id}/avsluta")

    assert client.get("/konto").status_code == 200
    assert _user(app, account.id).left_at is None


def test_a_refused_change_leaves_no_trace_in_the_log(app: Flask, admin: Browser, owner_engine: Engine) -> None:
    admin.post(f"/administration/parter/{given_agency(app)}/anvandare/ny", USER | {"roles": []})

    with owner_engine.connect() as connection:
        assert connection.scalars(text("SELECT action FROM audit.entry")).all() == []
