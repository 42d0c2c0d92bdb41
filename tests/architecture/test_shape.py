"""How our code looks: small files, small functions, everything annotated, and a sentence where a rule is kept."""

import ast

import pytest

from tests.architecture.source import EVERYWHERE, OURS, Function, Module, below, lines, modules

KEPT_IN_MIND = tuple(folder for folder in EVERYWHERE if folder != "migrations")
"""A migration is written once and never worked on again; the rest is."""

ALONE = {"tools/verify_access_log.py"}
"""Handed out as one file that imports nothing of ours, so it may not be divided."""

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_VIEW = 20
LONGEST_OPENING = 5
ROUTES = {"get", "post", "put", "patch", "delete", "route"}


def test_no_file_is_longer_than_one_can_keep_in_mind() -> None:
    found = {module.where: len(module.text.splitlines()) for module in modules(*KEPT_IN_MIND)}

    assert {where: length for where, length in found.items() if length > LONGEST_FILE and where not in ALONE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    found = []
    for module in modules(*KEPT_IN_MIND):
        for function in module.functions:
            if lines(function) > LONGEST_FUNCTION:
                found.append(f"{module.where}:{function.lineno} {function.name} has {lines(function)} lines")

    assert found == []


def test_a_view_only_translates() -> None:
    found = []
    for module in (*below("coordination.web"), *below("coordination.api")):
        for function in module.functions:
            if _is_view(function) and lines(function) > LONGEST_VIEW:
                found.append(f"{module.where}:{function.lineno} {function.name} has {lines(function)} lines")

    assert found == []


def test_every_module_opens_with_why_it_exists() -> None:
    found = []
    for module in modules(*OURS):
        opening = ast.get_docstring(module.tree) or ""
        if not opening and module.text:
            found.append(f"{module.where} says nothing")
        elif len(opening.splitlines()) > LONGEST_OPENING and module.name != "coordination":
            found.append(f"{module.where} takes {len(opening.splitlines())} lines")

    assert found == []


@pytest.mark.parametrize("part", ["policies", "core", "service", "queries"])
def test_public_functions_say_what_becomes_true(part: str) -> None:
    found = []
    for module in _part(part):
        for function in module.public_functions:
            if not ast.get_docstring(function) and not _is_only_a_signature(function):
                found.append(f"{module.where}:{function.lineno} {function.name}")

    assert found == []


@pytest.mark.parametrize("part", ["policies", "core", "service", "queries"])
def test_public_functions_are_annotated(part: str) -> None:
    found = []
    for module in _part(part):
        for function in module.public_functions:
            if not _is_annotated(function):
                found.append(f"{module.where}:{function.lineno} {function.name}")

    assert found == []


def test_every_function_in_a_test_module_is_a_test_a_fixture_or_private() -> None:
    found = []
    for module in modules("tests"):
        if not module.path.name.startswith("test_") and module.path.name != "conftest.py":
            continue
        for function in _collected_functions(module):
            if not _runs_in_a_test_module(function):
                found.append(f"{module.where}:{function.lineno} {function.name}")

    assert found == []


def test_every_test_asserts_something() -> None:
    found = []
    for module in modules("tests"):
        for function in module.public_functions:
            if function.name.startswith("test_") and not _asserts(function):
                found.append(f"{module.where}:{function.lineno} {function.name}")

    assert found == []


def _part(part: str) -> list[Module]:
    if part == "policies":
        return list(below("policies"))
    if part == "core":
        return list(below("coordination.core"))
    return [module for module in below("coordination") if module.name.endswith(f".{part}")]


def _collected_functions(module: Module) -> list[Function]:
    """Return the functions among which pytest looks for tests; a model's own methods are not."""
    classes = (node for node in module.tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test"))
    bodies = [module.tree.body, *(holder.body for holder in classes)]
    return [node for body in bodies for node in body if isinstance(node, Function) and not node.name.startswith("_")]


def _decorators(function: Function) -> set[str]:
    """Return the last name of each decorator: ``get`` for ``@bp.get("/")``."""
    found = set()
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        found.add(target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", ""))
    return found


def _is_view(function: Function) -> bool:
    return bool(_decorators(function) & ROUTES)


def _is_only_a_signature(function: Function) -> bool:
    """A member of a protocol or an overload: what it means stands at the class, or at the function itself."""
    body = function.body[0]
    return isinstance(body, ast.Expr) and isinstance(body.value, ast.Constant) and body.value.value is ...


def _is_annotated(function: Function) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    named = [argument for argument in arguments if argument.arg not in {"self", "cls"}]
    return function.returns is not None and all(argument.annotation is not None for argument in named)


def _runs_in_a_test_module(function: Function) -> bool:
    return function.name.startswith(("test_", "pytest_")) or bool(_decorators(function) & {"fixture", "composite"})


def _asserts(function: Function) -> bool:
    """Whether it asserts, expects an error, or hands over to a helper whose name says that it does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Attribute | ast.Name):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in {"raises", "expect", "run_state_machine_as_test"} or name.lstrip("_").startswith(
                ("assert", "refuse", "cannot", "can_", "sees")
            ):
                return True
    return False
