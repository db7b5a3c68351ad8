"""Shortlists kept by a service at another address."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote

from ecograph.cli.office import Fields
from ecograph.cli.showing import Json
from ecograph.errors import BadParameter

if TYPE_CHECKING:
    from ecograph.cli.remote import Remote


class ShortlistThere:
    """
    The shortlists of the partner that a token speaks for.

    Args:
        remote: The service.
        partner: Whose they should be; it has to be the token's partner, if anybody is named.

    Raises:
        BadParameter: The token speaks for somebody else.
    """

    def __init__(self, remote: Remote, partner: str | None) -> None:
        self._remote = remote
        if partner is not None:
            own = remote.call("GET", "me", again=True)["partner"]
            if own != partner:
                raise BadParameter(name="--partner", value=partner, expected=str(own))

    def entries(self, filters: Fields) -> list[Json]:
        """The entries, page by page."""
        return list(self._remote.items("shortlists", filters))

    def add(self, body: Json) -> Json:
        """Put a candidate on the list; asked again with the same key, the service does it once."""
        return self._remote.call("POST", "shortlists", again=True, json=body, headers={"Idempotency-Key": _key()})

    def change(self, entry: Json, body: Json) -> Json:
        """Say something else of it."""
        return self._remote.call("PATCH", _path(entry), json=body, headers=_seen(entry))

    def remove(self, entry: Json) -> Json:
        """Take it off the list."""
        return self._remote.call("DELETE", _path(entry), headers=_seen(entry))

    def restore(self, entry: Json) -> Json:
        """Bring it back."""
        return self._remote.call("POST", f"{_path(entry)}/restore", headers=_seen(entry))

    def share(self, entry: Json, body: Json, *, dry_run: bool) -> Json:
        """Send a verdict to others, or only say what would be sent."""
        headers = {**_seen(entry), "Idempotency-Key": _key()}
        path = f"{_path(entry)}/share{'?dry_run=true' if dry_run else ''}"
        return self._remote.call("POST", path, json=body, headers=headers)

    def unshare(self, entry: Json, why: str) -> Json:
        """Take it back."""
        return self._remote.call("POST", f"{_path(entry)}/unshare", json={"why": why})

    def export(self) -> list[Json]:
        """Everything that is kept."""
        found: list[Json] = self._remote.call("GET", "shortlists/export", again=True)  # type: ignore[assignment]
        return found

    def delete_all(self) -> int:
        """Delete everything for good."""
        own = self._remote.call("GET", "me", again=True)["partner"]
        return int(self._remote.call("DELETE", "shortlists", params={"confirm": own})["deleted"])


def _path(entry: Json) -> str:
    return f"shortlists/{quote(str(entry['id']), safe='')}"


def _seen(entry: Json) -> dict[str, str]:
    return {"If-Match": f'"{entry["version"]}"'}


def _key() -> str:
    return str(uuid.uuid4())
