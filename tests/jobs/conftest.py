"""A town with somebody to write to, and a mail server that the service is told to use."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories.mail import Mailbox, free_port, mail_server, with_mail
from tests.factories.world import World


@pytest.fixture
def world(app: Flask) -> World:
    """A municipality."""
    return World(app)


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A mail server that the service knows of and that is not there yet: ``mail_server(mailbox)`` starts it."""
    box, before = Mailbox(port=free_port()), app.extensions["settings"]
    app.extensions["settings"] = with_mail(before, box)
    yield box
    app.extensions["settings"] = before


@pytest.fixture
def taking(mailbox: Mailbox) -> Iterator[Mailbox]:
    """The same, and it is there."""
    with mail_server(mailbox):
        yield mailbox
