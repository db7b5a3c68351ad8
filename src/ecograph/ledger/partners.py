"""
Who may contribute: partners, and the tokens that speak for them.

A token is `eg_{id}_{secret}`. The ledger keeps a SHA-256 of the secret, which is 256 random bits and shown once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from pyoxigraph import NamedNode
from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.exc import IntegrityError

from ecograph.errors import BadParameter, BadToken, PartnerExists, UnknownLanguage, UnknownThing
from ecograph.identifiers import SLUG
from ecograph.ledger import tables
from ecograph.ledger.database import Database
from ecograph.ledger.writing import moment, plain
from ecograph.messages import LANGUAGES, Language

RESERVED: Final = frozenset(
    {"alignments", "concepts", "ecograph", "ledger", "ontology", "provenance", "shapes", "vocabulary"}
)
"""Names of graphs that are EcoGraph's own, so no partner can have them."""

MAX_DAYS: Final = 731
"""Longest life of a token: two years, so that a forgotten one does not stay open for ever."""

_MAX_SLUG: Final = 60  # leaves room for the name of a thing behind it
_MAX_TEXT: Final = 200  # characters of a name or label; one line in a list
_MAX_IRI: Final = 2000  # characters; longer than any IRI in use
_ID_BYTES: Final = 8
_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(rf"eg_([0-9a-f]{{{2 * _ID_BYTES}}})_([0-9a-f]{{{2 * _SECRET_BYTES}}})")
_NOBODYS: Final = "0" * 64  # compared with when there is no such token, so that it takes as long


