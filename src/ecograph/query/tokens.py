"""
The words of a SPARQL query, read in time linear to its length and without recursion.

Source:
    SPARQL 1.1 Query, section 19.8, as far as it decides where a word is a keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_STRING: Final = r"""'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''|\"\"\"(?:[^"\\]|\\[\s\S]|"(?!""))*\"\"\"
              |'(?:[^'\\\r\n]|\\[^\r\n])*'|"(?:[^"\\\r\n]|\\[^\r\n])*\""""
_IRI: Final = r"""<[^<>"{}|^`\\\x00-\x20]*>"""
_LOCAL: Final = r""":(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*"""
_LANGUAGE: Final = r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"

_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[\s]+|\#[^\r\n]*)
  | (?P<string>{_STRING})
  | (?P<iri>{_IRI})
  | (?P<variable>[?$]\w+)
  | (?P<language>{_LANGUAGE})
  | (?P<blank>_:[\w.\-]+)
  | (?P<name>(?:[^\W\d_][\w.\-]*)?{_LOCAL})
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<open>[{{(\[])
  | (?P<close>[}})\]])
  | (?P<mark>[\s\S])
    """,
    re.VERBOSE,
)
_DEEPER: Final = {"open": 1, "close": -1}
# What no keyword and no bracket of the query's own can be in.
_QUIET: Final = re.compile(rf"{_STRING}|{_IRI}|\#[^\r\n]*|[?$]\w+|{_LANGUAGE}|{_LOCAL}", re.VERBOSE)
_PROLOGUE: Final = re.compile(
    rf"(?:\s++|\#[^\r\n]*+|BASE\s*+{_IRI}|PREFIX\s++(?:[^\W\d_][\w.\-]*+)?:\s*+{_IRI})*+", re.IGNORECASE
)
# The engine lets a keyword touch the empty prefix after it, as in `SERVICE:x`.
_GLUED: Final = re.compile(r"(SERVICE|FROM|NAMED):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """
    One word of a query.

    Args:
        kind: The name of its terminal: string, iri, variable, language, blank, name, number, word, open, close, mark.
        text: As it is written.
        start: Where it begins, in characters.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)

    @property
    def deeper(self) -> int:
        """How much deeper in brackets it leads: 1, 0 or -1."""
        return _DEEPER.get(self.kind, 0)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, given in capitals."""
        return self.kind == "word" and self.text.upper() in words


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """
    The words of a query, without space and comments.

    Args:
        text: The query.
        start: Where to begin, in characters.

    Example:
        >>> [token.kind for token in tokens("ASK { ?a eco:b 'c'@da }")]
        ['word', 'open', 'variable', 'name', 'string', 'language', 'close']
    """
    for match in _TOKEN.finditer(text, start):
        kind, found, start = str(match.lastgroup), match.group(), match.start()
        if kind == "space":
            continue
        if kind == "name" and (glued := _GLUED.match(found)):
            word = glued.group(1)
            yield Token("word", word, start)
            yield Token("name", found[len(word) :], start + len(word))
        elif kind in ("name", "blank") and found.endswith("."):  # which ends a triple, not a name
            name = found.rstrip(".")
            yield Token(kind, name, start)
            yield from (Token("mark", ".", start + at) for at in range(len(name), len(found)))
        else:
            yield Token(kind, found, start)


def after_prologue(text: str) -> int:
    """
    Where the prefixes and the base end, as far as they are written in the usual way.

    Example:
        >>> text = "PREFIX a: <urn:a> # [\\nASK {}"
        >>> text[after_prologue(text) :]
        'ASK {}'
    """
    found = _PROLOGUE.match(text)
    return found.end() if found else 0


def skeleton(text: str) -> str:
    """
    What is left of a query without its strings, IRIs, comments, variables and local names; quick for any text.

    Example:
        >>> skeleton("ASK { ?service eco:x 'SERVICE' # [").split()
        ['ASK', '{', 'eco']
    """
    return _QUIET.sub(" ", text)


def position(text: str, at: int) -> tuple[int, int]:
    """
    Line and column of a place in a text, both from 1.

    Example:
        >>> position("ASK\\n {}", 5)
        (2, 2)
    """
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")
