from flask import Flask

from coordination.cases import records
from policies.permissions import AgencyKind
from tests.browser import Browser
from tests.factories import world as w
from tests.factories.identity import Account, signed_in


def _as(app, actor):
    return signed_in(Browser(app), Account(actor.user_id, actor.agency_id, actor.municipality_id, "", "", None, ()))


def test_smoke(app: Flask) -> None:
    world = w.World(app)
    case = w.shared_case(world, AgencyKind.POLICE)
    rec = world.act(
        case.social, records.write, case.id, w.note("journal_note", "Hembesök", "Hon sover dåligt.", "Vi kom överens.")
    )
    me = _as(app, case.social)
    for path in [
        "/",
        "/min-dag",
        "/arenden",
        f"/arenden/{case.id}",
        f"/arenden/{case.id}/insyn",
        f"/arenden/{case.id}/samtycke",
        f"/arenden/{case.id}/personer",
        f"/arenden/{case.id}/atkomst",
        f"/arenden/{case.id}/fas",
        "/arenden/nytt",
        f"/arenden/{case.id}/uppgifter/ny",
        f"/uppgifter/{rec.id}",
        f"/uppgifter/{rec.id}/andra",
        f"/uppgifter/{rec.id}/historik",
        f"/uppgifter/{rec.id}/utskrift",
        f"/uppgifter/{rec.id}/bilagor/ny",
        f"/arenden/{case.id}/personer/ny",
        f"/personer/{case.subject_id}",
        f"/arenden/{case.id}/parter",
        f"/arenden/{case.id}/handlaggare",
        f"/arenden/{case.id}/samtycke/nytt",
        f"/arenden/{case.id}/dela",
        f"/arenden/{case.id}/dela?uppgift={rec.id}",
        "/delningar",
        "/delningar?visa=lamnat",
        "/hjalp/behorigheter",
        "/hjalp/kortkommandon",
        "/sa-skyddas-uppgifterna",
        "/tillganglighet",
    ]:
        r = me.get(path)
        print(path, r.status_code)
        assert r.status_code in (200, 302), path
