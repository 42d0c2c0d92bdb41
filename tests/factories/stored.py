"""One case as it is stored, row by row, in SQL: for migrations, which meet tables that the models no longer describe."""

from uuid import UUID

from sqlalchemy import Connection, text

from coordination.core.ids import new_id

_ROWS = (
    "INSERT INTO municipality (id, code, name) VALUES (:municipality, '1780', 'Karlstad')",
    (
        "INSERT INTO agency (id, municipality_id, kind, name, controller, branch, mark, created_at)"
        " VALUES (:agency, :municipality, 'police', 'Polisen', 'Polismyndigheten', 'Lokalpolis', 'PO', now())"
    ),
    (
        "INSERT INTO app_user (id, agency_id, email, name, title, language, created_at, recovery_digests, passkey_handle)"
        " VALUES (:user, :agency, 'a@example.se', 'A', 'T', 'sv', now(), '{}', decode('00', 'hex'))"
    ),
    (
        'INSERT INTO "case" (id, municipality_id, reference, method, phase, phase_since, lead_agency_id, opened_by, opened_at)'
        " VALUES (:case, :municipality, 'SIG 2026-0001', 'sig', 'referral', current_date, :agency, :user, now())"
    ),
    (
        "INSERT INTO record (id, municipality_id, case_id, owner_agency_id, kind, occurred_on, version, created_by, created_at)"
        " VALUES (:record, :municipality, :case, :agency, 'contact_note', current_date, 1, :user, now())"
    ),
    (
        "INSERT INTO part (id, municipality_id, record_id, ordinal, kind, nature)"
        " VALUES (:part, :municipality, :record, 0, 'text', 'fact')"
    ),
    (
        "INSERT INTO part_version (id, municipality_id, part_id, version, created_by, created_at)"
        " VALUES (:version, :municipality, :part, 1, :user, now())"
    ),
    (
        "INSERT INTO copy (id, municipality_id, case_id, agency_id, part_version_id, disclosure_id, readable_until, created_at)"
        " VALUES (:copy, :municipality, :case, :agency, :version, :copy, current_date, now())"
    ),
)
_NAMES = ("municipality", "agency", "user", "case", "record", "part", "version", "copy")


def one_case(connection: Connection, *more: str) -> dict[str, UUID]:
    """Store a municipality with one case, its record and a copy; return their ids, and a new one for each of ``more``."""
    ids = {name: new_id() for name in (*_NAMES, *more)}
    for row in _ROWS:
        connection.execute(text(row), ids)
    return ids
