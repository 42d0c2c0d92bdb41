"""``coordination audit``: verify the access logs, sign them, hand one out as a file that proves itself."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import click

from coordination.cli.application import opened
from coordination.core.db import Tenant, db, transaction
from coordination.oversight import integrity, queries
from coordination.oversight.queries import AgencyRef

_PRIVATE = 0o600


@click.group()
def command() -> None:
    """Verify, sign and export the access logs."""


@command.command()
@click.option("--agency", "agency_id", type=click.UUID, help="Only this agency's log.")
def verify(agency_id: UUID | None) -> None:
    """Check every log anew from its bytes. Exit 1, naming the first fault and where it is, if one is not whole."""
    with opened():
        results = [(agency, integrity.verify(agency)) for agency in _chosen(agency_id)]
    for agency, result in results:
        found = "whole" if result.ok else f"NOT WHOLE: {result.fault}"
        click.echo(f"{agency.municipality}, {agency.name} ({agency.id}): {result.size} entries, {found}")
    if not all(result.ok for _, result in results):
        raise SystemExit(1)


@command.command()
@click.option("--agency", "agency_id", type=click.UUID, help="Only this agency's log.")
def checkpoint(agency_id: UUID | None) -> None:
    """Sign each log as it stands."""
    with opened():
        for agency in _chosen(agency_id):
            with transaction(Tenant(agency.municipality_id)):
                made = integrity.make_checkpoint(agency)
            click.echo(f"{agency.municipality}, {agency.name} ({agency.id}): signed at {made.size} entries")


@command.command()
@click.option("--agency", "agency_id", type=click.UUID, required=True, help="Whose log.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
def export(agency_id: UUID, out: Path) -> None:
    """Write a log to a file that tools/verify_access_log.py checks without trusting this installation."""
    with opened():
        agency = _chosen(agency_id)[0]
        lines = _written(out, integrity.export(agency))
    click.echo(f"{out}: {lines} lines. Check it with: python tools/verify_access_log.py {out}")


def _chosen(agency_id: UUID | None) -> list[AgencyRef]:
    """Return the agency named, or all. Raises ClickException where there is none such."""
    with transaction():
        found = queries.agencies(agency_id)
    db.session.remove()
    if agency_id is not None and not found:
        raise click.ClickException(f"No agency has the id {agency_id}.")
    return found


def _written(out: Path, lines: Iterable[bytes]) -> int:
    """Write the file whole or not at all, for its owner only; return how many lines it has."""
    count = 0
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
            try:
                for count, line in enumerate(lines, start=1):  # noqa: B007 - the last number is the answer
                    file.write(line)
                os.fchmod(file.fileno(), _PRIVATE)
                Path(file.name).replace(out)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    return count
