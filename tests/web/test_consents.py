"""Consent in full: who has to say yes, on which conditions, on paper, taken back in part, and asked for anew in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from coordination.cases import custody, people
from coordination.consent import queries, recording
from coordination.consent import service as consents
from coordination.consent.service import TakenBack
from coordination.core import clock
from coordination.core.errors import Forbidden, Invalid
from coordination.disclosure.service import narrow_consent
from coordination.web.presenting import consent_forms
from policies.consent_information import Variant
from policies.permissions import AgencyKind
from tests.factories.cases import visit, written
from tests.factories.disclosure import consented, given
from tests.factories.pdfs import inside
from tests.factories.world import SharedCase, World, consent, person, shared_case

CONDITION = "Skolan får inte veta något om pappa"
NOTHING: frozenset[str] = frozenset()
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), AgencyKind.POLICE, AgencyKind.SCHOOL)


@pytest.fixture
def police(shared: SharedCase) -> UUID:
    return shared.world.agency(AgencyKind.POLICE)


def _fields(shared: SharedCase, *agency_ids: UUID, **changed: object) -> dict[str, object]:
    today = clock.today()
    fields: dict[str, object] = {
        "agency_ids": [str(one) for one in agency_ids],
        "kinds": ["contact_note"],
        "purposes": ["support"],
        "form": "oral",
        "youth_signed": "y",
        "maturity": "Förstår",
        "guardian_ids": [str(shared.guardian_id)],
        "language": "so",
        "interpreter": "y",
        "signed_on": today.isoformat(),
        "valid_to": (today + timedelta(days=90)).isoformat(),
    }
    return fields | changed


def _answer(shared: SharedCase, **changed: object) -> tuple[int, str]:
    path = f"/arenden/{shared.id}/samtycke/nytt"
    browser, police = visit(shared.world, shared.social), shared.world.agency(AgencyKind.POLICE)
    answer = browser.post(path, _fields(shared, police, **changed), token_from=path)
    return answer.status_code, browser.get(answer.location).text if answer.status_code == 302 else answer.text


def _second_guardian(shared: SharedCase, part: str) -> UUID:
    draft = person("guardian", "Ali", "Nur", "")
    added = shared.world.act(shared.social, people.add_person, shared.id, draft)
    shared.world.act(shared.social, custody.change, added.id, part)
    return UUID(str(added.id))


def test_the_form_tells_who_says_yes_at_this_age_and_until_when(shared: SharedCase) -> None:
    page = visit(shared.world, shared.social).get(f"/arenden/{shared.id}/samtycke/nytt").text

    assert "Den unge och alla vårdnadshavare säger ja." in page
    assert "Samtycket gäller längst till" in page
    assert "Kontrollera mot lagtexten." in page


def test_how_a_consent_was_given_is_shown(shared: SharedCase) -> None:
    status, page = _answer(shared, reservation=CONDITION)

    assert status == 302
    for words in ("Somaliska, med tolk", "Muntligt", "Förstår", CONDITION, "2026-1"):
        assert words in page


def test_both_custodians_are_asked_or_one_with_a_ground(shared: SharedCase) -> None:
    _second_guardian(shared, "joint")

    refused, page = _answer(shared, note="Sagt vid köksbordet")
    unexplained, _ = _answer(shared, ground="social_board")
    accepted, shown = _answer(shared, ground="social_board", ground_words="Nämndens beslut 2026-10-02")

    assert (refused, unexplained, accepted) == (422, 422, 302)
    assert "Alla som har vårdnaden behöver säga ja." in page
    assert "Sagt vid köksbordet" in page
    assert "Nämndens beslut 2026-10-02" in shown
    assert "6 kap. 13 a § FB" in shown.replace("\xa0", " ")


def test_a_parent_without_custody_cannot_say_yes(shared: SharedCase) -> None:
    father = _second_guardian(shared, "none")

    with_both, page = _answer(shared, guardian_ids=[str(shared.guardian_id), str(father)])
    with_the_custodian, _ = _answer(shared)

    assert (with_both, with_the_custodian) == (422, 302)
    assert "Den som inte har vårdnaden kan inte säga ja." in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signed_on": "2099-01-01"}, "daterat framåt i tiden"),
        ({"against_guardians": "y"}, "får vårdnadshavarna inte bestämma"),
        ({"valid_to": "2099-01-01"}, "högst ett år"),
    ],
    ids=["in the future", "against the guardians", "too long"],
)
def test_what_cannot_be_is_refused_with_what_is_wrong(shared: SharedCase, changed: dict[str, str], said: str) -> None:
    status, page = _answer(shared, **changed)

    assert status == 422
    assert said in page


def test_a_consent_runs_to_the_day_before_the_18th_birthday(app: Flask) -> None:
    with time_machine.travel(datetime(2029, 2, 13, 12, tzinfo=UTC)):  # born on 5 March 2011
        shared = shared_case(World(app), AgencyKind.POLICE)
        police = shared.world.agency(AgencyKind.POLICE)
        with pytest.raises(Invalid, match="consent_past_18"):
            shared.world.act(shared.social, consents.record, shared.id, consent(shared, police, days=20))

        made = shared.world.act(shared.social, consents.record, shared.id, consent(shared, police, days=19))

    assert made.valid_to == date(2029, 3, 4)


def test_one_that_is_signed_here_asks_for_a_fresh_sign_in(shared: SharedCase, police: UUID) -> None:
    draft = replace(consent(shared, police), form=recording.IN_SERVICE)
    stale = replace(shared.social, fresh=False)

    with pytest.raises(Forbidden):
        shared.world.act(stale, consents.record, shared.id, draft)


def test_those_who_are_bound_by_a_condition_read_it_and_others_do_not(shared: SharedCase, police: UUID) -> None:
    made = shared.world.act(
        shared.social, consents.record, shared.id, replace(consent(shared, police), reservation=CONDITION)
    )

    officer, teacher = shared.handlers[police], shared.handlers[shared.world.agency(AgencyKind.SCHOOL)]
    assert CONDITION in visit(shared.world, officer).get(f"/samtycken/{made.id}").text
    assert visit(shared.world, teacher).get(f"/samtycken/{made.id}").status_code == 404


def test_a_part_that_is_taken_back_ends_what_stood_on_it_and_nothing_else(shared: SharedCase, police: UUID) -> None:
    school = shared.world.agency(AgencyKind.SCHOOL)
    made = consented(shared, police, school)
    record = written(shared, shared.social, "Skolgången", "Hon är borta ofta.")
    to_police, to_school = (given(shared, shared.social, record, one) for one in (police, school))

    ended = shared.world.act(
        shared.social, narrow_consent, made, TakenBack(frozenset({school}), NOTHING, NOTHING), "youth"
    )

    officer, teacher = shared.handlers[police], shared.handlers[school]
    assert ended == 1
    assert visit(shared.world, officer).get(f"/uppgifter/{record}").status_code == 200
    assert visit(shared.world, teacher).get(f"/uppgifter/{record}").status_code == 404
    assert to_police != to_school
    with pytest.raises(Invalid, match="consent_recipient_outside"):
        given(shared, shared.social, record, school)
    with pytest.raises(Invalid, match="nothing_left_of_consent"):
        shared.world.act(shared.social, narrow_consent, made, TakenBack(frozenset({police}), NOTHING, NOTHING), "youth")


def test_the_signed_paper_is_attached_once_and_opened_by_its_owner_only(shared: SharedCase, police: UUID) -> None:
    made = consented(shared, police)
    browser = visit(shared.world, shared.social)
    path = f"/samtycken/{made}/papper"

    attached = browser.post(path, {"file": (BytesIO(PDF), "samtycke.pdf")}, token_from=path)
    again = browser.post(path, {"file": (BytesIO(PDF), "samtycke.pdf")}, token_from="/konto")

    with shared.world.acting(shared.social):
        paper = queries.open_consent(shared.social, made).paper_id
    assert (attached.status_code, again.status_code) == (302, 409)
    assert browser.get(f"/bilagor/{paper}").data == PDF
    assert visit(shared.world, shared.handlers[police]).get(f"/bilagor/{paper}").status_code == 404


@pytest.mark.parametrize(
    ("variant", "words"),
    [("sv", "Samtycke till att uppgifter delas"), ("easy", "Får vi prata med varandra om dig?"), ("en", "Consent to")],
)
def test_the_form_is_printed_in_each_language(shared: SharedCase, police: UUID, variant: str, words: str) -> None:
    browser = visit(shared.world, shared.social)
    blank = browser.get(f"/samtycken/blankett.pdf?sprak={variant}")
    filled = browser.post(
        f"/arenden/{shared.id}/samtycke/blankett.pdf",
        _fields(shared, police, variant=variant),
        token_from=f"/arenden/{shared.id}/samtycke/nytt",
    )

    assert blank.data.startswith(b"%PDF-1.7")
    assert filled.headers["Content-Disposition"] == "attachment; filename=blankett.pdf"
    assert b"pdfuaid" in inside(filled.data)
    with shared.world.app.test_request_context():
        made = consent_forms.blank(consent_forms.Print(Variant(variant), "Socialtjänsten", "K"))
    assert words in made.title


def test_what_ends_soon_is_on_the_list_and_renewed_with_what_it_covered(shared: SharedCase, police: UUID) -> None:
    made = consented(shared, police, days=20)
    browser = visit(shared.world, shared.social)

    listed = browser.get("/samtycken").text
    renewed = browser.get(f"/arenden/{shared.id}/samtycke/nytt?efter={made}").text
    later = consented(shared, police, days=80)

    assert f"/arenden/{shared.id}/samtycke/nytt?efter={made}" in listed
    assert f'value="{police}" checked' in renewed
    assert later != made
    assert "Inget samtycke går ut snart" in browser.get("/samtycken").text
