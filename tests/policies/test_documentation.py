"""The grounds for taking in what was received: every agency has one, and a consent that was taken back is none."""

from pathlib import Path

import pytest

from policies.documentation import FILE, grounds, grounds_for
from policies.permissions import AgencyKind, EmployerType
from policies.tables import TableError
from policies.vocabulary import Party, party_of

PARTIES = sorted(
    {
        *(party_of(kind) for kind in AgencyKind if kind is not AgencyKind.OUTREACH),
        *(party_of(AgencyKind.OUTREACH, employer) for employer in EmployerType),
    }
)


@pytest.mark.parametrize("party", PARTIES)
def test_every_agency_has_a_ground_besides_consent_which_goes_when_it_is_taken_back(party: Party) -> None:
    before = {ground.id for ground in grounds_for(party, withdrawn=False)}
    after = {ground.id for ground in grounds_for(party, withdrawn=True)}

    assert before - after == {"DOK_SAMTYCKE"}
    assert "DOK_ANNAN_LAG" in after


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (AgencyKind.SOCIAL_SERVICES, "DOK_SOCIALTJANST"),
        (AgencyKind.POLICE, "DOK_POLISVERKSAMHET"),
        (AgencyKind.REGION, "DOK_PATIENTJOURNAL"),
        (AgencyKind.SCHOOL_HEALTH, "DOK_PATIENTJOURNAL"),
        (AgencyKind.SCHOOL, "DOK_FORVALTNINGSLAGEN"),
        (AgencyKind.CIVIL_SOCIETY, "DOK_ANNAN_LAG"),
    ],
)
def test_the_first_ground_offered_is_the_agencys_own(kind: AgencyKind, own: str) -> None:
    assert grounds_for(party_of(kind), withdrawn=True)[0].id == own


def test_an_id_fits_the_log() -> None:
    assert [ground for ground in grounds() if not ground.startswith("DOK_")] == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('for = []\nsource = "x"\nconsent = false', "row DOK_X: field for: names nobody"),
        ('for = ["moon"]\nsource = "x"\nconsent = false', "row DOK_X: field for: 'moon' is not one of"),
        ('for = ["police"]\nconsent = false', "row DOK_X: field source: is missing"),
        ('for = ["police"]\nsource = "x"\nconsent = "no"', "row DOK_X: field consent: must be true or false"),
    ],
)
def test_a_wrong_row_is_refused_by_name(tmp_path: Path, row: str, problem: str) -> None:
    words = 'status = "read"\ntitle_sv = "a"\ntitle_en = "a"\ntest_sv = "a"\ntest_en = "a"'
    (tmp_path / FILE).write_text(f'[[ground]]\nid = "DOK_X"\n{row}\n{words}\n', encoding="utf-8")

    with pytest.raises(TableError) as refused:
        grounds(tmp_path)

    assert problem in str(refused.value)
