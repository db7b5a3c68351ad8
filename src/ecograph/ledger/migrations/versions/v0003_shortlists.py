"""
What partners keep of candidates: shortlists with their history.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "shortlist_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("partner", sa.String(length=120), nullable=False),
        sa.Column("need", sa.Text(), nullable=True),
        sa.Column("need_text", sa.Text(), nullable=False),
        sa.Column("need_key", sa.String(length=64), nullable=False),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("added_at", sa.String(length=32), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.String(length=32), nullable=True),
        sa.Column("contribution_id", sa.String(length=32), nullable=True),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["partner.slug"], name=op.f("fk_shortlist_entry_partner")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_shortlist_entry_contribution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_entry")),
    )
    op.create_index("ix_shortlist_entry_place", "shortlist_entry", ["partner", "need_key", "candidate"], unique=True)
    op.create_index(op.f("ix_shortlist_entry_changed_at"), "shortlist_entry", ["changed_at"], unique=False)
    op.create_table(
        "shortlist_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["shortlist_entry.id"], name=op.f("fk_shortlist_change_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_change")),
    )
    op.create_index(op.f("ix_shortlist_change_entry_id"), "shortlist_change", ["entry_id"], unique=False)


def downgrade() -> None:
    """Remove what was added."""
    op.drop_table("shortlist_change")
    op.drop_table("shortlist_entry")
