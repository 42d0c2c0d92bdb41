"""A print says which secrecy holds where it is kept: that of the reader's own agency, whoever the words came from (OSL 7:2)."""

import re
from html import unescape

import pytest
from flask import Flask

from policies.permissions import AgencyKind
from tests.factories.cases import visit
from tests.factories.world import SharedCase, World, shared_case

HEADER = re.compile(r'<p class="print-header">.*?</span><span>(.*?)</span>', re.DOTALL)
SAID = {
    AgencyKind.SOCIAL_SERVICES: "Sekretess, 26 kap. 1 § OSL",
    AgencyKind.POLICE: "Sekretess, 35 kap. 1 § och 18 kap. 1–2 §§ OSL",
    AgencyKind.SCHOOL: "Sekretess, 23 kap. 2 § andra och tredje styckena och 40 kap. 7 g § OSL",
    AgencyKind.SCHOOL_HEALTH: "Sekretess, 23 kap. 2 § första stycket och 25 kap. 1 § OSL",
    AgencyKind.REGION: "Sekretess, 25 kap. 1 § OSL",
    AgencyKind.OUTREACH: "Sekretess, 26 kap. 1 § OSL",
    AgencyKind.RESCUE: "Sekretess, 21 kap., 18 kap. 3 § och 40 kap. 7 g § OSL",
    AgencyKind.CIVIL_SOCIETY: "OSL gäller inte hos oss. Förbehåll, samtycken och avtalad tystnadsplikt gäller.",
    AgencyKind.VICTIM_SUPPORT: "OSL gäller inte hos oss. Förbehåll, samtycken och avtalad tystnadsplikt gäller.",
}


@pytest.fixture
def shared(app: Flask) -> SharedCase:
    return shared_case(World(app), *(kind for kind in SAID if kind is not AgencyKind.SOCIAL_SERVICES))


def _header(page: str) -> str:
    found = HEADER.search(page)
    assert found, "the page has no header for print"
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", "", found[1])))


def test_each_agency_prints_its_own_secrecy(shared: SharedCase) -> None:
    said = {
        actor.agency_kind: _header(visit(shared.world, actor).get(f"/arenden/{shared.id}").text)
        for actor in shared.handlers.values()
    }

    assert said == SAID


def test_in_english_too(shared: SharedCase) -> None:
    browser = visit(shared.world, shared.social)
    browser.post("/konto/sprak", {"language": "en"})

    assert (
        _header(browser.get(f"/arenden/{shared.id}").text)
        == "Secret, 26 kap. 1 § OSL, the Public Access to Information and Secrecy Act"
    )
