"""
Where in a Turtle or N-Triples document something stands, which the parser does not say.

Two readings of the text. `Structure` looks at brackets and prefixes only, before anything is parsed, so that a
document built to exhaust the parser never reaches it. `stated` walks a document that the parser has accepted, and gives
the place of each of its statements in the parser's order; whoever uses it compares the two and drops the places if they
differ.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from ecograph.namespaces import RDF
from ecograph.rdf.terms import MAX_TEXT

_COMMENT: Final = rb"#[^\n\r]*"
# What is repeated gives nothing back: else each letter of a text of megabytes would be remembered to return to.
_LONG: Final = rb'"""(?:[^"\\]++|\\[\s\S]|""?(?!"))*+"""' + rb"|'''(?:[^'\\]++|\\[\s\S]|''?(?!'))*+'''"
_SHORT: Final = rb'"(?:[^"\\\n\r]++|\\[^\n\r])*+"' + rb"|'(?:[^'\\\n\r]++|\\[^\n\r])*+'"
_IRI: Final = rb'<(?:[^\x00-\x20<>"{}|^`\\]++|\\[uU])*+>'
# Whatever a bracket could hide in comes first; a stray backslash escapes the bracket after it.
_MARKS: Final = re.compile(
    b"|".join(
        (
            rb"(?P<skip>" + _COMMENT + rb"|\\[\s\S])",
            rb"(?P<text>" + _LONG + rb"|" + _SHORT + rb")",
            rb"(?P<iri>" + _IRI + rb")",
            rb"(?P<statement><<\(?|\{\|)",
            rb"(?P<reifier>~)",
            rb"(?P<graph>\{)",
            rb"(?P<base>@base\b|(?<![^\s>])[Bb][Aa][Ss][Ee](?=\s*<))",
            rb"(?P<prefix>@prefix\b|(?<![^\s>])[Pp][Rr][Ee][Ff][Ii][Xx](?=\s+[^\s<:]*:))",
            rb"(?P<open>[\[(])",
            rb"(?P<close>\)>>|[\])]|>>|\|\})",
        )
    )
)


# A number or prefixed name longer than any text may be; each run of letters and digits is looked at once.
_LONG_WORD: Final = re.compile(rb"(?<![\w:.%%\x80-\xff-])[\w:.%%\x80-\xff-]{%d,}+" % (MAX_TEXT + 1))


class Position(NamedTuple):
    """Line and column of a character, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Structure:
    """
    What a document is built of, as far as brackets tell; it need not be well-formed.

    Args:
        depth: How deeply its brackets are nested.
        prefixes: How many prefixes it declares.
        longest_iri: Characters of its longest address.
        longest_text: Bytes of its longest text, number or prefixed name.
        marks: The first byte of each kind of thing that is refused: `statement` (about a statement), `graph`, `base`,
            and of the `deepest` bracket and the `longest` address.

    Example:
        >>> Structure.of(b"<urn:a> <urn:b> [ <urn:c> ( 1 '((' ) ] . # ((((").depth
        2
    """

    depth: int
    prefixes: int
    longest_iri: int
    longest_text: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, data: bytes) -> Structure:
        """The structure of a document, in time that grows with its length and with nothing else."""
        depth = deepest = prefixes = longest = text = 0
        marks: dict[str, int] = {}
        for found in _MARKS.finditer(data):
            kind = found.lastgroup or ""
            if kind in ("open", "statement"):
                depth += 1
                if depth > deepest:
                    deepest, marks["deepest"] = depth, found.start()
            elif kind == "close":
                depth = max(depth - 1, 0)
            elif kind == "prefix":
                prefixes += 1
            elif kind == "text":
                text = max(text, found.end() - found.start())
            elif kind == "iri" and found.end() - found.start() > longest:
                longest, marks["longest"] = found.end() - found.start(), found.start()
            if kind in ("statement", "reifier", "graph", "base"):
                marks.setdefault("statement" if kind == "reifier" else kind, found.start())
        word = max((found.end() - found.start() for found in _LONG_WORD.finditer(data)), default=0)
        return cls(deepest, prefixes, longest, max(text, word), marks)


def position(data: bytes, at: int) -> Position:
    """The place of a byte, in characters of UTF-8."""
    start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at) if b"\n" not in data[:at] else -1) + 1
    column = len(data[start:at].decode("utf-8", "replace")) + 1
    return Position(data.count(b"\n", 0, at) + 1, column)


class Stated(NamedTuple):
    """
    One statement of a document: its terms as far as they have names, and the offset of each.

    `subject`, `predicate` and `object` are the text of an IRI; "" stands for a blank node or a literal.
    """

    subject: str
    predicate: str
    object: str
    subject_at: int
    predicate_at: int
    object_at: int


class _Unreadable(Exception):
    """The document holds what this reading does not know; no place is better than a wrong one."""


