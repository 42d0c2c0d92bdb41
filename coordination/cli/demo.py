"""``coordination demo``: invented people and cases to look at, in a test environment only."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from coordination.app import create_app
from coordination.cli.application import opened
from coordination.core.db import db
from coordination.demo.accounts import PASSWORD, accounts
from coordination.demo.loader import Found, load
from coordination.demo.loader import found as look
from coordination.identity.secrets import Secrets
from coordination.settings import Settings

_ONLY_IN_TESTS = "The demo is for a test environment: TEST_ENVIRONMENT is not true."
_REAL_DATA = "This database holds something else than the demo: nothing was loaded."
_NOT_LOADED = "The demo is not loaded here."
_WIDEST = 200


@click.group()
def command() -> None:
    """Load the demo, or print its accounts."""


@command.command("load")
def load_demo() -> None:
    """Load the demo into an empty database. A second load changes nothing; other data are never touched."""
    with opened():
        before = _load(_settings())
        if before is Found.OTHER:
            raise click.ClickException(_REAL_DATA)
        click.echo("The demo is loaded." if before is Found.NOTHING else "The demo is already loaded.")


@command.command("accounts")
def print_accounts() -> None:
    """Print whom to sign in as: address, password, authenticator key and the code it shows now."""
    with opened():
        settings = _settings()
        _check_environment(settings)
        if look() is not Found.DEMO:
            raise click.ClickException(_NOT_LOADED)
        click.echo(_table(settings))


def load_once(settings: Settings) -> None:
    """Load the demo if the database holds nothing. One that holds something is left as it is, with no complaint."""
    with _inside(settings):
        _load(settings)


def accounts_text(settings: Settings) -> str:
    """Return the accounts as a table; nothing where the demo is not loaded."""
    with _inside(settings):
        return _table(settings) if look() is Found.DEMO else ""


@contextmanager
def _inside(settings: Settings) -> Iterator[None]:
    """Give the application in a process that goes on afterwards, and leave no connection behind."""
    with create_app(settings).app_context():
        try:
            yield
        finally:
            db.engine.dispose()


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _table(settings: Settings) -> str:
    table = Table(title=f"Demokonton. Lösenord för alla: {PASSWORD}", title_justify="left")
    for heading in ("Namn", "Roll", "Part", "E-post", "Nyckel till appen", "Kod nu"):
        table.add_column(heading, no_wrap=True)
    for account in accounts(Secrets.of(settings.secret_key)):
        table.add_row(account.name, account.role, account.agency, account.email, account.key, account.code)
    console = Console(width=_WIDEST)
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _load(settings: Settings) -> Found:
    """Load with a bar that shows how far; return what was there before. Raises ClickException outside a test environment."""
    _check_environment(settings)
    if (before := look()) is not Found.NOTHING:
        return before
    columns = (TextColumn("Demo"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("demo", total=None)
        return load(
            Secrets.of(settings.secret_key), lambda done, total: progress.update(task, completed=done, total=total)
        )


def _check_environment(settings: Settings) -> None:
    if not settings.test_environment:
        raise click.ClickException(_ONLY_IN_TESTS)
