"""``coordination jobs``: how the worker's jobs go, and one of them done now."""

import os
import subprocess
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from coordination.cli.local import prepared
from coordination.core import job_runs, migrate
from coordination.core.clock import STOCKHOLM
from coordination.core.db import transaction
from coordination.core.job_runs import Job, JobState

_ROOT = Path(__file__).resolve().parents[2]
_COLUMNS = ("job", "standing", "last run", "seconds", "pieces", "failed", "error", "next")


@click.group()
def command() -> None:
    """Show how the worker's jobs go, or do one of them now."""


@command.command(name="list")
def list_() -> None:
    """Show each job, how it went last and when it is due, and which worker leads."""
    application = import_module(
        "coordination.cli.application"
    )  # takes seconds to load, which ``run`` need not wait for
    with application.opened(), transaction():
        states, workers = job_runs.states(), job_runs.workers()
    table = Table(*_COLUMNS, box=None)
    for state in states:
        table.add_row(*_row(state))
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    standing_by = f"; standing by: {', '.join(workers.standing_by)}" if workers.standing_by else ""
    click.echo(f"{workers.leader} leads{standing_by}" if workers.leader else "No worker leads: no job is done.")


@command.command()
@click.argument("name", type=click.Choice([str(job) for job in Job]))
def run(name: str) -> None:
    """Do one job now, in a process of its own, whether or not a worker leads; exit code 1 unless all of it was done."""
    with prepared(os.environ) as (settings, env):
        migrate.check_current(settings.database_url)
        program = [sys.executable, "-m", "coordination.jobs", name]
        ended = subprocess.run(program, cwd=_ROOT, env=env, capture_output=True, text=True, check=False)
    click.echo(ended.stdout, nl=False)
    click.echo(ended.stderr, nl=False, err=True)
    if ended.returncode:
        raise click.exceptions.Exit(ended.returncode)


def _row(state: JobState) -> tuple[str, ...]:
    took = f"{state.took.total_seconds():.1f}" if state.took else "-"
    counts = (str(state.pieces), str(state.failed)) if state.started_at else ("-", "-")
    return (state.job, state.standing, _when(state.started_at), took, *counts, state.error or "-", _when(state.due_at))


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M:%S}" if moment else "-"
