"""Appending to the access log in one call: the head is locked, read and grown where it lies.

The caller hands over the entry's canonical text without the two numbers that only the head knows: when, and its sequence. The
function fills them in, hashes (RFC 9162, 2.1.1) and stores the leaf and the nodes that became perfect. It runs with its
caller's rights, so row-level security holds, and every statement in it sees what was committed before the lock was had.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = "audit.append(uuid, uuid, timestamptz, text, text, uuid, text, uuid, uuid, text)"

APPEND = r"""
CREATE FUNCTION audit.append(
    municipality uuid, agency uuid, moment timestamptz, before text, middle text,
    entry_id uuid, entry_action text, by_user uuid, about_case uuid, entry_outcome text
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    size bigint;
    last_at timestamptz;
    line text;
    top bytea;
    sibling bytea;
    height int := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('access-log:' || agency, 0));

    -- The order leaves one index to choose, also when the plan is made while the table is empty.
    SELECT seq + 1, at INTO size, last_at FROM audit.entry WHERE agency_id = agency ORDER BY seq DESC LIMIT 1;
    size := coalesce(size, 0);
    -- Clocks of several machines differ; within one log time never goes backwards.
    moment := greatest(moment, last_at);

    line := before || (extract(epoch FROM moment) * 1000000)::bigint || middle || size || '}';
    INSERT INTO audit.entry (municipality_id, agency_id, seq, id, at, action, user_id, case_id, outcome, canonical)
    VALUES (municipality, agency, size, entry_id, moment, entry_action, by_user, about_case, entry_outcome, line);

    top := sha256('\x00'::bytea || convert_to(line, 'UTF8'));
    LOOP
        INSERT INTO audit.node (municipality_id, agency_id, level, node_index, hash)
        VALUES (municipality, agency, height, size >> height, top);
        EXIT WHEN (size >> height) & 1 = 0;
        SELECT hash INTO STRICT sibling FROM audit.node
        WHERE agency_id = agency AND level = height AND node_index = (size >> height) - 1;
        top := sha256('\x01'::bytea || sibling || top);
        height := height + 1;
    END LOOP;
    RETURN size;
END
$$
"""


def upgrade() -> None:
    op.execute(APPEND)
    op.execute(f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {NAME} TO samverkan_app")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {NAME}")
