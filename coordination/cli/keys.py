"""``coordination keys``: where the keys stand, and rotating them while everybody works on."""

import json
from collections.abc import Iterator
from uuid import UUID

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.cli.application import opened
from coordination.core.db import Tenant, transaction
from coordination.keys import agency_keys, provider, rotation
from coordination.oversight import queries
from coordination.oversight.queries import AgencyRef
from coordination.settings import Settings


@click.group()
def command() -> None:
    """Look at the keys and rotate them."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(*, as_json: bool) -> None:
    """Tell, for each agency: its key's version, versions still held, grants not yet moved, the master key in use."""
    with opened():
        rows = [_status(agency) for agency in _agencies()]
        master = agency_keys.provider().current().version_id
    if as_json:
        click.echo(json.dumps({"master": master, "agencies": rows}, indent=2))
        return
    click.echo(f"Newest master key: {master}")
    for row in rows:
        behind = f"{row['behind']} of {row['grants']} grants to move" if row["behind"] else f"{row['grants']} grants"
        held = "" if row["held"] == 1 else f", {row['held']} versions held"
        click.echo(f"{row['name']} ({row['id']}): version {row['version']}{held}, {behind}, master {row['masters']}")


@command.command()
@click.option("--agency", "agency_id", type=click.UUID, help="Rotate this agency's key.")
@click.option("--master", is_flag=True, help="Rotate the master key.")
def rotate(agency_id: UUID | None, *, master: bool) -> None:
    """Rotate one agency's key, or the master key. A run that was stopped goes on where it was."""
    if (agency_id is None) is not master:
        raise click.UsageError("Name either --agency ID or --master.")
    with opened():
        if agency_id is not None:
            _rotate_agency(agency_id)
        else:
            _rotate_master()


def _rotate_agency(agency_id: UUID) -> None:
    with transaction():
        found = queries.agencies(agency_id)
    if not found:
        raise click.ClickException(f"No agency has the id {agency_id}.")
    agency = found[0]
    _shown("Grants", rotation.rotate_agency(agency.id, agency.municipality_id))
    stand = _status(agency)
    _log(agency, "agency", int(str(stand["version"])), int(str(stand["grants"])))
    click.echo(f"{agency.name}: now on version {stand['version']}. The key before it is destroyed.")


def _rotate_master() -> None:
    settings: Settings = current_app.extensions["settings"]
    keys = agency_keys.provider()
    in_use = {name for agency in _agencies() for name in str(_status(agency)["masters"]).split(", ") if name}
    started = len(keys.version_ids()) > 1 and in_use != {keys.current().version_id}
    if settings.master_key_file is not None and not started:
        provider.add_version(settings.master_key_file)
    elif not started and in_use == {keys.current().version_id}:
        raise click.ClickException("MASTER_KEY: put a new version last (id:base64), keep the old one, and run this again.")
    with transaction():
        municipalities = queries.municipalities()
    _shown("Municipalities", rotation.rewrap_master(municipalities))
    newest = keys.current().version_id
    for agency in _agencies():
        _log(agency, "master", 1, 0)
    old = [name for name in keys.version_ids() if name != newest]
    click.echo(f"Everything is wrapped with master key {newest}. No longer needed here: {', '.join(old)}.")
    click.echo("Keep the old version with the backups that still need it, for as long as they are kept.")


def _status(agency: AgencyRef) -> dict[str, str | int]:
    with transaction(Tenant(agency.municipality_id)):
        found = rotation.status(agency.id)
    return {
        "id": str(agency.id),
        "name": f"{agency.municipality}, {agency.name}",
        "version": found.newest,
        "held": found.held,
        "behind": found.behind,
        "grants": found.grants,
        "masters": ", ".join(found.masters),
    }


def _agencies() -> list[AgencyRef]:
    with transaction():
        return queries.agencies()


def _log(agency: AgencyRef, scope: str, version: int, grants: int) -> None:
    with transaction(Tenant(agency.municipality_id)):
        audit.record_unattended(
            agency.municipality_id,
            agency.id,
            Event.KEYS_ROTATED,
            scope=scope,
            version=version,
            grants=grants,
            stage="finished",
        )


def _shown(what: str, steps: Iterator[rotation.Progress]) -> None:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        for step in steps:
            bar.update(task, completed=step.done, total=step.total)
