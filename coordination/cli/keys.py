"""``coordination keys``: rotate an agency's key, the master key or the signing key while everybody works, and see where keys stand."""

import json
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from coordination.cli.application import opened
from coordination.core.db import Tenant, transaction
from coordination.keys import agency_keys, provider, rotation, source, token
from coordination.keys.provider import ConfigurationError
from coordination.keys.token import Address
from coordination.oversight import queries
from coordination.oversight.queries import AgencyRef
from coordination.settings import Settings

SHOWN = {
    "municipality": "Municipality",
    "name": "Agency",
    "newest": "Newest",
    "held": "Versions held",
    "behind": "To move",
    "grants": "Grants",
    "masters": "Master keys",
}


@click.group()
def command() -> None:
    """Rotate keys, and see where they stand."""


@command.command()
@click.option("--agency", "agency_id", type=click.UUID, help="Give this agency a new key.")
@click.option("--master", is_flag=True, help="Wrap all keys with a new master key.")
@click.option("--signing", is_flag=True, help="Sign the logs' checkpoints with a new key.")
def rotate(agency_id: UUID | None, *, master: bool, signing: bool) -> None:
    """Rotate the key of one agency, the master key or the signing key. A rotation that was stopped goes on where it was."""
    if (agency_id is not None, master, signing).count(True) != 1:
        raise click.UsageError("Name one of --agency ID, --master and --signing.")
    with opened() as app:
        if agency_id is not None:
            _rotate_agency(agency_id)
        elif master:
            _rotate_master(app.extensions["settings"])
        else:
            _replace_signing_key()


@command.command("create-master")
@click.option("--file", "path", type=click.Path(path_type=Path), help="Make a key file, for its owner only.")
@click.option("--token", "uri", help="Make a key in a hardware token, by its PKCS#11 URI.")
def create_master(path: Path | None, uri: str | None) -> None:
    """Make the first master key of a new installation. A key file that exists is never written over."""
    if (path is None) == (uri is None):
        raise click.UsageError("Name either --file PATH or --token URI.")
    made = provider.create(path).version_id if path else token.create(Address.of(uri or ""))
    click.echo(f"Master key {made} is made. Keep a copy in two places, neither with the database nor with its backups.")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(*, as_json: bool) -> None:
    """Show each agency's key version, how many grants wait to be moved to it, and the master keys in use."""
    with opened():
        rows = [_row(agency) for agency in _agencies()]
        versions = agency_keys.provider().version_ids()
    if as_json:
        click.echo(json.dumps({"master": {"versions": versions, "newest": versions[-1]}, "agencies": rows}, indent=2))
        return
    table = Table(*SHOWN.values())
    for row in rows:
        table.add_row(*(str(row[name]) for name in SHOWN))
    Console().print(table)
    click.echo(f"Master key versions: {', '.join(versions)} (the last wraps)")


def _rotate_agency(agency_id: UUID) -> None:
    found = _agencies(agency_id)
    if not found:
        raise click.ClickException(f"There is no agency {agency_id}.")
    agency = found[0]
    _show(f"{agency.municipality}, {agency.name}", rotation.rotate_agency(agency.id, agency.municipality_id))
    with transaction(Tenant(agency.municipality_id)):
        newest = rotation.status(agency.id).newest
    click.echo(f"{agency.municipality}, {agency.name}: all grants are on version {newest}, older keys are destroyed.")


def _rotate_master(settings: Settings) -> None:
    municipality_ids = _municipalities()
    before = _in_use(municipality_ids)
    newest = agency_keys.provider().current().version_id
    if before <= {newest}:
        newest = _new_version(settings)
    _show("Master key", rotation.rewrap_master(municipality_ids))
    left = _in_use(municipality_ids)
    if left != {newest}:
        raise click.ClickException("Keys were made with another master key meanwhile: run the command again.")
    click.echo(f"All keys are wrapped with master key {newest}.")
    for version in agency_keys.provider().version_ids()[:-1]:
        click.echo(f"Master key {version} is no longer in use: remove it once no backup that needs it is kept.")


def _replace_signing_key() -> None:
    with transaction():
        signer = agency_keys.replace_signing_key()
    click.echo(
        f"Checkpoints are signed with a new key, {signer.public.hex()}. The old one signs no more; what it signed verifies."
    )


def _new_version(settings: Settings) -> str:
    """Make a master key where it is kept. Raises ClickException where only the operator can: in the environment."""
    try:
        return source.add_version(settings.master_key_file, settings.master_key_pkcs11)
    except ConfigurationError as problem:
        raise click.ClickException(str(problem)) from problem


def _show(what: str, steps: Iterable[rotation.Progress]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        for step in steps:
            progress.update(task, completed=step.done, total=step.total)


def _row(agency: AgencyRef) -> dict[str, object]:
    with transaction(Tenant(agency.municipality_id)):
        found = rotation.status(agency.id)
    who: dict[str, object] = {"id": str(agency.id), "municipality": agency.municipality, "name": agency.name}
    return who | found._asdict() | {"masters": ", ".join(found.masters)}


def _agencies(agency_id: UUID | None = None) -> list[AgencyRef]:
    with transaction():
        return queries.agencies(agency_id)


def _municipalities() -> list[UUID]:
    with transaction():
        return queries.municipalities()


def _in_use(municipality_ids: list[UUID]) -> set[str]:
    found: set[str] = set()
    for municipality_id in municipality_ids:
        with transaction(Tenant(municipality_id)):
            found |= agency_keys.masters_in_use()
    return found
