"""Two people write at the same time, and somebody is interrupted: nothing that anybody wrote is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect
from sqlalchemy import update

from coordination.cases import service as cases
from coordination.core import clock
from coordination.core.db import db, transaction
from coordination.identity import sessions
from coordination.identity.models import UserSession
from policies.permissions import AgencyKind, Role
from tests.factories.cases import written
from tests.factories.world import shared_case
from tests.journeys import sound
from tests.journeys.given import Town
from tests.journeys.screen import Person
from tests.journeys.social_worker import SocialWorker

AsUser = Callable[..., Any]
SLEEP, HOME = "Hon sover dåligt.", "Hemma är det trångt."


def _texts(person: Person, *texts: str) -> None:
    """Write the texts of a record's parts."""
    for place, words in enumerate(texts):
        person.writes("Text", words, place)


def test_the_second_to_save_merges_and_both_texts_stand(town: Town, as_user: AsUser) -> None:
    case = shared_case(town)
    record = written(case, case.social, "Hembesök", SLEEP, HOME, kind="journal_note")
    colleague = town.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    town.act(case.social, cases.assign, case.id, colleague.user_id)
    karin, tove = as_user(SocialWorker, case.social), as_user(SocialWorker, colleague, java_script_enabled=False)
    for person in (karin, tove):
        person.opens(f"/uppgifter/{record}/andra")

    _texts(tove, "Hon sover bättre.", "Hemma är det lugnt.")
    tove.presses("Spara uppgiften")
    tove.sees("Ändringen är sparad.")
    _texts(karin, "Hon sover dåligt och äter lite.")
    karin.writes("Den unges egen syn", "Jag är trött.")
    karin.presses("Spara uppgiften")

    karin.sees("Tove Nyman sparade", "Ni har båda ändrat det här.", "Ändrat i det sparade.", "Nytt av dig.")
    assert sound.faults(karin.page, ("Alva", "Lindqvist", "Tove")) == []
    box = karin.page.locator("textarea")
    expect(box).to_have_value("Hon sover bättre.\n\nHon sover dåligt och äter lite.")
    box.fill("Hon sover bättre, men äter lite.")
    karin.presses("Spara sammanslagningen")
    karin.sees("Ändringen är sparad.", "Hon sover bättre, men äter lite.", "Hemma är det lugnt.", "Jag är trött.")
    tove.opens(f"/uppgifter/{record}/historik")
    tove.sees("Hon sover bättre.", SLEEP, HOME)


def test_a_draft_survives_sign_out_and_a_closed_browser(town: Town, as_user: AsUser) -> None:
    case = shared_case(town)
    form = f"/arenden/{case.id}/uppgifter/ny"
    karin = as_user(SocialWorker, case.social)
    karin.opens(form)
    karin.writes("Rubrik", "Hembesök")
    _texts(karin, SLEEP)
    expect(karin.page.locator("[data-draft-status]")).to_contain_text(re.compile(r"Utkast sparat kl\. \d\d\.\d\d"))
    karin.page.close()

    back = as_user(SocialWorker, case.social)
    back.opens(form)
    back.sees("Du har ett utkast från")
    back.does_not_see(SLEEP)
    back.follows("Fortsätt med utkastet")
    expect(back.page.get_by_label("Text", exact=True).first).to_have_value(SLEEP)
    _texts(back, f"{SLEEP} {HOME}")
    back.presses("Spara utkast")
    back.sees("Utkast sparat kl.")
    back.page.locator("details[data-menu] summary").click()
    back.presses("Logga ut")

    again = as_user(SocialWorker, case.social, java_script_enabled=False)
    again.opens("/utkast")
    again.sees("Ny anteckning", "SIG ")
    again.follows("Fortsätt")
    again.picks("Slag", "Journal")
    again.presses("Spara uppgiften")
    again.sees("Uppgiften är sparad.", f"{SLEEP} {HOME}")
    again.opens("/utkast")
    again.sees("Inga utkast")


def test_what_is_sent_after_the_session_has_ended_is_there_after_signing_in_again(town: Town, as_user: AsUser) -> None:
    case = shared_case(town)
    karin = as_user(SocialWorker, case.social, java_script_enabled=False)
    karin.opens(f"/arenden/{case.id}/uppgifter/ny")
    karin.writes("Rubrik", "Hembesök")
    _texts(karin, HOME)
    with town.app.app_context(), transaction():
        db.session.execute(update(UserSession).values(seen_at=clock.now() - sessions.IDLE - timedelta(minutes=1)))

    karin.presses("Spara uppgiften")

    karin.sees("Du har loggats ut efter en stund utan aktivitet")
    karin.does_not_see(HOME)
    karin.signs_in_here()
    karin.sees("Du fortsätter på ditt utkast")
    expect(karin.page.get_by_label("Text", exact=True).first).to_have_value(HOME)
    karin.picks("Slag", "Journal")
    karin.presses("Spara uppgiften")
    karin.sees("Uppgiften är sparad.", HOME)
