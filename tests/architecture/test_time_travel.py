"""Time goes forward for everybody but the demo, whose past year has to be there at once."""

import ast

from tests.architecture.source import EVERYWHERE, Module, modules

TRAVELLERS = {"coordination.demo.performing", "coordination.demo.stage", "coordination.core.clock"}
TESTS_OF_THE_CLOCK = {"tests.core.test_ids_and_time"}


def test_only_the_demo_holds_the_clock_at_an_earlier_moment() -> None:
    found = [module.where for module in modules(*EVERYWHERE) if _travels(module)]
    allowed = {module.where for module in modules(*EVERYWHERE) if module.name in TRAVELLERS | TESTS_OF_THE_CLOCK}

    assert set(found) <= allowed


def test_the_demo_is_seen_to_travel() -> None:
    assert any(_travels(module) for module in modules("coordination/demo"))


def _travels(module: Module) -> bool:
    """Whether it calls ``clock.at`` or takes ``at`` out of the clock."""
    return any(_names_at(node) for node in ast.walk(module.tree))


def _names_at(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "coordination.core.clock" and any(alias.name == "at" for alias in node.names)
    return isinstance(node, ast.Attribute) and node.attr == "at" and getattr(node.value, "id", "") == "clock"
