"""The leak matrix for mail: a digest counts what its reader's own page shows, and no letter holds a word of anybody's."""

import re
from threading import Event

from sqlalchemy import text

from coordination.core.db import Tenant, transaction
from coordination.jobs.performing import perform
from coordination.planning import reminders
from policies.permissions import GRANTS, Permission
from tests.factories.mail import Mailbox, free_port, mail_server, with_mail
from tests.security.matrix.asking import ask
from tests.security.matrix.people import Person
from tests.security.matrix.seeds import Kind
from tests.security.matrix.town import Town


def _counted(town: Town, person: Person) -> int:
    assert person.actor is not None
    with town.app.app_context(), transaction(Tenant(person.actor.municipality_id, person.actor.user_id)):
        return reminders.write_digest(person.actor.user_id)


def _shown(town: Town, person: Person) -> int:
    page = ask(town, person, "day.show", {})
    numbers = sum(int(number) for number in re.findall(r"<b>(\d+)</b>", page.body))
    return numbers + len(re.findall(r'action="/nodoppningar/', page.body)) if page.status == 200 else 0


def test_a_digest_counts_what_the_page_shows_and_letters_hold_nobodys_words(town: Town) -> None:
    with town.owner.begin() as connection:
        connection.execute(text("UPDATE app_user SET totp_secret = 'x'"))
    counted = {str(person): _counted(town, person) for person in town.signed_in}
    shown = {str(person): _shown(town, person) for person in town.signed_in}
    reading = {str(one) for one in town.signed_in if one.role and one.role in GRANTS[Permission.CASE_LIST_READ]}
    box, before = Mailbox(port=free_port()), town.app.extensions["settings"]
    town.app.extensions["settings"] = with_mail(before, box)
    try:
        with mail_server(box):
            result = perform(town.app, "send_mail", Event())
    finally:
        town.app.extensions["settings"] = before
    said = "\n".join(str(letter).replace(str(letter["To"]), "") + str(letter.get_content()) for letter in box.taken)

    assert counted == shown
    assert {name for name, number in counted.items() if number} < reading
    assert result is not None
    assert result.error is None
    assert len(box.taken) >= sum(bool(number) for number in counted.values()) > 5
    assert {seed for seed in town.seeds.found_in(said) if seed.kind is not Kind.EMAIL} == set()
    assert set(box.recipients) == {str(letter["To"]) for letter in box.taken}