class Role(StrEnum):
    """What a token may do; each role may also do what those before it may."""

    READER = "reader"
    CONTRIBUTOR = "contributor"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"

    def may(self, other: Role) -> bool:
        """
        Whether this role is at least the other.

        Example:
            >>> Role.REVIEWER.may(Role.CONTRIBUTOR), Role.READER.may(Role.CONTRIBUTOR)
            (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True)
class Partner:
    """
    An organisation that contributes.

    Args:
        slug: Its short name: the name of its graph, and the space of its things.
        name: What it is called.
        homepage: IRI of its home page.
        licence: IRI of the licence of what it contributes.
        language: The one it writes in.
        created_at: When it was added.
    """

    slug: str
    name: str
    homepage: str
    licence: str
    language: Language
    created_at: datetime


@dataclass(frozen=True)
class Token:
    """
    What is known of a token; its secret is not.

    Args:
        id: The part between the underscores.
        partner: Slug of the partner it speaks for.
        role: What it may do.
        label: Who or what uses it: `f"{partner}/{label}"` is what the ledger names.
        issued_at: When it was made.
        expires_at: From when on it opens nothing.
        revoked_at: Since when it opens nothing, if somebody took it back.
    """

    id: str
    partner: str
    role: Role
    label: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class Partners:
    """
    The partners of a ledger and their tokens; safe to use from several threads.

    Example:
        >>> partners = Partners(Database("sqlite://"))
        >>> with partners._database.write() as connection:
        ...     tables.METADATA.create_all(connection)
        >>> licence = "https://creativecommons.org/licenses/by/4.0/"
        >>> partner = partners.add("albertslund", "Albertslund Kommune", "https://albertslund.dk/", licence, "da")
        >>> token, secret = partners.issue("albertslund", Role.CONTRIBUTOR, "miljø")
        >>> partners.authenticate(secret) == token
        True

    Source:
        docs/decisions/0006-tokens.md.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, slug: str, name: str, homepage: str, licence: str, language: str = "en") -> Partner:
        """
        Add a partner.

        Args:
            slug: Small letters, digits and hyphens, at most 60; it cannot be changed later.
            name: What it is called, on one line.
            homepage: Its home page, `http` or `https`.
            licence: The licence of what it contributes, `http` or `https`.
            language: `da`, `sv` or `en`.

        Raises:
            PartnerExists: There is one with that slug.
            BadParameter: A value that cannot be used.
            UnknownLanguage: Another language.
            DiskFull: Nothing was added.
        """
        if not SLUG.fullmatch(slug) or len(slug) > _MAX_SLUG or slug in RESERVED:
            raise BadParameter(name="slug", value=plain(slug[:_MAX_TEXT]), expected="albertslund, lunds-kommun")
        fields = _checked(name=name, homepage=homepage, licence=licence, language=language)
        try:
            with self._database.write() as connection:
                connection.execute(tables.partner.insert().values(slug=slug, created_at=moment(), **fields))
        except IntegrityError as error:
            raise PartnerExists(slug=slug) from error
        return self.get(slug)

    def get(self, slug: str) -> Partner:
        """
        One partner.

        Raises:
            UnknownThing: No such partner.
        """
        with self._database.read() as connection:
            return _as_partner(_partner(connection, slug))

    def all(self) -> tuple[Partner, ...]:
        """Every partner, by slug."""
        with self._database.read() as connection:
            return tuple(map(_as_partner, connection.execute(select(tables.partner).order_by(tables.partner.c.slug))))

    def change(
        self,
        slug: str,
        *,
        name: str | None = None,
        homepage: str | None = None,
        licence: str | None = None,
        language: str | None = None,
    ) -> Partner:
        """
        Change what is said of a partner, where something is given. What it has published stays as it is.

        Raises:
            UnknownThing: No such partner.
            BadParameter: A value that cannot be used.
            UnknownLanguage: Another language.
            DiskFull: Nothing was changed.
        """
        given = {"name": name, "homepage": homepage, "licence": licence, "language": language}
        fields = _checked(**{key: value for key, value in given.items() if value is not None})
        with self._database.write() as connection:
            _partner(connection, slug)
            if fields:
                connection.execute(tables.partner.update().where(tables.partner.c.slug == slug).values(**fields))
            return _as_partner(_partner(connection, slug))

    def issue(self, partner: str, role: Role | str, label: str, days: float = 365) -> tuple[Token, str]:
        """
        Make a token.

        Args:
            partner: Slug of the partner it speaks for.
            role: What it may do.
            label: Who or what uses it, on one line: a desk or a machine rather than a person, because it stays.
            days: Its life, more than 0 and at most `MAX_DAYS`.

        Returns:
            The token, and the text that proves it, which is shown now and never again.

        Raises:
            UnknownThing: No such partner.
            BadParameter: A role, label or life that cannot be used.
            DiskFull: Nothing was issued.
        """
        if role not in list(Role):
            raise BadParameter(name="role", value=plain(str(role)[:_MAX_TEXT]), expected=", ".join(Role))
        if not 0 < days <= MAX_DAYS:
            raise BadParameter(name="days", value=days, expected=f"1–{MAX_DAYS}")
        label = _line("label", label, "miljøafdelingen")
        with self._database.write() as connection:
            _partner(connection, partner)
            return _issue(connection, partner, Role(role), label, moment(timedelta(days=days)), None)

    def session(self, token: Token, days: float) -> tuple[Token, str]:
        """
        Make a short-lived token that may do what another may, for a browser that has shown the other once.

        Args:
            token: The one it is opened with; the session ends with it at the latest.
            days: Its life, such as a third of a day.

        Returns:
            As `issue` does. No list of tokens shows it.

        Raises:
            BadToken: The token has been revoked.
            UnknownThing: There is no such token.
            DiskFull: Nothing was issued.
        """
        with self._database.write() as connection:
            row = _token(connection, token.id)
            if row.revoked_at is not None:
                raise BadToken(reason="revoked")
            expires_at = min(row.expires_at, moment(timedelta(days=days)))
            return _issue(connection, row.partner, Role(row.role), row.label, expires_at, row.parent or row.id)

    def authenticate(self, text: str) -> Token:
        """
        The token that a text proves. How long it takes says nothing about how much of the secret was right.

        Raises:
            BadToken: `unknown`, or if the secret is right, `revoked` or `expired`.
        """
        form = _TOKEN.fullmatch(text)
        token_id, secret = form.groups() if form else ("", "")
        with self._database.read() as connection:
            row = connection.execute(select(tables.token).where(tables.token.c.id == token_id)).one_or_none()
        proven = hmac.compare_digest(_digest(secret), row.secret_digest if row else _NOBODYS)
        if row is None or not proven:
            raise BadToken(reason="unknown")
        token = _as_token(row)
        if token.revoked_at is not None:
            raise BadToken(reason="revoked")
        if token.expires_at <= datetime.now(UTC):
            raise BadToken(reason="expired")
        return token

    def revoke(self, token_id: str) -> Token:
        """
        Take a token back, with the sessions that were opened with it; once taken back it stays so.

        Raises:
            UnknownThing: No such token.
            DiskFull: It still opens what it opened.
        """
        columns = tables.token.c
        with self._database.write() as connection:
            _token(connection, token_id)
            connection.execute(
                tables.token.update()
                .where(or_(columns.id == token_id, columns.parent == token_id), columns.revoked_at.is_(None))
                .values(revoked_at=moment())
            )
            return _as_token(_token(connection, token_id))

    def tokens(self, partner: str | None = None) -> tuple[Token, ...]:
        """The tokens, of one partner where given, also those that open nothing any more; oldest first; no sessions."""
        columns = tables.token.c
        query = select(tables.token).where(columns.parent.is_(None)).order_by(columns.issued_at, columns.id)
        if partner is not None:
            query = query.where(columns.partner == partner)
        with self._database.read() as connection:
            return tuple(map(_as_token, connection.execute(query)))


