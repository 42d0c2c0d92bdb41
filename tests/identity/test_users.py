"""What an administrator may do with users and agencies, and what no administrator can."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import pytest
from flask import Flask

from coordination.core import clock
from coordination.core.db import Tenant, db, transaction
from coordination.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from coordination.core.ids import new_id
from coordination.identity import agencies, invitations, queries, sessions, users
from coordination.identity.agencies import AgencyForm
from coordination.identity.invitations import Purpose
from coordination.identity.models import Agency, Invitation, User, UserSession
from coordination.identity.users import UserForm
from policies.access import Actor
from policies.permissions import AgencyKind, EmployerType, Role
from tests.factories.identity import Account, given_agency, given_user

T = TypeVar("T")


def _actor(app: Flask, account: Account) -> Actor:
    with app.app_context():
        return queries.actor_of(db.session.get_one(User, account.id), None, fresh=True)


def _administrator(app: Flask, code: str = "1783") -> Actor:
    return _actor(app, given_user(app, Role.ADMINISTRATOR, code=code))


def _act(app: Flask, actor: Actor, use_case: Callable[..., T], *arguments: object, **named: object) -> T:
    with app.app_context(), transaction(Tenant(actor.municipality_id, actor.user_id)):
        return use_case(actor, *arguments, **named)


def _form(email: str = "ny@example.se", *roles: Role) -> UserForm:
    return UserForm("Bo Ek", "Socialsekreterare", email, frozenset(roles or {Role.CASE_WORKER}))


def _agency_form(kind: AgencyKind = AgencyKind.LEISURE, employer: EmployerType | None = None) -> AgencyForm:
    return AgencyForm(kind, employer, "Fritid", "Kultur- och fritidsnämnden", "Fritidsgårdar", "fr")


def _user(app: Flask, user_id: UUID) -> User:
    with app.app_context():
        user = db.session.get_one(User, user_id)
        _ = user.has_second_factor
        return user


def test_an_invited_user_cannot_sign_in_until_the_link_is_used(app: Flask) -> None:
    administrator, agency_id = _administrator(app), given_agency(app)

    user, token = _act(app, administrator, users.invite, agency_id, _form())

    assert user.password_hash is None
    with app.app_context():
        found = invitations.find(token)
        assert found is not None
        assert found.user_id == user.id


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (set(), "role_missing"),
        ({Role.POLICE_LIAISON}, "role_not_in_this_kind_of_agency"),
        ({Role.ADMINISTRATOR, Role.CASE_WORKER}, "role_is_held_alone"),
        ({Role.REGIONAL_COORDINATOR, Role.UNIT_MANAGER}, "role_is_held_alone"),
    ],
)
def test_roles_follow_the_kind_of_agency(app: Flask, roles: set[Role], code: str) -> None:
    administrator, agency_id = _administrator(app), given_agency(app)
    form = UserForm("Bo Ek", "Titel", "bo@example.se", frozenset(roles))

    with pytest.raises(Invalid) as refused:
        _act(app, administrator, users.invite, agency_id, form)

    assert refused.value.code == code


def test_two_users_do_not_share_an_address(app: Flask) -> None:
    administrator, agency_id = _administrator(app), given_agency(app)
    _act(app, administrator, users.invite, agency_id, _form("bo@example.se"))

    with pytest.raises(Invalid) as refused:
        _act(app, administrator, users.invite, agency_id, _form(" BO@example.se "))

    assert refused.value.code == "email_taken"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_handle_users(app: Flask, role: Role) -> None:
    target, agency_id = given_user(app), given_agency(app)
    kind = next(kind for kind, roles in agencies.ROLES.items() if role in roles)
    actor = _actor(app, given_user(app, role, kind))

    with pytest.raises(Forbidden):
        _act(app, actor, users.invite, agency_id, _form())
    with pytest.raises(Forbidden):
        _act(app, actor, users.leave, target.id, assignments=0)
    with pytest.raises(Forbidden):
        _act(app, actor, users.reset_second_factor, target.id)
    with pytest.raises(Forbidden):
        _act(app, actor, agencies.create, _agency_form())


def test_another_municipality_is_as_if_it_were_not_there(app: Flask) -> None:
    administrator = _administrator(app, "1780")
    target, agency_id = given_user(app), given_agency(app)

    for use_case, arguments in (
        (users.invite, (agency_id, _form())),
        (users.change, (target.id, _form())),
        (users.renew_link, (target.id,)),
        (users.reset_second_factor, (target.id,)),
        (users.withdraw_link, (target.id,)),
        (agencies.change, (agency_id, _agency_form())),
        (agencies.close, (agency_id,)),
    ):
        with pytest.raises(NotFound):
            _act(app, administrator, use_case, *arguments)
    with app.app_context():
        assert [user.id for user in queries.users_for(administrator)] == [administrator.user_id]


def test_whoever_leaves_loses_every_session_link_and_means_of_signing_in(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app)
    token = sessions.new_token()
    with app.app_context(), transaction():
        sessions.create(new_id(), token, target.id, {}, None)
    _act(app, administrator, users.renew_link, target.id)

    _act(app, administrator, users.leave, target.id, assignments=3)

    user = _user(app, target.id)
    assert user.left_at is not None
    assert (user.password_hash, user.has_second_factor, user.recovery_digests) == (None, False, [])
    with app.app_context():
        assert sessions.find(token) is None
        assert queries.active_user(target.id) is None
        assert queries.active_user_by_email(target.email) is None
        assert invitations.open_for(target.id) is None
        assert queries.people([target.id])[target.id].name == "Alva Berg"


def test_an_address_is_free_when_its_user_has_left(app: Flask) -> None:
    administrator, agency_id = _administrator(app), given_agency(app)
    user, _ = _act(app, administrator, users.invite, agency_id, _form("bo@example.se"))
    _act(app, administrator, users.leave, user.id, assignments=0)

    again, _ = _act(app, administrator, users.invite, agency_id, _form("bo@example.se"))

    assert again.id != user.id


def test_rights_are_those_of_the_roles_held_now(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app)
    _act(app, administrator, users.change, target.id, _form("bo@example.se", Role.UNIT_MANAGER, Role.REGISTRAR))

    assert _actor(app, target).roles == {Role.UNIT_MANAGER, Role.REGISTRAR}


def test_nobody_lets_themselves_leave_or_changes_their_own_roles(app: Flask) -> None:
    administrator = _administrator(app)

    refusals = [
        _refusal(app, administrator, users.leave, administrator.user_id, assignments=0),
        _refusal(app, administrator, users.reset_second_factor, administrator.user_id),
        _refusal(app, administrator, users.change, administrator.user_id, _form("a@example.se", Role.UNIT_MANAGER)),
        _refusal(app, administrator, agencies.close, administrator.agency_id),
    ]

    assert refusals == [
        "own_account_is_handled_by_another",
        "own_account_is_handled_by_another",
        "own_roles_are_changed_by_another",
        "own_agency_cannot_be_closed",
    ]


def test_a_new_link_makes_the_earlier_one_useless(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app, joined=False, second=False)
    first = _act(app, administrator, users.renew_link, target.id)
    second = _act(app, administrator, users.renew_link, target.id)

    with app.app_context():
        assert invitations.find(first) is None
        assert invitations.find(second) is not None


def test_a_withdrawn_link_is_useless(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app, joined=False, second=False)
    token = _act(app, administrator, users.renew_link, target.id)
    _act(app, administrator, users.withdraw_link, target.id)

    with app.app_context():
        assert invitations.find(token) is None


def test_a_link_is_stored_as_a_digest_and_lasts_three_days(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app, joined=False, second=False)
    token = _act(app, administrator, users.renew_link, target.id)

    with app.app_context():
        row = db.session.query(Invitation).one()
    assert token.encode() not in row.token_digest
    assert (row.expires_at - row.sent_at) == invitations.VALID
    assert row.expires_at > clock.now()


def test_resetting_the_second_factor_leaves_the_password_to_be_known(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app)
    before = _user(app, target.id).password_hash

    token = _act(app, administrator, users.reset_second_factor, target.id)

    user = _user(app, target.id)
    assert not user.has_second_factor
    assert user.password_hash == before
    with app.app_context():
        found = invitations.find(token)
        assert found is not None
        assert found.purpose == Purpose.SECOND_FACTOR
        assert db.session.query(UserSession).count() == 0


def test_no_administrator_can_renew_both_password_and_second_factor(app: Flask) -> None:
    administrator, target = _administrator(app), given_user(app)
    _act(app, administrator, users.reset_second_factor, target.id)

    assert _refusal(app, administrator, users.renew_link, target.id) == "password_and_second_factor_lost"


def test_an_outreach_team_names_its_employer(app: Flask) -> None:
    administrator = _administrator(app)

    assert _refusal(app, administrator, agencies.create, _agency_form(AgencyKind.OUTREACH)) == "employer_missing"
    created = _act(app, administrator, agencies.create, _agency_form(AgencyKind.OUTREACH, EmployerType.SOCIAL))
    assert created.mark == "FR"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (AgencyForm(AgencyKind.LEISURE, None, " ", "N", "B", "FR"), "field_empty"),
        (AgencyForm(AgencyKind.LEISURE, None, "Fritid", "N", "B", "F1"), "mark_is_two_letters"),
        (AgencyForm(AgencyKind.LEISURE, EmployerType.SOCIAL, "Fritid", "N", "B", "FR"), "employer_only_for_outreach"),
        (AgencyForm(AgencyKind.LEISURE, None, "social_services 1783", "N", "B", "FR"), "name_taken"),
    ],
)
def test_what_is_laid_down_about_an_agency_is_checked(app: Flask, form: AgencyForm, code: str) -> None:
    assert _refusal(app, _administrator(app), agencies.create, form) == code


def test_the_kind_of_an_agency_is_fixed(app: Flask) -> None:
    administrator, agency_id = _administrator(app), given_agency(app, AgencyKind.SCHOOL)

    assert _refusal(app, administrator, agencies.change, agency_id, _agency_form()) == "agency_kind_is_fixed"


def test_nobody_in_a_closed_agency_is_active(app: Flask) -> None:
    administrator = _administrator(app)
    target = given_user(app, Role.SCHOOL_CONTACT, AgencyKind.SCHOOL)
    _act(app, administrator, agencies.close, target.agency_id)

    with app.app_context():
        assert queries.active_user(target.id) is None
        assert queries.open_agency(target.municipality_id, target.agency_id) is None
        assert db.session.get_one(Agency, target.agency_id).closed_at is not None


def _refusal(app: Flask, actor: Actor, use_case: Callable[..., object], *arguments: object, **named: object) -> str:
    with pytest.raises(DomainError) as refused:
        _act(app, actor, use_case, *arguments, **named)
    assert isinstance(refused.value, Conflict | Invalid)
    return refused.value.code
