"""The command ``coordination``: one module per subject, each with a click ``command``."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from coordination.core.embedded_postgres import EmbeddedPostgresError
from coordination.core.migrate import DatabaseError
from coordination.keys.provider import ConfigurationError
from coordination.settings import SettingsError
from policies.tables import TableError

MODULES = {
    "run": "run",
    "db": "database",
    "setup": "setup",
    "demo": "demo",
    "audit": "audit",
    "keys": "keys",
    "jobs": "jobs",
    "basis": "basis",
}
OPERATORS_ERRORS = (SettingsError, DatabaseError, EmbeddedPostgresError, ConfigurationError, TableError)


class Commands(click.Group):
    """Loads a command when it is asked for, and tells what an operator can put right in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in reading order."""
        return [name for name, module in MODULES.items() if find_spec(f"coordination.cli.{module}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"coordination.cli.{MODULES[cmd_name]}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a fault of the set-up ends it with one line and exit code 1."""
        try:
            return super().invoke(ctx)
        except OPERATORS_ERRORS as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
def main() -> None:
    """Samverkan: agencies work on the same case without sharing more than they may."""
