"""Shortlists kept in a data directory, as its operator for a partner."""

from __future__ import annotations

from ecograph.bootstrap import EcoGraph
from ecograph.cli.office import Fields
from ecograph.cli.showing import Json
from ecograph.contribute.desk import OPERATOR
from ecograph.errors import BadParameter
from ecograph.ledger.entries import Status
from ecograph.text.lexicon import normalise
from ecograph.web.rest import shortlist_models as models
from ecograph.web.shortlisting import Shortlist


class ShortlistHere:
    """
    The shortlists of a partner.

    Args:
        ecograph: Where they are kept.
        partner: Whose they are.

    Raises:
        BadParameter: Nobody says whose.
        UnknownThing: No such partner.
    """

    def __init__(self, ecograph: EcoGraph, partner: str | None) -> None:
        if partner is not None:
            ecograph.ledger.partners.get(partner)
        self._own = Shortlist(ecograph, ecograph.view(), OPERATOR, partner)

    def entries(self, filters: Fields) -> list[Json]:
        """The entries."""
        need, text = filters.get("need"), filters.get("text")
        about = self._own.about(need, normalise(text) if text else None) if need or text else None
        found = self._own.entries(about, removed=bool(filters.get("removed")))
        status = filters.get("status")
        return [models.as_json(self._own.item(each)) for each in found if status in (None, "", each.status)]

    def add(self, body: Json) -> Json:
        """Put a candidate on the list."""
        text = body.get("text")
        item, _ = self._own.add(
            self._own.about(body.get("need"), normalise(text) if text else None),
            self._own.candidate(body["candidate"]),
            status=_status(body.get("status", Status.CONSIDERING)),
            why=body.get("why", ""),
            note=body.get("note", ""),
        )
        return models.as_json(item)

    def change(self, entry: Json, body: Json) -> Json:
        """Say something else of it."""
        said = {**body, "status": _status(body["status"])} if "status" in body else body
        return models.as_json(self._own.change(entry["id"], entry["version"], **said))

    def remove(self, entry: Json) -> Json:
        """Take it off the list."""
        return models.as_json(self._own.remove(entry["id"], entry["version"]))

    def restore(self, entry: Json) -> Json:
        """Bring it back."""
        return models.as_json(self._own.restore(entry["id"], entry["version"]))

    def share(self, entry: Json, body: Json, *, dry_run: bool) -> Json:
        """Send a verdict to others, or only say what would be sent."""
        kept = self._own.get(entry["id"]).entry
        draft = self._own.draft(kept, body["verdict"], body["text"], body["lang"])
        if dry_run:
            return models.draft(draft).model_dump(mode="json")
        return models.as_json(self._own.share(entry["id"], draft, entry["version"]))

    def unshare(self, entry: Json, why: str) -> Json:
        """Take it back."""
        return models.as_json(self._own.unshare(entry["id"], why))

    def export(self) -> list[Json]:
        """Everything that is kept."""
        return [models.as_json(self._own.item(each)) for each in self._own.entries(removed=None)]

    def delete_all(self) -> int:
        """Delete everything for good."""
        return self._own.delete()


def _status(named: str) -> Status:
    try:
        return Status(named)
    except ValueError:
        raise BadParameter(name="--status", value=named, expected=", ".join(Status)) from None