def _issue(
    connection: Connection, partner: str, role: Role, label: str, expires_at: str, parent: str | None
) -> tuple[Token, str]:
    token_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    connection.execute(
        tables.token.insert().values(
            id=token_id,
            partner=partner,
            role=role,
            label=label,
            secret_digest=_digest(secret),
            issued_at=moment(),
            expires_at=expires_at,
            parent=parent,
        )
    )
    return _as_token(_token(connection, token_id)), f"eg_{token_id}_{secret}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _partner(connection: Connection, slug: str) -> Row[Any]:
    row = connection.execute(select(tables.partner).where(tables.partner.c.slug == slug)).one_or_none()
    if row is None:
        raise UnknownThing(kind="partner", id=slug)
    return row


def _token(connection: Connection, token_id: str) -> Row[Any]:
    row = connection.execute(select(tables.token).where(tables.token.c.id == token_id)).one_or_none()
    if row is None:
        raise UnknownThing(kind="token", id=token_id)
    return row


def _as_partner(row: Row[Any]) -> Partner:
    created_at = datetime.fromisoformat(row.created_at)
    return Partner(row.slug, row.name, row.homepage, row.licence, row.language, created_at)


def _as_token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        partner=row.partner,
        role=Role(row.role),
        label=row.label,
        issued_at=datetime.fromisoformat(row.issued_at),
        expires_at=datetime.fromisoformat(row.expires_at),
        revoked_at=datetime.fromisoformat(row.revoked_at) if row.revoked_at else None,
    )


def _checked(**fields: str) -> dict[str, str]:
    """What is said of a partner, as it is kept."""
    found = dict(fields)
    if "name" in found:
        found["name"] = _line("name", found["name"], "Albertslund Kommune")
    for name in ("homepage", "licence"):
        if name in found:
            found[name] = _web_iri(name, found[name])
    if "language" in found and found["language"] not in LANGUAGES:
        raise UnknownLanguage(lang=plain(found["language"][:_MAX_TEXT]))
    return found


def _line(name: str, value: str, example: str) -> str:
    """One line of text, without space around it."""
    line = value.strip()
    if not line or len(line) > _MAX_TEXT or not line.isprintable():
        raise BadParameter(name=name, value=plain(value[:_MAX_TEXT]), expected=example)
    return line


def _web_iri(name: str, value: str) -> str:
    """An IRI that a browser can open."""
    iri = value.strip()
    try:
        parts = urlsplit(NamedNode(iri).value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and len(iri) <= _MAX_IRI
    except ValueError:
        usable = False
    if not usable:
        raise BadParameter(name=name, value=plain(value[:_MAX_TEXT]), expected="https://…")
    return iri
