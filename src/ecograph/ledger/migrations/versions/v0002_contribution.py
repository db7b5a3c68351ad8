"""
What partners need to contribute: versions, file names, options and expiry; notes, checks, answers; partners and tokens.

Contributions from before have no digest of their file name and options, so the hashes of their revisions stay.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns to `contribution`, and the new tables."""
    op.add_column("contribution", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("contribution", sa.Column("file_name", sa.Text(), server_default="", nullable=False))
    op.add_column("contribution", sa.Column("options", sa.Text(), server_default="{}", nullable=False))
    op.add_column("contribution", sa.Column("details_digest", sa.String(length=64), nullable=True))
    op.add_column("contribution", sa.Column("expires_on", sa.String(length=10), nullable=True))
    op.add_column("contribution", sa.Column("renewed_until", sa.String(length=10), nullable=True))
    op.create_index(op.f("ix_revision_publisher"), "revision", ["publisher"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("contribution_id", sa.String(length=32), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_note_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_contribution_id"), "note", ["contribution_id"], unique=False)
    op.create_table(
        "queued_check",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_queued_check")),
    )
    op.create_index(op.f("ix_queued_check_queued_at"), "queued_check", ["queued_at"], unique=False)
    op.create_table(
        "answer",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_at"), "answer", ["at"], unique=False)
    op.create_table(
        "partner",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("homepage", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_partner")),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("secret_digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("revoked_at", sa.String(length=32), nullable=True),
        sa.Column("parent", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["token.id"], name=op.f("fk_token_parent")),
        sa.ForeignKeyConstraint(["partner"], ["partner.slug"], name=op.f("fk_token_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
    )
    op.create_index(op.f("ix_token_parent"), "token", ["parent"], unique=False)
    op.create_index(op.f("ix_token_partner"), "token", ["partner"], unique=False)


def downgrade() -> None:
    """Remove what was added. Revisions of contributions that came since no longer verify: only for trying out."""
    for table in ("token", "partner", "answer", "queued_check", "note"):
        op.drop_table(table)
    op.drop_index(op.f("ix_revision_publisher"), "revision")
    for column in ("renewed_until", "expires_on", "details_digest", "options", "file_name", "version"):
        op.drop_column("contribution", column)
