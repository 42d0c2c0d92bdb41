"""``coordination audit``: verify access logs, sign where they stand, hand one out as a file that proves itself."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import click

from coordination.cli.application import opened
from coordination.core.db import Tenant, transaction
from coordination.oversight import integrity, queries
from coordination.oversight.queries import AgencyRef

ONE_AGENCY = click.option("--agency", "agency_id", type=click.UUID, help="Only this agency's log.")


@click.group()
def command() -> None:
    """Verify, sign and export the access logs."""


@command.command()
@ONE_AGENCY
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept outside the database, of the agency named.",
)
def verify(agency_id: UUID | None, kept: tuple[Path, ...]) -> None:
    """Check every hash, node and checkpoint of all logs, or of one; exit code 1 if any is not whole."""
    if kept and agency_id is None:
        raise click.UsageError("A checkpoint is of one log: name its agency with --agency.")
    with opened():
        broken = 0
        for agency in _agencies(agency_id):
            result = integrity.verify(agency, [path.read_text(encoding="utf-8") for path in kept])
            said = f"whole, {result.size} entries, root {result.root.hex()}" if result.ok else f"BROKEN, {result.fault}"
            click.echo(f"{_name(agency)}: {said}")
            broken += not result.ok
    if broken:
        raise click.exceptions.Exit(1)


@command.command()
@ONE_AGENCY
def checkpoint(agency_id: UUID | None) -> None:
    """Sign every log as it stands, or one."""
    with opened():
        for agency in _agencies(agency_id):
            with transaction(Tenant(agency.municipality_id)):
                made = integrity.make_checkpoint(agency)
            click.echo(f"{_name(agency)}: {made.size} entries, root {made.root.hex()}")


@command.command()
@click.option("--agency", "agency_id", type=click.UUID, required=True, help="Whose log.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
def export(agency_id: UUID, out: Path) -> None:
    """Write one log as a file that tools/verify_access_log.py verifies, readable by its owner only."""
    with opened():
        (agency,) = _agencies(agency_id)
        try:
            _write(out, integrity.export(agency))
        except OSError as error:
            raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from error
    click.echo(f"{_name(agency)}: {out}. Verify it: python tools/verify_access_log.py {out}")


def _agencies(agency_id: UUID | None) -> list[AgencyRef]:
    with transaction():
        found = queries.agencies(agency_id)
    if agency_id is not None and not found:
        raise click.ClickException(f"There is no agency {agency_id}.")
    return found


def _name(agency: AgencyRef) -> str:
    return f"{agency.municipality}, {agency.name} ({agency.id})"


def _write(out: Path, lines: Iterable[bytes]) -> None:
    """Write a file whole or not at all."""
    beside = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
