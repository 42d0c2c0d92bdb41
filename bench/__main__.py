"""Runs the measurements: ``python -m bench [NAME ...] [--scale 1.0] [--json FILE]``."""

import importlib
import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

QUESTIONS = ("seal", "case_open", "case_list", "log_append", "log_verify")


@click.command(help="Measure what fast means, each question against its floor.")
@click.argument("names", nargs=-1, type=click.Choice(QUESTIONS))
@click.option("--scale", default=1.0, show_default=True, help="Share of the full data, for a quick look.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the figures here too.")
def main(names: tuple[str, ...], scale: float, json_file: Path | None) -> None:
    """Run the questions asked for, or all, and print our figure, the floor and the ratio."""
    figures = [row for name in names or QUESTIONS for row in _measured(name, scale)]
    table = Table("Question", "Ours (s)", "Floor (s)", "Ratio", "Aim")
    for row in figures:
        ours, floor, ratio = (f"{row[key]:.4g}" for key in ("ours_seconds", "floor_seconds", "ratio"))
        table.add_row(str(row["question"]), ours, floor, ratio, str(row["aim"]))
    Console(width=150).print(table)
    if json_file:
        json_file.write_text(json.dumps(figures, indent=2))


def _measured(name: str, scale: float) -> list[dict[str, object]]:
    found = importlib.import_module(f"bench.{name}").run(scale)
    return found if isinstance(found, list) else [found]


if __name__ == "__main__":
    main()
