"""Names of things, concepts and graphs: `.../id/{kind}/{slug}`, `.../concept/{scheme}/{slug}`, `.../graph/{name}`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode
from slugify import slugify as _slugify

from ecograph.namespaces import CONCEPT, GRAPH, ID

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# Nordic letters as their readers transcribe them; the library would write "o" for "ø" but "ae" for "æ".
_LETTERS = [["æ", "ae"], ["ø", "oe"], ["å", "aa"], ["ä", "ae"], ["ö", "oe"]]
_MAX_SLUG = 80

SPACE_MARK = "_"
"""Between a publisher's space and the name in it: `id/need/albertslund_skybrud`. No slug holds it."""

NAME = re.compile(rf"(?:{SLUG.pattern}{SPACE_MARK})?{SLUG.pattern}(?:--{SLUG.pattern})*")
"""The end of a thing's IRI: a slug, or several joined, perhaps in a publisher's space."""

PLACE = r"^(municipality|region)/[A-Za-z0-9_.-]+$"
"""What something is for, as it is said in a request or a command."""


@dataclass(frozen=True)
class Space:
    """
    Whose names a publisher may give: `id/{kind}/{prefix}_{name}`.

    The registers that EcoGraph ships name things in the common space, which has no prefix; a partner only in its own.

    Example:
        >>> space = Space("albertslund")
        >>> space.iri("need", "skybrud").value.rpartition("/")[2]
        'albertslund_skybrud'
        >>> space.holds(space.iri("need", "skybrud")), Space().holds(space.iri("need", "skybrud"))
        (True, False)

    Source:
        docs/model.md, "Names of things".
    """

    prefix: str = ""

    def iri(self, kind: str, name: str) -> NamedNode:
        """The IRI of a thing of this space."""
        return thing_iri(kind, f"{self.prefix}{SPACE_MARK}{name}" if self.prefix else name)

    def holds(self, iri: NamedNode) -> bool:
        """Whether the IRI is a name of this space."""
        parts = kind_and_slug(iri)
        if parts is None:
            return False
        owner, mark, _ = parts[1].partition(SPACE_MARK)
        return owner == self.prefix if mark else not self.prefix

    def short(self, iri: NamedNode) -> str:
        """The name without its space: what stands in an id column of the space's owner."""
        name = (kind_and_slug(iri) or ("", ""))[1]
        return name.removeprefix(f"{self.prefix}{SPACE_MARK}") if self.prefix else name


COMMON = Space()
"""The space of what EcoGraph ships."""


def slug(name: str) -> str:
    """
    The ASCII slug of a name, the same for Danish, Norwegian and Swedish spellings.

    Args:
        name: A name or title in any language.

    Returns:
        Lower-case ASCII letters, digits and single hyphens, at most 80 characters.

    Example:
        >>> slug("Høje-Taastrup Kommune"), slug("Malmö stad")
        ('hoeje-taastrup-kommune', 'malmoe-stad')

    Source:
        docs/model.md, "Names of things".
    """
    return _slugify(name.lower(), replacements=_LETTERS, max_length=_MAX_SLUG, word_boundary=True)


def thing_iri(kind: str, name: str) -> NamedNode:
    """The IRI of the thing `name` (a slug) of a kind, such as `municipality` or `need`."""
    return ID[f"{kind}/{name}"]


def concept_iri(scheme: str, name: str) -> NamedNode:
    """The IRI of a concept (`name` is its slug) in one of our schemes, such as `topic` or `trl`."""
    return CONCEPT[f"{scheme}/{name}"]


def scheme_iri(scheme: str) -> NamedNode:
    """The IRI of one of our concept schemes."""
    return CONCEPT[scheme]


def graph_iri(publisher: str) -> NamedNode:
    """The named graph that holds what one publisher has published."""
    return GRAPH[publisher]


def kind_and_slug(iri: NamedNode) -> tuple[str, str] | None:
    """
    The kind and slug of one of our things, or None for any other IRI.

    Example:
        >>> kind_and_slug(NamedNode("https://w3id.org/ecograph/id/need/n01"))
        ('need', 'n01')
    """
    if iri not in ID:
        return None
    kind, _, name = ID.local(iri).partition("/")
    return (kind, name) if kind and name else None
