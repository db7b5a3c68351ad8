"""How long entries of shortlists are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ecograph.bootstrap import EcoGraph


def months_later(day: date, months: int) -> date:
    """
    The same day so many months later, or the last one of a shorter month.

    Example:
        >>> months_later(date(2026, 1, 31), 1)
        datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - date.resolution).day
    return date(year, month + 1, min(day.day, last))


def expire_entries(ecograph: EcoGraph, today: date) -> int:
    """Delete for good what partners have not changed for as long as the settings say; returns how many entries went."""
    first = months_later(today, -ecograph.settings.shortlist_months)
    return ecograph.ledger.shortlists.expire(datetime.combine(first, datetime.min.time(), UTC))
