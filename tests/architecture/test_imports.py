"""The one rule: web api cli jobs -> areas -> core, policies. Never up, never sideways, never around."""

import ast

import pytest

from tests.architecture.source import OURS, Module, below, modules

AREAS = (
    "audit",
    "identity",
    "keys",
    "cases",
    "consent",
    "disclosure",
    "planning",
    "situations",
    "outreach",
    "oversight",
    "retention",
    "rights",
    "reports",
)
"""Lowest first: an area imports only areas above it in this list."""

EDGES = ("web", "api", "cli", "jobs")
DEMO = "demo"
"""Invented people and cases: made through the areas, like everything else, and loaded from the command line only."""

TOP = {"coordination.app"}
BOTTOM = {"coordination", "coordination.settings"}
ONE_IMPORTER = {
    "cryptography": "coordination.keys.vault",
    "weasyprint": "coordination.reports.pdf",
    "apscheduler": "coordination.jobs",
    "vl_convert": "coordination.reports.charts",
}
FLASK_BELOW_THE_EDGES = {
    "coordination.core.db": ("flask_sqlalchemy",),
    "coordination.identity": ("flask_security",),
}


def test_every_package_of_ours_has_its_place_in_the_house() -> None:
    found = {module.name.split(".")[1] for module in below("coordination") if "." in module.name}

    assert found <= {"core", "settings", "app", DEMO, *AREAS, *EDGES}


@pytest.mark.parametrize("area", AREAS)
def test_an_area_imports_only_core_policies_and_areas_above_it(area: str) -> None:
    allowed = ["policies", "coordination.core", "coordination.settings"]
    allowed += [f"coordination.{above}" for above in AREAS[: AREAS.index(area) + 1]]

    assert _beyond(below(f"coordination.{area}"), allowed) == []


def test_core_knows_no_area() -> None:
    assert _beyond(below("coordination.core"), ["policies", "coordination.core", "coordination.settings"]) == []


def test_policies_are_pure() -> None:
    impure = ["flask", "sqlalchemy", "psycopg", "flask_sqlalchemy", "time", "os", "random", "secrets", "coordination"]

    assert _taken(below("policies"), impure) == []
    assert [module.where for module in below("policies") if _reads_the_clock(module)] == []


@pytest.mark.parametrize("edge", EDGES)
def test_edges_never_import_each_other(edge: str) -> None:
    others = [f"coordination.{other}" for other in EDGES if other != edge]

    assert _taken(below(f"coordination.{edge}"), others) == []


def test_the_demo_is_loaded_from_the_command_line_only() -> None:
    insiders = {*below(f"coordination.{DEMO}"), *below("coordination.cli")}
    others = tuple(module for module in modules(*OURS) if module not in insiders)

    assert _taken(others, [f"coordination.{DEMO}"]) == []
    assert _taken(below(f"coordination.{DEMO}"), [f"coordination.{edge}" for edge in EDGES]) == []


def test_only_programs_import_the_whole_application() -> None:
    programs = {*below("coordination.cli"), *below("coordination.jobs")}
    others = tuple(module for module in modules(*OURS) if module not in programs)

    assert _taken(others, sorted(TOP)) == []


@pytest.mark.parametrize("edge", EDGES)
def test_edges_reach_no_models(edge: str) -> None:
    models = [f"coordination.{area}.models" for area in AREAS]

    assert _taken(below(f"coordination.{edge}"), models) == []


@pytest.mark.parametrize(("package", "importer"), ONE_IMPORTER.items())
def test_some_packages_have_one_importer(package: str, importer: str) -> None:
    others = tuple(module for module in modules(*OURS) if module not in below(importer))

    assert _taken(others, [package]) == []


def test_flask_stays_at_the_edges() -> None:
    edges = {module for edge in EDGES for module in below(f"coordination.{edge}")} | set(below("coordination.app"))
    found = []
    for module in modules(*OURS):
        allowed = [name for place, names in FLASK_BELOW_THE_EDGES.items() if module in below(place) for name in names]
        for name in module.imports if module not in edges else ():
            package = name.split(".")[0]
            if package.startswith("flask") and package not in allowed:
                found.append(f"{module.where} imports {name}")

    assert found == []


def test_migrations_stand_by_themselves() -> None:
    assert _taken(modules("migrations"), list(OURS)) == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    found = []
    for module in modules(*OURS):
        for function in module.functions:
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in OURS:
                    found.append(f"{module.where}:{node.lineno} imports {node.module}")

    assert found == []


def test_only_the_database_module_commits_or_rolls_back() -> None:
    found = []
    for module in modules(*OURS):
        if module.name == "coordination.core.db":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}:
                found.append(f"{module.where}:{node.lineno}")

    assert found == []


def _beyond(place: tuple[Module, ...], allowed: list[str]) -> list[str]:
    """Name each import of ours that is not from an allowed package."""
    found = []
    for module in place:
        welcome = {*module.imports_from(*allowed), *BOTTOM}
        found += [f"{module.where} imports {name}" for name in module.imports_from(*OURS) if name not in welcome]
    return [line for line in found if not _names_only_a_package(line, allowed)]


def _names_only_a_package(line: str, allowed: list[str]) -> bool:
    """``from coordination import audit`` names the package as well as the module: the module decides."""
    name = line.rpartition(" ")[2]
    return any(package.startswith(name + ".") for package in allowed) and name in OURS


def _taken(place: tuple[Module, ...], packages: list[str]) -> list[str]:
    """Name each import from one of these packages."""
    return [f"{module.where} imports {name}" for module in place for name in module.imports_from(*packages)]


def _reads_the_clock(module: Module) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"} for node in ast.walk(module.tree)
    )
