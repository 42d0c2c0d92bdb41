"""The town that the leak matrix asks about: built once for each worker, in a database of its own."""

from collections.abc import Iterator

import pytest
from flask import has_app_context

from coordination.core.embedded_postgres import Server
from coordination.settings import Settings
from tests.conftest import TEMPLATE
from tests.security.matrix.assembling import assemble
from tests.security.matrix.town import Town


@pytest.fixture(scope="session")
def whole_town(postgres: Server, settings: Settings, database: str) -> Iterator[Town]:
    """The town as it was built."""
    town = assemble(postgres, settings, f"{database}_town", TEMPLATE)
    yield town
    town.forget()


@pytest.fixture
def town(whole_town: Town) -> Iterator[Town]:
    """The town as it was built, at the moment of every question."""
    whole_town.restore()
    assert not has_app_context()
    with whole_town.standing_still():
        yield whole_town
    assert not has_app_context(), "a context was left open: everybody would be the same person"
