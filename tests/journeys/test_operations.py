"""What nobody clicks for: an urgent mail that leads to the request, and the administrator who sees what stands still and puts it right."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest
import time_machine

from coordination.jobs import leader
from coordination.jobs.__main__ import serve
from coordination.jobs.performing import perform
from tests.factories import urgent
from tests.factories.mail import Mailbox, free_port, mail_server, with_mail
from tests.journeys import sound
from tests.journeys.administrator import Administrator
from tests.journeys.given import Town
from tests.journeys.police import PoliceLiaison

AsUser = Callable[..., Any]


@pytest.fixture
def mailbox(town: Town) -> Iterator[Mailbox]:
    """A mail server that is away until a story starts it."""
    box, before = Mailbox(port=free_port()), town.app.extensions["settings"]
    town.app.extensions["settings"] = with_mail(before, box)
    yield box
    town.app.extensions["settings"] = before


@pytest.fixture
def worker(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A way to start the worker."""
    monkeypatch.setattr(leader, "BEAT_SECONDS", 0.1)
    stopping = Event()
    thread = Thread(target=partial(serve, town.app, stopping))
    yield thread.start
    stopping.set()
    if thread.is_alive():
        thread.join(20)


def test_a_mail_server_that_was_away_is_seen_put_right_and_the_urgent_mail_leads_to_the_request(
    town: Town, as_user: AsUser, seated: AsUser, mailbox: Mailbox, worker: Callable[[], None]
) -> None:
    people = urgent.between(town)
    anna = as_user(Administrator)
    urgent.on_duty(people)
    urgent.sent(people)
    for minutes in (0, 1, 5):
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes), tick=True):
            perform(town.app, "send_mail", Event())

    anna.opens("/administration/")
    anna.page.get_by_role("navigation").get_by_role("link", name="Drift").click()
    anna.sees("Ingen arbetare är igång", "Mejl går inte att skicka: e-postservern svarar inte")
    assert sound.faults(anna.page) == []
    with mail_server(mailbox):
        worker()
        anna.presses("Kör nu Skicka mejl")
        anna.sees("Jobbet körs så snart arbetaren hinner")
        _until_quiet(anna)

    anna.sees("Klart", "Allt fungerar", "Skickade i dag")
    assert sound.faults(anna.page) == []
    amir = seated(PoliceLiaison, people.officer)
    [letter] = mailbox.taken
    [link] = re.findall(r"https?://\S+", letter.get_content())
    amir.opens(link)
    amir.signs_in_here()
    amir.sees("Brådskande begäranden", "Väntar på svar")
    amir.opens("/konto")
    amir.presses("Stäng av dagens mejl")
    amir.sees("Dagens mejl är av. Det som är brådskande kommer ändå.", "Alltid på")
    assert sound.faults(amir.page) == []


def _until_quiet(anna: Administrator) -> None:
    """Load the page again, as one does, until nothing needs to be done."""
    for _ in range(60):
        if all(word in anna.text for word in ("Allt fungerar", "Klart", "Skickade i dag 1")):
            return
        anna.page.wait_for_timeout(500)
        anna.opens("/drift")
