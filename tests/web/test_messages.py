"""Every refusal that a form can meet has a sentence; no code ever reaches the screen."""

import ast

import pytest
from flask import Flask

from coordination.audit.events import Event
from coordination.web import messages
from coordination.web.presenting.log import ACTIONS
from policies.consent import Reason
from policies.disclosure import Block, Problem
from tests.architecture.source import below, modules

AREAS = ("coordination.cases", "coordination.consent", "coordination.disclosure", "coordination.keys.blind_index")
SIGNATURES = {Reason.YOUTH_MISSING, Reason.GUARDIAN_MISSING}
UNWRITTEN = {Block.BREAKS_NOTHING}
"""Said by the basis itself, in words of its own."""


def _raised(area: str) -> set[str]:
    """The codes that an area's refusals are raised with as they stand in the code."""
    found = set()
    for module in below(area) or modules("coordination"):
        if not module.name.startswith(area):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Invalid", "Conflict"}:
                found |= {
                    one.value for one in node.args[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


@pytest.mark.parametrize("area", AREAS)
def test_every_refusal_of_an_area_has_a_sentence(app: Flask, area: str) -> None:
    codes = _raised(area)

    assert codes
    with app.test_request_context():
        assert [code for code in sorted(codes) if not messages.sentence(code).strip()] == []


def test_every_answer_of_the_policies_has_a_sentence(app: Flask) -> None:
    codes = {*Problem, *SIGNATURES, *(set(Block) - UNWRITTEN)}

    with app.test_request_context():
        assert [code for code in sorted(codes) if not messages.sentence(code).strip()] == []


def test_every_event_about_a_case_has_words() -> None:
    about_cases = {event.tag for event in Event if "case_id" in event.fields}

    assert about_cases - ACTIONS.keys() == set()
