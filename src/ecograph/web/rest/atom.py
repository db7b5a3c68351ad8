"""
The feed of revisions in Atom.

Source:
    RFC 4287; RFC 5005, section 3.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from ecograph.ledger.timeline import Entry
from ecograph.messages import Language, text
from ecograph.namespaces import BASE
from ecograph.web.reading.changes import Change

MEDIA_TYPE: Final = "application/atom+xml"
_ATOM: Final = "http://www.w3.org/2005/Atom"


def feed(
    changes: Sequence[Change], first: Entry | None, lang: Language, base: str, own: str, following: str | None
) -> bytes:
    """
    A page of the feed.

    Args:
        changes: The newest first.
        first: The ledger's first revision: its hash tells this feed from that of another EcoGraph.
        lang: Of titles and summaries.
        base: Public address of the service.
        own: Address of this page.
        following: Address of the next one.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": lang})
    _text(root, "id", _id("feed", first.hash if first else ""))
    _text(root, "title", text("changes.feed.title", lang))
    newest = changes[0].entry if changes else first
    _text(root, "updated", _moment(newest.published_at if newest else None))
    _link(root, "self", own, MEDIA_TYPE)
    _link(root, "alternate", f"{base}/{lang}/changes", "text/html")
    if following:
        _link(root, "next", following, MEDIA_TYPE)
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, "name", "EcoGraph")
    for change in changes:
        _entry(root, change, lang, base)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def title(change: Change, lang: Language) -> str:
    """What a revision is called: its contribution's title, or what it did."""
    kind = text(f"changes.kind.{change.entry.kind}", lang)
    return f"{kind}: {change.entry.title}" if change.entry.title else kind


def _entry(root: ET.Element, change: Change, lang: Language, base: str) -> None:
    entry = change.entry
    node = ET.SubElement(root, f"{{{_ATOM}}}entry")
    _text(node, "id", _id("revision", entry.hash))
    _text(node, "title", title(change, lang))
    _text(node, "updated", _moment(entry.published_at))
    _text(node, "published", _moment(entry.published_at))
    author = ET.SubElement(node, f"{{{_ATOM}}}author")
    _text(author, "name", change.publisher)
    ET.SubElement(node, f"{{{_ATOM}}}category", {"term": str(entry.kind)})
    _link(node, "alternate", f"{base}/{lang}/changes/{entry.number}", "text/html")
    _link(node, "related", f"{base}/api/v1/diff?from={entry.number - 1}&to={entry.number}", "application/json")
    summary = text("changes.feed.summary", lang, added=change.size.added, removed=change.size.removed)
    _text(node, "summary", summary)


def _text(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = "".join(filter(_is_xml, words))


def _link(parent: ET.Element, rel: str, href: str, media_type: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", {"rel": rel, "type": media_type, "href": href})


def _id(what: str, name: str) -> str:
    """The same for ever, wherever the service moves to."""
    return uuid5(NAMESPACE_URL, f"{BASE}{what}/{name}").urn


def _moment(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "1970-01-01T00:00:00Z"


def _is_xml(character: str) -> bool:
    """XML 1.0 has no place for control characters, also not escaped."""
    return character >= " " or character in "\t\n\r"
