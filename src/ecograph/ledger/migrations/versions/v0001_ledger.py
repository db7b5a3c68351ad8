"""
The tables of the first ledger.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "contribution",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("publisher", sa.String(length=120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("payload_salt", sa.LargeBinary(), nullable=True),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    op.create_index(op.f("ix_contribution_publisher"), "contribution", ["publisher"], unique=False)
    op.create_index(op.f("ix_contribution_sha256"), "contribution", ["sha256"], unique=False)
    op.create_index(op.f("ix_contribution_state"), "contribution", ["state"], unique=False)
    op.create_table(
        "head",
        sa.Column("only", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_head")),
    )
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("contribution_id", sa.String(length=32), nullable=True),
        sa.Column("publisher", sa.String(length=120), nullable=False),
        sa.Column("patch", sa.LargeBinary(), nullable=False),
        sa.Column("patch_digest", sa.String(length=64), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_revision_contribution_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revision")),
        sa.UniqueConstraint("hash", name=op.f("uq_revision_hash")),
    )
    op.create_index(op.f("ix_revision_contribution_id"), "revision", ["contribution_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.String(length=32), nullable=False),
        sa.Column("transition", sa.String(length=16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_event_contribution_id")),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_event_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_contribution_id"), "event", ["contribution_id"], unique=False)
    op.create_index(op.f("ix_event_revision"), "event", ["revision"], unique=False)
    op.create_table(
        "personal_part",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("patch", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["erased_by"], ["revision.number"], name=op.f("fk_personal_part_erased_by")),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_personal_part_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_part")),
    )
    op.create_index("ix_personal_part_revision", "personal_part", ["revision", "position"], unique=True)
    op.create_table(
        "personal_node",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("part_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["personal_part.id"], name=op.f("fk_personal_node_part_id")),
        sa.PrimaryKeyConstraint("node", "part_id", name=op.f("pk_personal_node")),
    )


def downgrade() -> None:
    """Remove every table, and with them the memory: only for trying out."""
    for table in ("personal_node", "personal_part", "event", "revision", "head", "contribution"):
        op.drop_table(table)
