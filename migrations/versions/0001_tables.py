"""All tables of the first slice.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS keys")
    op.execute("CREATE SCHEMA IF NOT EXISTS audit")
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        schema="keys",
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("code", name=op.f("uq_municipality_code")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_digest", sa.LargeBinary(), nullable=False),
        sa.Column("address_digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account", "sign_in_attempt", ["account_digest", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address_digest", "at"], unique=False)
    op.create_table(
        "agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("employer", sa.String(length=80), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("controller", sa.String(length=120), nullable=False),
        sa.Column("branch", sa.String(length=120), nullable=False),
        sa.Column("mark", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_agency_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("municipality_id", "name", name=op.f("uq_agency_municipality_id_name")),
    )
    op.create_index(op.f("ix_agency_municipality_id"), "agency", ["municipality_id"], unique=False)
    op.create_table(
        "reference_counter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_reference_counter_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_counter")),
        sa.UniqueConstraint(
            "municipality_id", "method", "year", name=op.f("uq_reference_counter_municipality_id_method_year")
        ),
    )
    op.create_index(
        op.f("ix_reference_counter_municipality_id"), "reference_counter", ["municipality_id"], unique=False
    )
    op.create_table(
        "app_user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("totp_secret", sa.String(length=255), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.Column("recovery_digests", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("passkey_handle", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_app_user_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("passkey_handle", name=op.f("uq_app_user_passkey_handle")),
    )
    op.create_index(op.f("ix_app_user_agency_id"), "app_user", ["agency_id"], unique=False)
    op.create_index(
        "uq_app_user_email",
        "app_user",
        [sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_checkpoint_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_checkpoint_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
        schema="audit",
    )
    op.create_index("ix_checkpoint_agency_size", "checkpoint", ["agency_id", "size"], unique=False, schema="audit")
    op.create_index(
        op.f("ix_checkpoint_municipality_id"), "checkpoint", ["municipality_id"], unique=False, schema="audit"
    )
    op.create_table(
        "entry",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "seq", name=op.f("pk_entry")),
        schema="audit",
    )
    op.create_index("ix_entry_agency_at", "entry", ["agency_id", "at"], unique=False, schema="audit")
    op.create_index("ix_entry_agency_case", "entry", ["agency_id", "case_id", "seq"], unique=False, schema="audit")
    op.create_index("ix_entry_agency_user", "entry", ["agency_id", "user_id", "seq"], unique=False, schema="audit")
    op.create_table(
        "node",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("node_index", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "level", "node_index", name=op.f("pk_node")),
        schema="audit",
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_verification_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_verification_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
        schema="audit",
    )
    op.create_index("ix_verification_agency_at", "verification", ["agency_id", "at"], unique=False, schema="audit")
    op.create_index(
        op.f("ix_verification_municipality_id"), "verification", ["municipality_id"], unique=False, schema="audit"
    )
    op.create_table(
        "agency_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_agency_key_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_agency_key_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_key")),
        sa.UniqueConstraint("agency_id", "version", name=op.f("uq_agency_key_agency_id_version")),
        schema="keys",
    )
    op.create_index(
        op.f("ix_agency_key_municipality_id"), "agency_key", ["municipality_id"], unique=False, schema="keys"
    )
    op.create_table(
        "blind_index",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("part_version_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_blind_index_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_blind_index_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_index")),
        schema="keys",
    )
    op.create_index(
        "ix_blind_index_lookup", "blind_index", ["agency_id", "kind", "digest"], unique=False, schema="keys"
    )
    op.create_index(
        op.f("ix_blind_index_municipality_id"), "blind_index", ["municipality_id"], unique=False, schema="keys"
    )
    op.create_index(
        "ix_blind_index_source", "blind_index", ["part_version_id", "agency_id"], unique=False, schema="keys"
    )
    op.create_table(
        "index_key",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master_id", sa.String(length=16), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_index_key_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_index_key_municipality_id")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_index_key")),
        schema="keys",
    )
    op.create_index(op.f("ix_index_key_municipality_id"), "index_key", ["municipality_id"], unique=False, schema="keys")
    op.create_table(
        "key_grant",
        sa.Column("part_version_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_key_grant_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_key_grant_municipality_id")),
        sa.PrimaryKeyConstraint("part_version_id", "agency_id", name=op.f("pk_key_grant")),
        schema="keys",
    )
    op.create_index(
        "ix_key_grant_agency_version",
        "key_grant",
        ["agency_id", "key_version", "part_version_id"],
        unique=False,
        schema="keys",
    )
    op.create_index(op.f("ix_key_grant_municipality_id"), "key_grant", ["municipality_id"], unique=False, schema="keys")
    op.create_table(
        "rotation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_rotation_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_rotation_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation")),
        schema="keys",
    )
    op.create_index(op.f("ix_rotation_municipality_id"), "rotation", ["municipality_id"], unique=False, schema="keys")
    op.create_table(
        "sealed_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_sealed_note_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_sealed_note_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_note")),
        schema="keys",
    )
    op.create_index(
        op.f("ix_sealed_note_municipality_id"), "sealed_note", ["municipality_id"], unique=False, schema="keys"
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=80), nullable=False),
        sa.Column("phase", sa.String(length=80), nullable=False),
        sa.Column("phase_since", sa.Date(), nullable=False),
        sa.Column("lead_agency_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["lead_agency_id"], ["agency.id"], name=op.f("fk_case_lead_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_case_municipality_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["app_user.id"], name=op.f("fk_case_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("municipality_id", "reference", name=op.f("uq_case_municipality_id_reference")),
    )
    op.create_index("ix_case_list", "case", ["municipality_id", "id"], unique=False)
    op.create_index(op.f("ix_case_municipality_id"), "case", ["municipality_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sent_by"], ["app_user.id"], name=op.f("fk_invitation_sent_by")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_invitation_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    op.create_index(op.f("ix_invitation_user_id"), "invitation", ["user_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_passkey_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False)
    op.create_table(
        "review_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_review_assignment_agency_id")),
        sa.ForeignKeyConstraint(["given_by"], ["app_user.id"], name=op.f("fk_review_assignment_given_by")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_review_assignment_municipality_id")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["app_user.id"], name=op.f("fk_review_assignment_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_assignment")),
    )
    op.create_index(op.f("ix_review_assignment_agency_id"), "review_assignment", ["agency_id"], unique=False)
    op.create_index(
        op.f("ix_review_assignment_municipality_id"), "review_assignment", ["municipality_id"], unique=False
    )
    op.create_index("ix_review_assignment_reviewer", "review_assignment", ["reviewer_id"], unique=False)
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_user_session_token_digest")),
    )
    op.create_index(op.f("ix_user_session_seen_at"), "user_session", ["seen_at"], unique=False)
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_assignment_agency_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["app_user.id"], name=op.f("fk_assignment_assigned_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_assignment_case_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_assignment_municipality_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_assignment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_case", "assignment", ["case_id", "agency_id"], unique=False)
    op.create_index(op.f("ix_assignment_municipality_id"), "assignment", ["municipality_id"], unique=False)
    op.create_index("ix_assignment_user", "assignment", ["user_id", "case_id"], unique=False)
    op.create_table(
        "case_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("protection", sa.String(length=80), nullable=False),
        sa.Column("number_kind", sa.String(length=80), nullable=False),
        sa.Column("age_years", sa.SmallInteger(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["app_user.id"], name=op.f("fk_case_person_added_by")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_person_case_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_case_person_municipality_id")),
        sa.ForeignKeyConstraint(["owner_agency_id"], ["agency.id"], name=op.f("fk_case_person_owner_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_person")),
    )
    op.create_index(op.f("ix_case_person_case_id"), "case_person", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_person_municipality_id"), "case_person", ["municipality_id"], unique=False)
    op.create_table(
        "case_phase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(length=80), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_phase_case_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["app_user.id"], name=op.f("fk_case_phase_entered_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_case_phase_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_phase")),
    )
    op.create_index(op.f("ix_case_phase_case_id"), "case_phase", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_phase_municipality_id"), "case_phase", ["municipality_id"], unique=False)
    op.create_table(
        "participation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_participation_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_participation_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["app_user.id"], name=op.f("fk_participation_ended_by")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_participation_municipality_id")
        ),
        sa.ForeignKeyConstraint(["started_by"], ["app_user.id"], name=op.f("fk_participation_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
    )
    op.create_index("ix_participation_agency", "participation", ["agency_id", "case_id"], unique=False)
    op.create_index(op.f("ix_participation_municipality_id"), "participation", ["municipality_id"], unique=False)
    op.create_index(
        "uq_participation_active",
        "participation",
        ["case_id", "agency_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "protected_reader",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_protected_reader_municipality_id")
        ),
        sa.ForeignKeyConstraint(["named_by"], ["app_user.id"], name=op.f("fk_protected_reader_named_by")),
        sa.ForeignKeyConstraint(["person_id"], ["case_person.id"], name=op.f("fk_protected_reader_person_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_protected_reader_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_reader")),
        sa.UniqueConstraint("person_id", "user_id", name=op.f("uq_protected_reader_person_id_user_id")),
    )
    op.create_index(op.f("ix_protected_reader_municipality_id"), "protected_reader", ["municipality_id"], unique=False)
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("about_person_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("source_agency_id", sa.Uuid(), nullable=True),
        sa.Column("source_disclosure_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["about_person_id"], ["case_person.id"], name=op.f("fk_record_about_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_record_case_id")),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_record_created_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_record_municipality_id")),
        sa.ForeignKeyConstraint(["owner_agency_id"], ["agency.id"], name=op.f("fk_record_owner_agency_id")),
        sa.ForeignKeyConstraint(["source_agency_id"], ["agency.id"], name=op.f("fk_record_source_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index(op.f("ix_record_about_person_id"), "record", ["about_person_id"], unique=False)
    op.create_index("ix_record_case", "record", ["case_id", "owner_agency_id"], unique=False)
    op.create_index(op.f("ix_record_municipality_id"), "record", ["municipality_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("agency_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.String(length=80)), nullable=False),
        sa.Column("purposes", sa.ARRAY(sa.String(length=80)), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("signed_age", sa.SmallInteger(), nullable=False),
        sa.Column("without_guardian", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=True),
        sa.Column("withdrawal_recorded_by", sa.Uuid(), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_consent_case_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_consent_municipality_id")),
        sa.ForeignKeyConstraint(["owner_agency_id"], ["agency.id"], name=op.f("fk_consent_owner_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["case_person.id"], name=op.f("fk_consent_person_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_consent_record_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_consent_recorded_by")),
        sa.ForeignKeyConstraint(
            ["withdrawal_recorded_by"], ["app_user.id"], name=op.f("fk_consent_withdrawal_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_case", "consent", ["case_id"], unique=False)
    op.create_index(op.f("ix_consent_municipality_id"), "consent", ["municipality_id"], unique=False)
    op.create_table(
        "part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("nature", sa.String(length=80), nullable=False),
        sa.Column("latest_version_id", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_part_municipality_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_part_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
    )
    op.create_index(op.f("ix_part_municipality_id"), "part", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_part_record_id"), "part", ["record_id"], unique=False)
    op.create_table(
        "consent_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_signature_consent_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_consent_signature_municipality_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["case_person.id"], name=op.f("fk_consent_signature_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_signature")),
    )
    op.create_index(op.f("ix_consent_signature_consent_id"), "consent_signature", ["consent_id"], unique=False)
    op.create_index(
        op.f("ix_consent_signature_municipality_id"), "consent_signature", ["municipality_id"], unique=False
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_agency_id", sa.Uuid(), nullable=False),
        sa.Column("to_agency_id", sa.Uuid(), nullable=False),
        sa.Column("basis_id", sa.String(length=80), nullable=False),
        sa.Column("basis_in_force_from", sa.Date(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("own_initiative", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("decision_record_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_why", sa.String(length=80), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_disclosure_case_id")),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_disclosure_consent_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["app_user.id"], name=op.f("fk_disclosure_decided_by")),
        sa.ForeignKeyConstraint(["decision_record_id"], ["record.id"], name=op.f("fk_disclosure_decision_record_id")),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], name=op.f("fk_disclosure_from_agency_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_disclosure_municipality_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["app_user.id"], name=op.f("fk_disclosure_revoked_by")),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], name=op.f("fk_disclosure_to_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_case", "disclosure", ["case_id"], unique=False)
    op.create_index(op.f("ix_disclosure_consent_id"), "disclosure", ["consent_id"], unique=False)
    op.create_index("ix_disclosure_from", "disclosure", ["from_agency_id", "id"], unique=False)
    op.create_index(op.f("ix_disclosure_municipality_id"), "disclosure", ["municipality_id"], unique=False)
    op.create_index("ix_disclosure_to", "disclosure", ["to_agency_id", "id"], unique=False)
    op.create_table(
        "part_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["app_user.id"], name=op.f("fk_part_version_created_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_part_version_municipality_id")),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_part_version_part_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_version")),
        sa.UniqueConstraint("part_id", "version", name=op.f("uq_part_version_part_id_version")),
    )
    op.create_index(op.f("ix_part_version_municipality_id"), "part_version", ["municipality_id"], unique=False)
    op.create_table(
        "copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("part_version_id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("readable_until", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_opened_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(length=80), nullable=True),
        sa.Column("decision_due", sa.Date(), nullable=True),
        sa.Column("disposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_copy_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_copy_case_id")),
        sa.ForeignKeyConstraint(["first_opened_by"], ["app_user.id"], name=op.f("fk_copy_first_opened_by")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_copy_municipality_id")),
        sa.ForeignKeyConstraint(["part_version_id"], ["part_version.id"], name=op.f("fk_copy_part_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
    )
    op.create_index("ix_copy_agency_case", "copy", ["agency_id", "case_id"], unique=False)
    op.create_index("ix_copy_disclosure", "copy", ["disclosure_id"], unique=False)
    op.create_index(op.f("ix_copy_municipality_id"), "copy", ["municipality_id"], unique=False)
    op.create_index("ix_copy_version", "copy", ["part_version_id", "agency_id"], unique=False)
    op.create_table(
        "disclosure_item",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("part_version_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["disclosure_id"], ["disclosure.id"], name=op.f("fk_disclosure_item_disclosure_id")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_disclosure_item_municipality_id")
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name=op.f("fk_disclosure_item_part_id")),
        sa.ForeignKeyConstraint(
            ["part_version_id"], ["part_version.id"], name=op.f("fk_disclosure_item_part_version_id")
        ),
        sa.PrimaryKeyConstraint("disclosure_id", "part_version_id", name=op.f("pk_disclosure_item")),
    )
    op.create_index(op.f("ix_disclosure_item_municipality_id"), "disclosure_item", ["municipality_id"], unique=False)
    op.create_index(op.f("ix_disclosure_item_part_version_id"), "disclosure_item", ["part_version_id"], unique=False)
    op.create_table(
        "file_chunk",
        sa.Column("part_version_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_file_chunk_municipality_id")),
        sa.ForeignKeyConstraint(["part_version_id"], ["part_version.id"], name=op.f("fk_file_chunk_part_version_id")),
        sa.PrimaryKeyConstraint("part_version_id", "ordinal", name=op.f("pk_file_chunk")),
    )
    op.create_index(op.f("ix_file_chunk_municipality_id"), "file_chunk", ["municipality_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_file_chunk_municipality_id"), table_name="file_chunk")
    op.drop_table("file_chunk")
    op.drop_index(op.f("ix_disclosure_item_part_version_id"), table_name="disclosure_item")
    op.drop_index(op.f("ix_disclosure_item_municipality_id"), table_name="disclosure_item")
    op.drop_table("disclosure_item")
    op.drop_index("ix_copy_version", table_name="copy")
    op.drop_index(op.f("ix_copy_municipality_id"), table_name="copy")
    op.drop_index("ix_copy_disclosure", table_name="copy")
    op.drop_index("ix_copy_agency_case", table_name="copy")
    op.drop_table("copy")
    op.drop_index(op.f("ix_part_version_municipality_id"), table_name="part_version")
    op.drop_table("part_version")
    op.drop_index("ix_disclosure_to", table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_municipality_id"), table_name="disclosure")
    op.drop_index("ix_disclosure_from", table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_consent_id"), table_name="disclosure")
    op.drop_index("ix_disclosure_case", table_name="disclosure")
    op.drop_table("disclosure")
    op.drop_index(op.f("ix_consent_signature_municipality_id"), table_name="consent_signature")
    op.drop_index(op.f("ix_consent_signature_consent_id"), table_name="consent_signature")
    op.drop_table("consent_signature")
    op.drop_index(op.f("ix_part_record_id"), table_name="part")
    op.drop_index(op.f("ix_part_municipality_id"), table_name="part")
    op.drop_table("part")
    op.drop_index(op.f("ix_consent_municipality_id"), table_name="consent")
    op.drop_index("ix_consent_case", table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_record_municipality_id"), table_name="record")
    op.drop_index("ix_record_case", table_name="record")
    op.drop_index(op.f("ix_record_about_person_id"), table_name="record")
    op.drop_table("record")
    op.drop_index(op.f("ix_protected_reader_municipality_id"), table_name="protected_reader")
    op.drop_table("protected_reader")
    op.drop_index("uq_participation_active", table_name="participation", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(op.f("ix_participation_municipality_id"), table_name="participation")
    op.drop_index("ix_participation_agency", table_name="participation")
    op.drop_table("participation")
    op.drop_index(op.f("ix_case_phase_municipality_id"), table_name="case_phase")
    op.drop_index(op.f("ix_case_phase_case_id"), table_name="case_phase")
    op.drop_table("case_phase")
    op.drop_index(op.f("ix_case_person_municipality_id"), table_name="case_person")
    op.drop_index(op.f("ix_case_person_case_id"), table_name="case_person")
    op.drop_table("case_person")
    op.drop_index("ix_assignment_user", table_name="assignment")
    op.drop_index(op.f("ix_assignment_municipality_id"), table_name="assignment")
    op.drop_index("ix_assignment_case", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_index(op.f("ix_user_session_seen_at"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_table("user_role")
    op.drop_index("ix_review_assignment_reviewer", table_name="review_assignment")
    op.drop_index(op.f("ix_review_assignment_municipality_id"), table_name="review_assignment")
    op.drop_index(op.f("ix_review_assignment_agency_id"), table_name="review_assignment")
    op.drop_table("review_assignment")
    op.drop_index(op.f("ix_passkey_user_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_index(op.f("ix_invitation_user_id"), table_name="invitation")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_case_municipality_id"), table_name="case")
    op.drop_index("ix_case_list", table_name="case")
    op.drop_table("case")
    op.drop_index(op.f("ix_sealed_note_municipality_id"), table_name="sealed_note", schema="keys")
    op.drop_table("sealed_note", schema="keys")
    op.drop_index(op.f("ix_rotation_municipality_id"), table_name="rotation", schema="keys")
    op.drop_table("rotation", schema="keys")
    op.drop_index(op.f("ix_key_grant_municipality_id"), table_name="key_grant", schema="keys")
    op.drop_index("ix_key_grant_agency_version", table_name="key_grant", schema="keys")
    op.drop_table("key_grant", schema="keys")
    op.drop_index(op.f("ix_index_key_municipality_id"), table_name="index_key", schema="keys")
    op.drop_table("index_key", schema="keys")
    op.drop_index("ix_blind_index_source", table_name="blind_index", schema="keys")
    op.drop_index(op.f("ix_blind_index_municipality_id"), table_name="blind_index", schema="keys")
    op.drop_index("ix_blind_index_lookup", table_name="blind_index", schema="keys")
    op.drop_table("blind_index", schema="keys")
    op.drop_index(op.f("ix_agency_key_municipality_id"), table_name="agency_key", schema="keys")
    op.drop_table("agency_key", schema="keys")
    op.drop_index(op.f("ix_verification_municipality_id"), table_name="verification", schema="audit")
    op.drop_index("ix_verification_agency_at", table_name="verification", schema="audit")
    op.drop_table("verification", schema="audit")
    op.drop_table("node", schema="audit")
    op.drop_index("ix_entry_agency_user", table_name="entry", schema="audit")
    op.drop_index("ix_entry_agency_case", table_name="entry", schema="audit")
    op.drop_index("ix_entry_agency_at", table_name="entry", schema="audit")
    op.drop_table("entry", schema="audit")
    op.drop_index(op.f("ix_checkpoint_municipality_id"), table_name="checkpoint", schema="audit")
    op.drop_index("ix_checkpoint_agency_size", table_name="checkpoint", schema="audit")
    op.drop_table("checkpoint", schema="audit")
    op.drop_index("uq_app_user_email", table_name="app_user", postgresql_where=sa.text("left_at IS NULL"))
    op.drop_index(op.f("ix_app_user_agency_id"), table_name="app_user")
    op.drop_table("app_user")
    op.drop_index(op.f("ix_reference_counter_municipality_id"), table_name="reference_counter")
    op.drop_table("reference_counter")
    op.drop_index(op.f("ix_agency_municipality_id"), table_name="agency")
    op.drop_table("agency")
    op.drop_index("ix_sign_in_attempt_address", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_account", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("municipality")
    op.drop_table("signing_key", schema="keys")
    op.execute("DROP SCHEMA audit")
    op.execute("DROP SCHEMA keys")
