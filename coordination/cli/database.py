"""``coordination db``: the schema of the database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from coordination.cli.local import prepared
from coordination.core import migrate


@click.group()
def command() -> None:
    """Bring the database to a revision, or check it."""


@command.command()
def upgrade() -> None:
    """Migrate the database to what this code needs."""
    with _as_owner() as url:
        before = migrate.current(url)
        migrate.upgrade(url)
        click.echo(f"{before or 'empty'} -> {migrate.current(url)}")


@command.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION. What only later revisions hold is lost: take a backup first."""
    with _as_owner() as url:
        before = migrate.current(url)
        click.confirm(f"Take the database back from {before} to {revision}?", abort=True)
        migrate.downgrade(url, revision)
        click.echo(f"{before} -> {migrate.current(url) or 'empty'}")


@command.command()
def check() -> None:
    """Say whether the database answers and has the schema this code needs; exit code 1 if not."""
    with prepared(os.environ) as (settings, _):
        migrate.check_current(settings.database_url)
        click.echo(f"The database is at {migrate.head()}, as this code needs.")


@contextmanager
def _as_owner() -> Iterator[str]:
    with prepared(os.environ) as (settings, _):
        if settings.database_owner_url is None:
            raise migrate.DatabaseError("DATABASE_OWNER_URL is missing: only the owner of the database may migrate it.")
        migrate.check_reachable(settings.database_owner_url)
        yield settings.database_owner_url