_TOKENS: Final = re.compile(
    "|".join(
        (
            r"(?P<space>\s+|#[^\n\r]*)",
            rf"(?P<iri>{_IRI.decode()})",
            rf"(?P<literal>{_LONG.decode()}|{_SHORT.decode()})",
            r"(?P<directive>@prefix\b|@base\b|@version\b)",
            r"(?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)",
            r"(?P<datatype>\^\^)",
            r"(?P<blank>_:\w(?:[\w.·\-]*[\w·\-])?)",
            r"(?P<name>(?:[^\W\d_](?:[\w.·\-]*[\w·\-])?)?:"
            r"(?:[\w:·\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]|\.+(?=[\w:·%\\\-]))*)",
            r"(?P<number>[+-]?(?:\d+\.?\d*[eE][+-]?\d+|\.\d+[eE][+-]?\d+|\d*\.\d+|\d+))",
            r"(?P<word>[A-Za-z]+)",
            r"(?P<mark>[\[\]();,.])",
        )
    )
)
LIST_LINKS: Final = frozenset({RDF.first.value, RDF.rest.value})
"""What links the members of a list, which has one place in the text and not one per member."""

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")
_BLANK: Final = ""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def stated(text: str) -> tuple[Stated, ...]:
    """
    The statements of a well-formed document with their places, in the order in which the parser gives them.

    Args:
        text: Turtle or N-Triples. Deep nesting must have been refused before.

    Returns:
        One per statement; empty if the document holds what this reading does not know. Statements that link the
        members of a list have no place of their own, and are left out.

    Example:
        >>> [item.object_at for item in stated("<urn:a> <urn:b> 1 , [ <urn:c> 2 ] .")]
        [16, 30, 20]

    Source:
        RDF 1.1 Turtle, section 6.5.
    """
    try:
        return tuple(_Walk(text).statements())
    except (_Unreadable, RecursionError):
        return ()


class _Walk:
    """One pass over the tokens of a document."""

    def __init__(self, text: str) -> None:
        self._tokens = self._tokenise(text)
        self._prefixes: dict[str, str] = {}
        self._found: list[Stated] = []
        self._next()

    def statements(self) -> list[Stated]:
        while self._token.kind:
            if self._token.kind == "directive" or self._keyword("prefix", "base", "version"):
                self._directive()
            else:
                self._triples()
                self._expect(".")
        return self._found

    @staticmethod
    def _tokenise(text: str) -> Iterator[_Token]:
        at = 0
        while at < len(text):
            found = _TOKENS.match(text, at)
            if found is None:
                raise _Unreadable
            at = found.end()
            if found.lastgroup != "space":
                yield _Token(found.lastgroup or "", found[0], found.start())
        yield _Token("", "", at)

    def _next(self) -> _Token:
        passed = getattr(self, "_token", _Token("", "", 0))
        self._token = next(self._tokens, _Token("", "", passed.at))
        return passed

    def _is(self, mark: str) -> bool:
        return self._token.kind == "mark" and self._token.text == mark

    def _keyword(self, *words: str) -> bool:
        return self._token.kind == "word" and self._token.text.lower() in words

    def _expect(self, mark: str) -> None:
        if not self._is(mark):
            raise _Unreadable
        self._next()

    def _directive(self) -> None:
        word = self._next().text
        name = word.lstrip("@").lower()
        if name == "base":
            raise _Unreadable
        if name == "prefix":
            prefix = self._next().text
            if not prefix.endswith(":"):
                raise _Unreadable
            self._prefixes[prefix[:-1]] = self._iri(self._next())
        else:
            self._next()
        if word.startswith("@"):
            self._expect(".")

    def _triples(self) -> None:
        at = self._token.at
        if self._is("["):
            self._next()
            inner = not self._is("]")
            if inner:
                self._about(_BLANK, at)
            self._expect("]")
            if inner and self._is("."):
                return
            self._about(_BLANK, at)
        elif self._is("("):
            self._about(self._list(lambda: None), at)
        else:
            self._about(self._resource(self._next()), at)

    def _about(self, subject: str, subject_at: int) -> None:
        """Predicates and objects up to the end of what is said about a subject."""
        while True:
            verb = self._next()
            predicate = RDF.type.value if verb.kind == "word" and verb.text == "a" else self._resource(verb)
            while True:
                self._object(subject, subject_at, predicate, verb.at)
                if not self._is(","):
                    break
                self._next()
            if not self._is(";"):
                return
            while self._is(";"):
                self._next()
            if self._is(".") or self._is("]"):
                return

    def _object(self, subject: str, subject_at: int, predicate: str, predicate_at: int) -> None:
        at = self._token.at

        def say(value: str = _BLANK) -> None:
            if predicate not in LIST_LINKS:
                self._found.append(Stated(subject, predicate, value, subject_at, predicate_at, at))

        if self._is("["):
            self._next()
            if not self._is("]"):
                self._about(_BLANK, at)
            self._expect("]")
            say()
        elif self._is("("):
            value = self._list(say)
            if value:
                say(value)
        else:
            say(self._value())

    def _list(self, say: Callable[[], None]) -> str:
        """Pass a list. The parser states that it is somebody's value before it states what its members say."""
        self._expect("(")
        if self._is(")"):
            self._next()
            return RDF.nil.value
        say()
        while not self._is(")"):
            self._object(_BLANK, 0, RDF.first.value, 0)
        self._next()
        return _BLANK

    def _value(self) -> str:
        token = self._next()
        if token.kind == "literal":
            if self._token.kind == "lang":
                self._next()
            elif self._token.kind == "datatype":
                self._next()
                self._resource(self._next())
            return _BLANK
        if token.kind == "number" or (token.kind == "word" and token.text in ("true", "false")):
            return _BLANK
        return self._resource(token)

    def _resource(self, token: _Token) -> str:
        if token.kind == "blank":
            return _BLANK
        if token.kind == "iri":
            return self._iri(token)
        if token.kind != "name":
            raise _Unreadable
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise _Unreadable
        return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)

    @staticmethod
    def _iri(token: _Token) -> str:
        if token.kind != "iri":
            raise _Unreadable
        return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), token.text[1:-1])


class Places:
    """
    Offsets of a text as lines and columns.

    Example:
        >>> Places("a\\nbc").of(3)
        Position(line=2, column=2)
    """

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", self._text))]

    def of(self, at: int) -> Position:
        """The place of the character at an offset."""
        line = bisect_right(self._starts, at)
        return Position(line, at - self._starts[line - 1] + 1)
