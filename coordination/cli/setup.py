"""``coordination setup``: a municipality, its first agency and its first administrator, who invites everybody else.

There is no page for this: whoever could open one before there is anybody to sign in could be anybody.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import click
from flask import Flask

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cli.application import opened
from coordination.core.db import Tenant, transaction, use_tenant
from coordination.core.errors import Invalid
from coordination.identity import agencies, invitations, queries, users
from coordination.identity.agencies import AgencyForm
from coordination.identity.invitations import Purpose
from coordination.identity.users import UserForm
from coordination.keys import agency_keys
from policies.permissions import AgencyKind, EmployerType, Role

SAID: Mapping[str, str] = {
    "field_empty": "is empty",
    "mark_is_two_letters": "is two letters",
    "employer_missing": "is needed for outreach",
    "employer_only_for_outreach": "is for outreach only",
    "email_taken": "belongs to somebody already",
    "name_taken": "is another agency's name",
}


class Wanted(NamedTuple):
    """What is to be there after the command."""

    code: str
    municipality: str
    agency: AgencyForm
    administrator: UserForm


@click.command()
@click.option("--code", required=True, help="The municipality's code, four digits (SCB).")
@click.option("--municipality", required=True, help="Its name.")
@click.option("--agency", required=True, help="The agency the administrator works in, as people call it.")
@click.option("--kind", required=True, type=click.Choice([kind.value for kind in AgencyKind]))
@click.option("--employer", type=click.Choice([one.value for one in EmployerType]), help="For outreach.")
@click.option("--controller", required=True, help="The authority that is responsible, for instance the board.")
@click.option("--branch", required=True, help="Its branch, as a boundary of secrecy.")
@click.option("--mark", required=True, help="Two letters that stand for the agency.")
@click.option("--name", required=True, help="The administrator's name.")
@click.option("--email", required=True, help="The administrator's e-mail address, to sign in with.")
def command(**given: str) -> None:
    """Add a municipality with its first administrator, and print the one-time link to join by."""
    wanted = _wanted(given)
    with opened() as app:
        try:
            with transaction():
                token = _set_up(wanted)
        except Invalid as error:
            raise click.ClickException(_sentence(error)) from error
        click.echo(f"{wanted.municipality} is there. This link lets {wanted.administrator.name} in, once, within")
        click.echo(f"{invitations.VALID.total_seconds() / 3600:.0f} hours; hand it over so that nobody else sees it:")
        click.echo(_link(app, token))


def _wanted(given: Mapping[str, str]) -> Wanted:
    if not re.fullmatch(r"[0-9]{4}", given["code"]):
        raise click.BadParameter("is four digits", param_hint="--code")
    for field in ("municipality", "name"):
        if not given[field].strip():
            raise click.BadParameter("is empty", param_hint=f"--{field}")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", given["email"].strip()):
        raise click.BadParameter("is no e-mail address", param_hint="--email")
    employer = EmployerType(given["employer"]) if given["employer"] else None
    agency = AgencyForm(
        AgencyKind(given["kind"]), employer, given["agency"], given["controller"], given["branch"], given["mark"]
    )
    administrator = UserForm(given["name"], "Administratör", given["email"], frozenset({Role.ADMINISTRATOR}))
    return Wanted(given["code"], given["municipality"].strip(), agency, administrator)


def _set_up(wanted: Wanted) -> str:
    """Add everything, log it in the new agency's log, return the link's token. Raises Invalid, ClickException."""
    if queries.municipality_with_code(wanted.code) is not None:
        raise click.ClickException("--code is in use: that municipality is there already")
    municipality = agencies.add_municipality(wanted.code, wanted.municipality)
    use_tenant(Tenant(municipality.id))
    agency = agencies.add(municipality.id, wanted.agency)
    agency_keys.create(agency.id, municipality.id)
    administrator = users.add(agency, wanted.administrator)
    _log(municipality.id, agency.id, administrator.id)
    return invitations.send(None, administrator, Purpose.PASSWORD)


def _log(municipality_id: UUID, agency_id: UUID, user_id: UUID) -> None:
    record = audit.record_unattended
    record(municipality_id, agency_id, Event.AGENCY_CHANGED, agency=agency_id, change="created")
    record(municipality_id, agency_id, Event.USER_CHANGED, user=user_id, change="created")


def _sentence(error: Invalid) -> str:
    return "; ".join(f"--{field} {SAID.get(code, code.replace('_', ' '))}" for field, code in error.fields.items())


def _link(app: Flask, token: str) -> str:
    with app.test_request_context():
        path = app.url_for("joining.invitation", token=token, _external=False)
    return f"{app.extensions['settings'].public_url}{path}"
