"""Something urgent: whoever is on call reads it and nobody else, a refusal is one sentence, and all of it is reviewed."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, text

from coordination.audit.events import ALWAYS_REVIEWED, Event
from coordination.cases import service as cases
from coordination.core import clock
from coordination.core.errors import DomainError, NotFound
from coordination.disclosure import on_call, urgent, urgent_received
from policies.permissions import AgencyKind, Role
from tests.browser import without_tokens
from tests.factories.cases import visit
from tests.factories.urgent import DANGER, NECESSARY, TELEPHONE, WHY, Urgent, between, on_duty, reply, sent, shift
from tests.factories.world import World, shared_case
from tests.security.plaintext import MARKER, tables_with_plaintext

SECRET = "Vi har inget om honom, och det får ingen veta."


@pytest.fixture
def town(app: Flask) -> Urgent:
    return between(World(app))


def _logged(engine: Engine, agency_id: UUID) -> list[str]:
    found = text(
        "SELECT action FROM audit.entry WHERE agency_id = :agency AND action ~ '^(urgent|oncall)' ORDER BY seq"
    )
    with engine.connect() as connection:
        return list(connection.scalars(found, {"agency": agency_id}))


def _fields(town: Urgent, **changed: object) -> dict[str, object]:
    fields = {
        "agency": str(town.officer.agency_id),
        "danger": DANGER,
        "needed": "Var han är nu.",
        "about": "Sam, går i nian",
    }
    return {**fields, "age": "15", "basis": NECESSARY, "call_back": "070-174 06 05", "case": "", **changed}


def test_an_urgent_request_is_sent_read_and_answered_on_the_pages(town: Urgent, owner_engine: Engine) -> None:
    on_duty(town)
    sender, officer = visit(town.world, town.sender), visit(town.world, town.officer)
    page = sender.get("/bradskande/ny").text
    assert page.index("Ring 112 nu") < page.index("Vilken är faran?")
    assert "Begäran är själv ett utlämnande" in page
    answer = sender.post("/bradskande/ny", _fields(town), token_from="/bradskande/ny")
    assert answer.status_code == 302
    link = answer.location
    waiting = sender.get(link).text
    for words in (TELEPHONE, "Inte än", "Väntar på svar", DANGER):
        assert words in waiting

    day, listed = officer.get("/min-dag").text, officer.get("/bradskande").text
    assert "brådskande begäran väntar på er" in day
    assert [words for words in (DANGER, "går i nian", "järnväg") if words in day + listed] == []
    path = f"{link}/svar"
    assert DANGER in officer.get(path).text
    assert "mindre än en minut" in sender.get(link).text
    typed = {"words": "Vi har en bil vid bron.", "basis": NECESSARY, "harm_test": WHY}
    assert officer.post(path, typed, token_from=path).status_code == 302
    assert officer.post(path, typed, token_from="/konto").status_code == 409

    told = sender.get(link).text
    assert "Vi har en bil vid bron." in told
    assert WHY not in told
    assert "Vi har en bil vid bron." in officer.get(path).text
    lines = [action for action in _logged(owner_engine, town.sender.agency_id) if action != "urgent.viewed"]
    assert lines == ["urgent.sent", "urgent.answer_received"]
    theirs = _logged(owner_engine, town.officer.agency_id)
    assert {"oncall.changed", "urgent.received", "urgent.listed", "urgent.opened", "urgent.answered"} == set(theirs)


def test_who_has_no_secrecy_to_break_sends_on_what_asks_more_than_the_law(town: Urgent) -> None:
    rescue = visit(town.world, town.world.actor(AgencyKind.RESCUE))

    answer = rescue.post("/bradskande/ny", _fields(town), token_from="/bradskande/ny")

    assert answer.status_code == 302
    assert DANGER in rescue.get(answer.location).text


def test_both_ledgers_tell_of_it_to_those_who_had_to_do_with_it(town: Urgent) -> None:
    on_duty(town)
    found = sent(town)
    town.world.act(town.officer, urgent_received.answer, found, reply())
    sender, officer = visit(town.world, town.sender), visit(town.world, town.officer)

    assert "Ni fick svar på en brådskande begäran" in sender.get("/delningar?visa=fragor").text
    assert "Ni svarade på en brådskande begäran" in officer.get("/delningar?visa=fragor").text
    assert "De skickade en brådskande begäran" in officer.get("/delningar/delningar.csv?visa=fragor").text
    assert (
        "Ni skickade"
        not in visit(town.world, town.world.actor(AgencyKind.SOCIAL_SERVICES)).get("/delningar?visa=fragor").text
    )


def test_whoever_is_not_on_call_meets_the_same_page_as_for_nothing(town: Urgent) -> None:
    on_duty(town)
    found = sent(town)
    world, police = town.world, AgencyKind.POLICE
    others = [
        town.colleague,
        town.manager,
        world.actor(police, Role.ADMINISTRATOR),
        world.actor(police, Role.REGISTRAR),
        world.actor(AgencyKind.SCHOOL),
        town.sender,
    ]

    for one in others:
        browser = visit(world, one)
        hidden = browser.get(f"/bradskande/{found}/svar")
        absent = browser.get(f"/bradskande/{one.user_id}/svar")
        assert hidden.status_code == absent.status_code == 404
        assert without_tokens(hidden.text).replace(f"{found}", "") == without_tokens(absent.text).replace(
            f"{one.user_id}", ""
        )
    stranger = visit(world, world.actor(AgencyKind.SOCIAL_SERVICES))
    assert stranger.get(f"/bradskande/{found}").status_code == 404
    assert "Till er" in stranger.get("/bradskande").text
    assert f"/bradskande/{found}" not in stranger.get("/bradskande").text
    assert world.act(town.manager, urgent_received.undecided) == 0


def test_when_nobody_is_on_call_the_manager_takes_it_and_who_was_reads_on_until_it_is_answered(town: Urgent) -> None:
    found = sent(town)
    world = town.world
    assert world.act(town.officer, urgent_received.undecided) == 0
    manager = visit(world, town.manager)
    assert "brådskande begäran väntar på er" in manager.get("/arenden").text
    assert "Ingen har jouren hos dem nu" in visit(world, town.sender).get(f"/bradskande/{found}").text

    late = on_duty(town)
    assert world.act(town.manager, urgent_received.undecided) == 0
    assert world.act(town.officer, urgent_received.open_received, found).words.danger == DANGER
    second = sent(town)
    world.act(town.manager, on_call.end, late)
    with pytest.raises(NotFound):
        world.act(town.officer, urgent_received.open_received, found)
    assert world.act(town.officer, urgent_received.open_received, second).words.danger == DANGER
    world.act(town.manager, urgent_received.answer, second, reply())
    with pytest.raises(NotFound):
        world.act(town.officer, urgent_received.open_received, second)


def test_a_refusal_is_told_in_one_sentence_and_its_reason_stays(town: Urgent, owner_engine: Engine) -> None:
    on_duty(town)
    pages = []
    officer, sender = visit(town.world, town.officer), visit(town.world, town.sender)
    with time_machine.travel(clock.now(), tick=False):
        for code in ("no_basis", "harm"):
            link = f"/bradskande/{sent(town)}"
            path, typed = f"{link}/neka", {"reason_code": code, "reason": SECRET}
            assert officer.post(path, {**typed, "reason": "Nej."}, token_from=path).status_code == 422
            assert officer.post(path, typed, token_from=path).status_code == 302
            pages.append(without_tokens(sender.get(link).text).replace(link, ""))

    assert pages[0] == pages[1]
    assert "Kan inte lämnas ut" in pages[0]
    assert [words for words in (SECRET, "Läst av dem", "police_liaison police") if words in pages[0]] == []
    assert SECRET not in sender.get("/delningar?visa=fragor").text
    assert "urgent.refusal_received" in _logged(owner_engine, town.sender.agency_id)
    assert "urgent.refused" in _logged(owner_engine, town.officer.agency_id)
    with owner_engine.connect() as connection:
        found = text(
            "SELECT canonical FROM audit.entry WHERE agency_id = :agency AND action = 'urgent.refusal_received'"
        )
        lines = connection.scalars(found, {"agency": town.sender.agency_id}).all()
    assert len(lines) == 2
    assert [line for line in lines if str(town.officer.user_id) in line or "harm" in line] == []


def test_of_the_case_it_came_from_the_other_agency_learns_nothing(town: Urgent, owner_engine: Engine) -> None:
    on_duty(town)
    case = shared_case(town.world)
    manager = town.world.actor(AgencyKind.SOCIAL_SERVICES, Role.UNIT_MANAGER)
    colleague = town.world.actor(AgencyKind.SOCIAL_SERVICES, Role.CASE_WORKER)
    town.world.act(manager, cases.assign, case.id, colleague.user_id)
    sender, page = visit(town.world, case.social), f"/bradskande/ny?arende={case.id}"
    assert f'selected value="{case.id}"' in sender.get(page).text
    link = sender.post(page, _fields(town, case=str(case.id)), token_from=page).location

    told = visit(town.world, town.officer).get(f"{link}/svar").text
    beside = visit(town.world, colleague)
    assert "SIG 2026-" in beside.get(link).text
    assert "Skickade en brådskande begäran" in beside.get(f"/arenden/{case.id}/atkomst").text
    assert [words for words in ("SIG 2026-", str(case.id)) if words in told] == []
    assert visit(town.world, manager).get(link).status_code == 404
    with owner_engine.connect() as connection:
        found = text("SELECT count(*) FROM audit.entry WHERE agency_id = :agency AND canonical LIKE :case")
        assert connection.scalar(found, {"agency": town.officer.agency_id, "case": f"%{case.id}%"}) == 0


def test_it_waits_an_hour_before_it_says_ring_and_closes_after_a_day(town: Urgent) -> None:
    on_duty(town, hours=48)
    found = sent(town)
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert "Inget svar på 60 minuter. Ring." in visit(town.world, town.sender).get(f"/bradskande/{found}").text
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1)):
        closed = visit(town.world, town.sender).get(f"/bradskande/{found}").text
        assert "Stängd utan svar" in closed
        assert TELEPHONE not in closed
        with pytest.raises(NotFound):
            town.world.act(town.officer, urgent_received.answer, found, reply())


def test_nothing_of_it_lies_open_and_all_of_it_is_reviewed(town: Urgent, owner_engine: Engine) -> None:
    on_duty(town)
    found = sent(town, danger=f"{MARKER} hotar att hoppa från bron i kväll", about=MARKER)
    town.world.act(town.officer, urgent_received.open_received, found)
    town.world.act(town.officer, urgent_received.answer, found, reply(f"{MARKER} är vid bron"))

    assert town.world.act(town.sender, urgent.open_sent, found).answer == f"{MARKER} är vid bron"
    assert tables_with_plaintext(owner_engine) == []
    assert {Event.URGENT_SENT, Event.URGENT_RECEIVED, Event.URGENT_OPENED} <= ALWAYS_REVIEWED
    assert {Event.URGENT_ANSWERED, Event.URGENT_REFUSED} <= ALWAYS_REVIEWED


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"agency": ""}, "Välj vilken part begäran går till."),
        ({"danger": "Fara."}, "Den är för kort."),
        ({"basis": "OSL_10_20_OMEDELBAR", "age": "30"}, "inte"),
        ({"age": "femton"}, "Skriv åldern med siffror."),
        ({"call_back": ""}, "Skriv ett nummer de kan ringa."),
        ({"case": "01a20225-576a-7f83-ae3e-c322a4e1747f"}, "Välj något av det som finns i listan."),
    ],
)
def test_a_request_that_does_not_hold_comes_back_filled_in(
    town: Urgent, changed: dict[str, object], sentence: str
) -> None:
    answer = visit(town.world, town.sender).post(
        "/bradskande/ny", _fields(town, **changed), token_from="/bradskande/ny"
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Var han är nu." in answer.text


def test_the_manager_keeps_the_list_and_sees_when_nobody_is_on_call(town: Urgent) -> None:
    browser, now = visit(town.world, town.manager), clock.now().astimezone(clock.STOCKHOLM)
    assert "Ingen har jouren de här tiderna under de kommande sju dagarna" in browser.get("/jour").text
    form = {
        "user": str(town.officer.user_id),
        "starts_at": f"{now:%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(days=8):%Y-%m-%dT%H:%M}",
        "telephone": TELEPHONE,
    }
    wrong = {
        "Jouren ska sluta": {"ends_at": form["starts_at"]},
        "högst 31 dagar": {"ends_at": f"{now + timedelta(days=40):%Y-%m-%dT%H:%M}"},
        "som tidigast": {"starts_at": f"{now - timedelta(days=3):%Y-%m-%dT%H:%M}"},
        "går att ringa": {"telephone": "jouren"},
        "Skriv dag och tid": {"starts_at": "i morgon"},
        "som finns i listan": {"user": str(town.manager.user_id)},
    }
    for sentence, changed in wrong.items():
        answer = browser.post("/jour", {**form, **changed}, token_from="/jour")
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence
        assert "telephone" in changed or TELEPHONE in answer.text

    assert browser.post("/jour", form, token_from="/jour").status_code == 302
    page = browser.get("/jour").text
    assert "Någon har jouren hela den kommande veckan" in page
    [one] = town.world.act(town.manager, on_call.roster).shifts
    assert browser.post(f"/jour/{one.id}/avsluta", token_from=f"/jour/{one.id}/avsluta").status_code == 302
    assert town.world.act(town.manager, on_call.roster).shifts == []
    with pytest.raises(DomainError, match="on_call_over"):
        town.world.act(town.manager, on_call.end, one.id)
    away = visit(town.world, town.world.actor(AgencyKind.SCHOOL, Role.UNIT_MANAGER))
    assert away.get(f"/jour/{one.id}/avsluta").status_code == 404


def test_gaps_are_what_no_shift_covers(town: Urgent) -> None:
    start = clock.now()
    hours = [start + timedelta(hours=number) for number in range(10)]

    assert on_call.gaps([], start, hours[9]) == [(start, hours[9])]
    assert on_call.gaps([(hours[4], hours[6]), (hours[1], hours[5])], start, hours[9]) == [
        (hours[0], hours[1]),
        (hours[6], hours[9]),
    ]
    assert on_call.gaps([(start - timedelta(hours=1), hours[9] + timedelta(hours=1))], start, hours[9]) == []


def test_a_shift_written_down_late_opens_nothing_that_came_before(town: Urgent) -> None:
    with time_machine.travel(clock.now() - timedelta(hours=5), tick=False):
        found = sent(town)
    begins = clock.now() - timedelta(hours=6)
    late = town.world.act(town.manager, on_call.add, shift(town.officer.user_id, starts=begins))
    town.world.act(town.manager, on_call.end, late)

    with pytest.raises(NotFound):
        town.world.act(town.officer, urgent_received.open_received, found)
