"""A table that is wrong is refused, and the error names file, row and field."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from policies import tables
from policies.bases import FILE, basis_table
from policies.loading import load_all
from policies.methods import phases
from policies.protection import Level, protection_at, protections
from policies.record_kinds import record_kinds
from policies.secrecy import secrecy_of, secrecy_rows
from policies.tables import TABLES, TableError, read_rows
from policies.vocabulary import DataKind, Party

OURS = (TABLES / FILE).read_text(encoding="utf-8")
FIRST = re.search(r"\[\[basis\]\]\nid = \"OSL_10_18A_U21\".*?(?=\n# ---|\n\[\[)", OURS, re.DOTALL)
ROW = FIRST.group(0) if FIRST else ""


def _overlay(folder: Path, text: str, file: str = FILE) -> Path:
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return folder


def _without(field: str) -> str:
    return re.sub(rf"^{field} = .*\n", "", ROW, count=1, flags=re.MULTILINE)


def _with(field: str, value: str) -> str:
    return re.sub(rf"^{field} = .*\n", f"{field} = {value}\n", ROW, count=1, flags=re.MULTILINE)


@pytest.mark.parametrize(
    "field",
    [
        *("source", "in_force_from", "kind", "weighing", "from", "to", "initiative", "requires", "must_write"),
        *("minimum_text", "longest_days", "status", "confirmed_by_lawyer", "title_sv", "title_en", "authorities_only"),
    ],
)
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    overlay = _overlay(tmp_path, _without(field))

    with pytest.raises(TableError) as refused:
        basis_table(overlay)

    assert str(refused.value) == f"{tmp_path.name}/legal_bases.toml: row OSL_10_18A_U21: field {field}: is missing"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("kind", '"leave"', "'leave' is not one of duty, permission, consent, none"),
        ("from", '["social"]', "'social' is not one of social_services"),
        ("to", "[]", "names nobody"),
        ("to", '["police", "police"]', "names the same thing twice"),
        ("roles", '["culprit"]', "'culprit' is not one of subject"),
        ("purposes", '"prevent_crime"', "must be a list of texts"),
        ("requires", "[1]", "must be a list of texts"),
        ("requires", '["full_moon"]', "'full_moon' is not among the facts"),
        ("must_write", '["a_poem"]', "'a_poem' is not among the writings"),
        ("in_force_from", '"2025-04-01"', "must be a date"),
        ("in_force_from", "2025-04-01T00:00:00", "must be a date"),
        ("age_below", "-1", "must be a whole number"),
        ("age_below", "true", "must be a whole number"),
        ("weighing", '"yes"', "must be true or false"),
        ("title_sv", '"  "', "must be a text"),
        ("lifts", '["26 kap. 1"]', "is not a provision"),
        ("lifts", "[]", "says which"),
        ("minimum_text", "0", "a weighing is written down"),
        ("longest_days", "0", "at least one day"),
        ("breaks_secrecy", "false", "lifts none"),
        ("kind", '"consent"', "stands in consent rows"),
        ("age_below", "0", "leaves no age"),
        ("lifts", '[]\ncarried_by = "OSL_10_28_SKYLDIGHET"', "needs something in lifts to stand beside"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, field: str, value: str, problem: str) -> None:
    overlay = _overlay(tmp_path, _with(field, value))

    with pytest.raises(TableError) as refused:
        basis_table(overlay)

    assert "legal_bases.toml: row OSL_10_18A_U21: field " in str(refused.value)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ("in_force_too = 2026-01-01\n", "field in_force_too: is not known here"),
        ("in_force_to = 2025-03-31\n", "field in_force_to: is before in_force_from"),
        ('carried_by = "OSL_10_15A"\n', "field carried_by: 'OSL_10_15A' carries no duties"),
        ('from_requires.police = "age_known"\n', "field from_requires: names a sender that is not in from"),
        ('from_requires.moon = "age_known"\n', "field from_requires: 'moon' is not one of"),
        ("from_requires.social_services = 1\n", "field from_requires: must hold texts"),
        ('from_requires = "age_known"\n', "field from_requires: must be a table"),
        ('age_or_fact = "full_moon"\n', "'full_moon' is not among the facts"),
        ("explains_only = true\n", "field explains_only: stands only in rows that give nothing"),
        ('age_of = ["culprit"]\n', "field age_of: 'culprit' is not one of"),
    ],
)
def test_a_row_that_contradicts_itself_is_named(tmp_path: Path, added: str, problem: str) -> None:
    overlay = _overlay(tmp_path, f"{ROW}\n{added}")

    with pytest.raises(TableError) as refused:
        basis_table(overlay)

    assert problem in str(refused.value)


@pytest.mark.parametrize("said", ['age_of = ["victim"]\n', 'age_or_fact = "victim_was_minor"\n'])
def test_what_is_said_of_an_age_limit_needs_one(tmp_path: Path, said: str) -> None:
    overlay = _overlay(tmp_path, f"{_without('age_below')}\n{said}")

    with pytest.raises(TableError, match="field age_below: is missing, though something is said of the limit"):
        basis_table(overlay)


def test_a_municipality_can_add_a_fact_and_say_whether_it_waits(tmp_path: Path) -> None:
    fact = '[[fact]]\nid = "{}"\nexceptional = {}\nsv = "x"\nen = "x"\n'
    overlay = _overlay(tmp_path, fact.format("rare", "true") + fact.format("common", "false"))

    assert basis_table(overlay).exceptional - basis_table().exceptional == {"rare"}
    assert {"rare", "common"} <= basis_table(overlay).facts.keys()


@pytest.mark.parametrize(
    ("first_to", "second_from", "refused"),
    [
        ("2025-12-31", "2026-01-01", False),
        ("2026-01-01", "2026-01-01", True),
        (None, "2026-01-01", True),
    ],
)
def test_two_wordings_of_a_row_are_never_in_force_on_the_same_day(
    tmp_path: Path, first_to: str | None, second_from: str, *, refused: bool
) -> None:
    first = f"{ROW}\nin_force_to = {first_to}\n" if first_to else f"{ROW}\n"
    overlay = _overlay(tmp_path, first + _with("in_force_from", second_from))

    if refused:
        with pytest.raises(TableError, match="two versions are in force on 2026-01-01"):
            basis_table(overlay)
    else:
        assert basis_table(overlay).on("OSL_10_18A_U21", date(2026, 1, 1)) is not None


def test_a_municipality_lays_its_own_row_over_ours(tmp_path: Path) -> None:
    overlay = _overlay(tmp_path, _with("longest_days", "30"))
    own = basis_table(overlay).on("OSL_10_18A_U21", date(2026, 11, 22))
    ours = basis_table().on("OSL_10_18A_U21", date(2026, 11, 22))

    assert own is not None
    assert ours is not None
    assert (own.longest_days, ours.longest_days) == (30, 90)
    assert {basis.id for basis in basis_table(overlay).bases} == {basis.id for basis in basis_table().bases}


def test_a_municipality_without_files_of_its_own_gets_ours(tmp_path: Path) -> None:
    assert basis_table(tmp_path).bases == basis_table().bases


def test_every_day_has_at_most_one_version_of_a_row() -> None:
    table = basis_table()
    twice = [
        (basis.id, other.id)
        for basis in table.bases
        for other in table.bases
        if basis is not other and basis.id == other.id and basis.in_force(other.in_force_from)
    ]

    assert twice == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[basis]]\nid = ", "is not TOML"),
        ("[[basis]]\n", "row number 1: field id: is missing"),
        ("[[basis]]\nid = 7\n", "row number 1: field id: is missing"),
        ("basis = 7\n", "field basis: the table is missing"),
        ("basis = [7]\n", "row number 1: field -: is not a row"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, problem: str) -> None:
    overlay = _overlay(tmp_path, text)

    with pytest.raises(TableError) as refused:
        basis_table(overlay)

    assert str(refused.value).startswith(f"{tmp_path.name}/legal_bases.toml: row")
    assert problem in str(refused.value)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes("[[fact]]\nid = 'ålder'".encode("latin-1"))

    with pytest.raises(TableError, match=r"legal_bases\.toml: row -: field -: is not TOML"):
        basis_table(tmp_path)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tables, "TABLES", tmp_path)

    with pytest.raises(TableError, match=r"legal_bases\.toml: row -: field -: cannot be read"):
        read_rows(FILE, "basis")


def test_a_table_of_ours_is_never_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tables, "TABLES", _overlay(tmp_path, "basis = []\n"))

    with pytest.raises(TableError, match="has no rows"):
        read_rows(FILE, "basis")


PHASE = 'order = {order}\nname_sv = "F"\nname_en = "F"\nopen = true\nfilter = "limited"\nneeds = []\ndocuments = []\nsource = "x"\n'


@pytest.mark.parametrize(
    ("load", "file", "text", "problem"),
    [
        (basis_table, FILE, '[[fact]]\nid = "x"\nsv = "x"\nen = "x"\n' * 2, "row x: field id: stands twice"),
        (
            secrecy_rows,
            "secrecy.toml",
            '[[secrecy]]\nid = "x"\nfrom = ["any"]\nprovisions = ["9"]\n',
            "row x: field provisions: '9' is not a provision",
        ),
        (
            secrecy_rows,
            "secrecy.toml",
            '[[secrecy]]\nid = "ovrigt"\nfrom = ["police"]\nprovisions = []\n',
            "no row fits",
        ),
        (
            record_kinds,
            "record_kinds.toml",
            '[[kind]]\nid = "x"\nlabel_sv = "X"\nlabel_en = "X"\ndata = {}\n',
            "row x: field data: names nobody",
        ),
        (
            record_kinds,
            "record_kinds.toml",
            '[[kind]]\nid = "x"\nlabel_sv = "X"\nlabel_en = "X"\ndata.police = "gossip"\n',
            "row x: field data: 'gossip' is not one of",
        ),
        (
            record_kinds,
            "record_kinds.toml",
            "".join(
                f'[[kind]]\nid = "{kind}"\nlabel_sv = "X"\nlabel_en = "X"\ndata.police = "contact"\n'
                for kind in ("contact_note", "event", "contact_details", "closing_view", "mapping", "plan")
            ),
            "field data: rescue may write nothing",
        ),
        (
            protections,
            "recipient_protection.toml",
            """[[protection]]
            id = "x"
            to = ["police"]
            source = "x"
            level = "weak"
            personal_data = true
            text_sv = "x"
            text_en = "x"
            """,
            "row x: field to: police has 2 rows",
        ),
    ],
)
def test_every_other_table_is_validated_too(
    tmp_path: Path, load: Callable[[Path], object], file: str, text: str, problem: str
) -> None:
    overlay = _overlay(tmp_path, text, file)

    with pytest.raises(TableError) as refused:
        load(overlay)

    assert f"{file}: row " in str(refused.value)
    assert problem in str(refused.value)


def test_a_municipality_lays_its_own_secrecy_and_protection_over_ours(tmp_path: Path) -> None:
    secrecy = '[[secrecy]]\nid = "ovrigt"\nfrom = ["any"]\nprovisions = ["21:7"]\n'
    protection = """[[protection]]
    id = "frivard"
    to = ["probation"]
    source = "x"
    level = "weak"
    personal_data = true
    text_sv = "x"
    text_en = "x"
    """
    overlay = _overlay(_overlay(tmp_path, secrecy, "secrecy.toml"), protection, "recipient_protection.toml")

    assert {str(one) for one in secrecy_of(Party.RESCUE, DataKind.SOCIAL, overlay)} == {"21:7"}
    assert secrecy_of(Party.RESCUE, DataKind.SOCIAL) == frozenset()
    assert protection_at(Party.PROBATION, overlay).level is Level.WEAK
    assert protection_at(Party.PROBATION).level is Level.WEAKER


@pytest.mark.parametrize(
    ("steps", "order", "problem"),
    [
        ('["moon"]', 20, "field next: 'moon' is not another phase"),
        ('["x"]', 20, "field next: 'x' is not another phase"),
        ("[]", 3, "field order: two phases have the same place"),
    ],
)
def test_the_phases_of_a_method_hang_together(tmp_path: Path, steps: str, order: int, problem: str) -> None:
    text = f'[[phase]]\nid = "x"\nnext = {steps}\n{PHASE.format(order=order)}'
    overlay = _overlay(tmp_path, text, "methods/sig.toml")

    with pytest.raises(TableError) as refused:
        phases("sig", overlay)

    assert "methods/sig.toml: row " in str(refused.value)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    "file",
    [
        "legal_bases.toml",
        "secrecy.toml",
        "recipient_protection.toml",
        "record_kinds.toml",
        "methods/sig.toml",
        "methods/sspf.toml",
    ],
)
def test_a_wrong_table_stops_the_start(tmp_path: Path, file: str) -> None:
    load_all()

    with pytest.raises(TableError, match=re.escape(f"{tmp_path.name}/{file}: row -: field -: is not TOML")):
        load_all(_overlay(tmp_path, "not a table", file))
