"""
What an address and a text of somebody else's may look like, so that what is shown is what is meant.

The rules are the same for a cell of a table and for a term of Turtle. Each fault has a code, which is the key of its
message: `contribution.finding.{code}`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

from ecograph.namespaces import BASE

MAX_IRI: Final = 2_000
"""Characters of an address: what browsers and servers still agree on."""

MAX_TEXT: Final = 20_000
"""Characters of a text: about eight pages, and a spreadsheet's cell holds a third more."""

_WEB: Final = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<rest>[^\s<>\"{}|\\^`]*)")
_PORT: Final = re.compile(r"(?::\d{0,5})?\Z")
# Ours exactly as it is published: lower-case kinds and slugs, a space before its mark, or a term of a model.
_OWN: Final = re.compile(
    r"(?:ns|shapes)(?:#[A-Za-z][\w-]*)?"
    r"|(?:concept|graph|id)(?:/[a-z0-9]+(?:(?:-{1,2}|_)[a-z0-9]+)*)+"
    r"|[a-z][a-z0-9.-]*",
    re.ASCII,
)
_BASE_HOST, _, _BASE_PATH = BASE.removeprefix("https://").partition("/")
_DOT_SEGMENT: Final = re.compile(r"/\.{1,2}(?=[/?#]|\Z)")
_BAD_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Letters of the region's and its neighbours' languages. Those that pass for another letter are not among them.
_LOOKALIKES: Final = frozenset("×÷ĸĿŀŉſıĲĳ")
_LATIN: Final = range(0xC0, 0x180)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# In a text, what a person may have typed or pasted: line breaks, and the joiners of emoji and of other scripts.
_TYPED: Final = frozenset("\t\n\r\u00ad\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff")
_PLAIN: Final = re.compile(r"[\t\n\r -~\u00a0-\u00ac\u00ae-\u017f\u2010-\u2027\u20ac]*")
_DECODINGS: Final = 3


def iri_fault(text: str) -> str | None:
    """
    What is wrong with a web address that a contribution states.

    Args:
        text: The address, absolute.

    Returns:
        The code of a finding; None for an address with `http` or `https` and a host in Latin letters, without login
        name, hidden characters or detours, which either is not ours or is written exactly as ours are.

    Example:
        >>> iri_fault("https://malmö.se/behov?id=1"), iri_fault("javascript:alert(1)")
        (None, 'bad-iri')
        >>> iri_fault("https://W3ID.org/ecograph/id/need/n1"), iri_fault("https://kk.dk@example.org/")
        ('malformed-iri', 'iri-login')

    Source:
        docs/limits.md, "Addresses"; RFC 3987, sections 5.3 and 8; Unicode Technical Standard 39.
    """
    if len(text) > MAX_IRI:
        return "long-iri"
    if any(unicodedata.category(letter) in _HIDDEN for letter in text if not " " <= letter <= "~"):
        return "hidden-in-iri"
    if unicodedata.normalize("NFC", text) != text:
        return "decomposed-iri"
    found = _WEB.fullmatch(text)
    if found is None:
        return "malformed-iri" if _is_ours(text) else "bad-iri"
    if "@" in found["authority"]:
        return "iri-login"
    if text.startswith(BASE):
        return None if _OWN.fullmatch(text.removeprefix(BASE)) else "malformed-iri"
    if _is_ours(text) or _DOT_SEGMENT.search(unquote(found["rest"])) or _BAD_PERCENT.search(text):
        return "malformed-iri"
    return _host_fault(_PORT.sub("", found["authority"]))


def text_fault(text: str) -> str | None:
    """
    What is wrong with a text that a contribution states.

    Returns:
        The code of a finding; None for a text that shows what it says.

    Example:
        >>> text_fault("Varsling ved skybrud"), text_fault("Varsling \\u202edurbyks dev")
        (None, 'hidden-in-text')

    Source:
        docs/limits.md, "Texts"; Unicode Technical Report 36, "Bidirectional text spoofing".
    """
    if len(text) > MAX_TEXT:
        return "long-text"
    if _PLAIN.fullmatch(text):
        return None
    hidden = any(unicodedata.category(letter) in _HIDDEN and letter not in _TYPED for letter in text)
    return "hidden-in-text" if hidden else None


def visible(text: str, most: int = 80) -> str:
    """
    A text for a message: cut, and with hidden characters written out.

    Example:
        >>> visible("a\u202eb"), visible("x" * 90, most=3)
        ('aU+202Eb', 'xxx…')
    """
    cut = text if len(text) <= most else f"{text[:most]}…"
    return "".join(f"U+{ord(letter):04X}" if unicodedata.category(letter) in _HIDDEN else letter for letter in cut)


def _host_fault(host: str) -> str | None:
    labels = host.removesuffix(".").split(".")
    if not all(labels):
        return "bad-iri"
    try:
        shown = [_shown(label) for label in labels]
    except UnicodeError:
        return "bad-iri"
    if any(letter.isascii() and not (letter.isalnum() or letter in "-_") for label in shown for letter in label):
        return "bad-iri"
    return None if all(_is_latin(letter) for label in shown for letter in label) else "iri-letters"


def _shown(label: str) -> str:
    """The label of a host as a browser shows it."""
    return label[4:].encode("ascii").decode("punycode") if label.lower().startswith("xn--") else label


def _is_latin(letter: str) -> bool:
    return letter.isascii() or (ord(letter) in _LATIN and letter not in _LOOKALIKES)


def _is_ours(text: str) -> bool:
    """Whether an address leads to our names when case, encoding, port, login name and detours are taken away."""
    plain = text
    for _ in range(_DECODINGS):
        plain = unquote(plain)
    plain = unicodedata.normalize("NFKC", plain).casefold().replace("\\", "/").strip()
    _, _, rest = plain.partition(":")
    authority, _, path = rest.lstrip("/").partition("/")
    host = authority.rpartition("@")[2].partition(":")[0].rstrip(".")
    if host != _BASE_HOST:
        return False
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            del steps[-1:]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps).startswith(_BASE_PATH)
