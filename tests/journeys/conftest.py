"""The real service at an address of its own, and Chromium in front of it.

The server runs in threads of this process on the worker's database; a story arranges through the use cases, acts on the
screen and looks at the screen. At its end nobody's browser may have complained.
"""

import logging
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from coordination.app import create_app
from coordination.core.db import db
from coordination.settings import Settings
from policies.access import Actor
from policies.permissions import AgencyKind
from tests.factories.cases import written
from tests.factories.world import SharedCase, shared_case
from tests.journeys.given import HOME, SLEEP, Town
from tests.journeys.handler import SchoolContact
from tests.journeys.police import PoliceLiaison
from tests.journeys.screen import Person
from tests.journeys.social_worker import SocialWorker

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

P = TypeVar("P", bound=Person)

expect.set_options(timeout=20_000)  # a limit for a busy machine; what is there already is not waited for

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""What the system's own is called, by system; the set-up of the tests installs it where it is missing.

The first is Chromium without a window to draw it in: the same engine, at two thirds of the work.
"""

QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
    "--no-proxy-server",
)
"""Chromium without its sandbox (containers have none to give) and without any traffic of its own."""


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's signature
        """Say nothing of each request."""


class _Whole:
    """The service, each answer whole before it is sent.

    The development server forgets to close an answer when the browser has gone before its end, and a file stays open.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()  # type: ignore[attr-defined]  # Werkzeug's answers have it


@pytest.fixture(scope="session")
def door() -> Iterator[socket.socket]:
    """The socket the service answers at, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture(scope="session")
def settings(settings: Settings, door: socket.socket) -> Settings:
    """Settings whose public address is where the service really answers."""
    return settings.model_copy(update={"public_url": f"http://localhost:{door.getsockname()[1]}"})


@pytest.fixture(scope="session")
def application(settings: Settings, door: socket.socket) -> Iterator[Flask]:
    """The service, wired and answering."""
    application = create_app(settings)
    application.config["SIGN_IN_SECONDS"] = 0.0
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(
        "127.0.0.1",
        door.getsockname()[1],
        _Whole(application),
        threaded=True,
        request_handler=_Silent,
        fd=door.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, name="service")
    thread.start()
    yield application
    server.shutdown()
    thread.join()
    server.server_close()
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How Chromium is started: the system's own, or the one that CHROMIUM names."""
    installed = next(filter(None, map(shutil.which, CHROMIUM)), None)
    return {"executable_path": os.environ.get("CHROMIUM", installed), "args": list(QUIET)}


@pytest.fixture(scope="session")
def browser_context_args(settings: Settings) -> dict[str, Any]:
    """How every browser begins: at our address, in Swedish."""
    return {"base_url": settings.public_url, "locale": "sv-SE", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def town(app: Flask) -> Town:
    """The municipality of the story, with nobody in it yet."""
    return Town(app)


@pytest.fixture
def seated(town: Town, new_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Any]]:
    """Seat people at browsers; at the end of the story no browser may have complained."""
    people: list[Person] = []

    def seat(who: type[P], actor: Actor | None, **options: Any) -> P:
        page: Page = new_context(**options).new_page()
        people.append(who(page, town, actor))
        return people[-1]  # type: ignore[return-value]  # the list holds people of all kinds

    yield seat
    complaints = [fault for person in people for fault in person.faults]
    for person in people:
        person.page.context.close()
    assert complaints == []


@pytest.fixture
def as_user(seated: Callable[..., Any], town: Town) -> Callable[..., Any]:
    """Seat somebody, signed in, at a browser: a newcomer of that sort, or the actor given."""

    def seat(who: type[P], actor: Actor | None = None, **options: Any) -> P:
        person: P = seated(who, actor or town.actor(who.kind, who.role), **options)
        person.is_signed_in()
        return person

    return seat


@pytest.fixture
def case(town: Town) -> SharedCase:
    """A case with police and school in it, and a record of the social services'."""
    case = shared_case(town, AgencyKind.POLICE, AgencyKind.SCHOOL)
    written(case, case.social, "Hembesök", SLEEP, HOME, kind="journal_note")
    return case


@pytest.fixture
def karin(case: SharedCase, as_user: Callable[..., Any]) -> SocialWorker:
    """The social worker who leads the case."""
    karin: SocialWorker = as_user(SocialWorker, case.social)
    karin.case = f"/arenden/{case.id}"
    return karin


@pytest.fixture
def sofia(case: SharedCase, as_user: Callable[..., Any]) -> SchoolContact:
    """The counsellor at the school."""
    sofia: SchoolContact = as_user(SchoolContact, case.handlers[case.world.agency(AgencyKind.SCHOOL)])
    sofia.case = f"/arenden/{case.id}"
    return sofia


@pytest.fixture
def amir(case: SharedCase, as_user: Callable[..., Any]) -> PoliceLiaison:
    """The police officer in the case."""
    amir: PoliceLiaison = as_user(PoliceLiaison, case.handlers[case.world.agency(AgencyKind.POLICE)])
    amir.case = f"/arenden/{case.id}"
    return amir
