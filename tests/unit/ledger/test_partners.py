"""Partners and their tokens."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ecograph.errors import BadParameter, BadToken, PartnerExists, UnknownLanguage, UnknownThing
from ecograph.ledger.partners import RESERVED, Partner, Partners, Role
from ecograph.ledger.sql import Ledger
from ecograph.messages import catalogue
from ecograph.namespaces import GRAPH, LEDGER_GRAPH, PROVENANCE_GRAPH
from ecograph.shacl.shapes import SHAPES_GRAPH
from ecograph.vocabulary.ontology import ALIGNMENTS_GRAPH, CONCEPTS_GRAPH, ONTOLOGY_GRAPH

BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def partners(ledger: Ledger) -> Partners:
    return ledger.partners


@pytest.fixture
def albertslund(partners: Partners) -> Partner:
    return partners.add("albertslund", "Albertslund Kommune", "https://albertslund.dk/", BY, "da")


def reason(partners: Partners, text: str) -> object:
    with pytest.raises(BadToken) as caught:
        partners.authenticate(text)
    return caught.value.values["reason"]


class TestPartners:
    def test_partner_is_kept(self, partners: Partners, albertslund: Partner) -> None:
        """
        A partner is found by its short name, with its home page, licence and language.
        """
        lund = partners.add("lund", " Lunds kommun ", "https://lund.se/", BY, "sv")
        assert partners.get("albertslund") == albertslund
        assert lund.name == "Lunds kommun"
        assert partners.all() == (albertslund, lund)
        with pytest.raises(UnknownThing):
            partners.get("nobody")

    def test_short_name_is_given_once(self, partners: Partners, albertslund: Partner) -> None:
        """
        A second partner with the same short name is refused, and the first stays as it is.
        """
        with pytest.raises(PartnerExists):
            partners.add("albertslund", "En anden", "https://example.org/", BY)
        assert partners.all() == (albertslund,)

    @pytest.mark.parametrize(
        "slug", ["", "Albertslund", "a_b", "a--b", "a/b", "../a", "å", "a\n", "x" * 61, "a\ud800", *sorted(RESERVED)]
    )
    def test_short_name_names_a_graph(self, partners: Partners, slug: str) -> None:
        """
        A short name that could not name a graph, or that names one of EcoGraph's own, is refused.
        """
        with pytest.raises(BadParameter) as caught:
            partners.add(slug, "x", "https://example.org/", BY)
        caught.value.message("sv").encode()

    def test_own_graphs_are_reserved(self) -> None:
        """
        No partner can have the name of a graph that EcoGraph writes itself.
        """
        own = {ONTOLOGY_GRAPH, CONCEPTS_GRAPH, ALIGNMENTS_GRAPH, SHAPES_GRAPH, PROVENANCE_GRAPH, LEDGER_GRAPH}
        assert {GRAPH.local(graph) for graph in own} <= RESERVED

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", " "),
            ("name", "x" * 201),
            ("name", "to\nlinjer"),
            ("homepage", "albertslund.dk"),
            ("homepage", "javascript:alert(1)"),
            ("homepage", "https://"),
            ("homepage", "https://a b/"),
            ("licence", "file:///etc/passwd"),
            ("licence", "https://[::1"),
        ],
    )
    def test_description_is_checked(self, partners: Partners, albertslund: Partner, field: str, value: str) -> None:
        """
        A name of no or several lines, and addresses that no browser opens, are refused at once and on a change.
        """
        good = {"name": "Lunds kommun", "homepage": "https://lund.se/", "licence": BY}
        with pytest.raises(BadParameter):
            partners.add("lund", **{**good, field: value})
        with pytest.raises(BadParameter):
            partners.change("albertslund", **{field: value})
        assert partners.all() == (albertslund,)

    def test_change_touches_what_is_given(self, partners: Partners, albertslund: Partner) -> None:
        """
        A change alters what is given and leaves the rest.
        """
        changed = partners.change("albertslund", homepage="https://www.albertslund.dk/", language="en")
        assert changed == replace(albertslund, homepage="https://www.albertslund.dk/", language="en")
        assert partners.change("albertslund") == changed
        with pytest.raises(UnknownThing):
            partners.change("nobody", name="x")
        with pytest.raises(UnknownLanguage):
            partners.change("albertslund", language="de")


class TestTokens:
    def test_token_speaks_for_its_partner(self, partners: Partners, albertslund: Partner) -> None:
        """
        The text that is shown once proves a partner, a role and a label.
        """
        token, text = partners.issue("albertslund", "contributor", "miljøafdelingen", days=30)
        assert partners.authenticate(text) == token
        assert (token.partner, token.role, token.label) == ("albertslund", Role.CONTRIBUTOR, "miljøafdelingen")
        assert abs(token.expires_at - token.issued_at - timedelta(days=30)) < timedelta(seconds=5)
        assert text.startswith(f"eg_{token.id}_")
        assert partners.tokens() == partners.tokens("albertslund") == (token,)
        assert partners.tokens("another") == ()

    def test_secret_is_nowhere(self, partners: Partners, albertslund: Partner, path: Path) -> None:
        """
        Neither the database files nor the token's own description hold the secret, which has 256 bits.
        """
        token, text = partners.issue("albertslund", Role.READER, "skrivebord")
        secret = text.rpartition("_")[2]
        assert re.fullmatch("[0-9a-f]{64}", secret)
        assert secret not in repr(token)
        assert not any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())
        assert partners.issue("albertslund", Role.READER, "skrivebord")[1] != text

    def test_nothing_else_opens(self, partners: Partners, albertslund: Partner) -> None:
        """
        A wrong, cut, longer or foreign text opens nothing, and what is said about it does not tell them apart.
        """
        token, text = partners.issue("albertslund", Role.ADMINISTRATOR, "skrivebord")
        _, other = partners.issue("albertslund", Role.READER, "skrivebord")
        wrong = [
            "",
            "eg_",
            f"eg_{token.id}_",
            f"eg_{token.id}_{'0' * 64}",
            f"eg_{token.id}_{other.rpartition('_')[2]}",
            text[:-1],
            text + "0",
            text + "\n",
            text.upper(),
            f"eg_{'0' * 16}_{text.rpartition('_')[2]}",
            "\ud800\0" * 1000,
        ]
        assert {reason(partners, each) for each in wrong} == {"unknown"}

    def test_token_ends(self, partners: Partners, albertslund: Partner) -> None:
        """
        A token that has expired opens nothing, and says so to whoever holds its secret.
        """
        token, text = partners.issue("albertslund", Role.READER, "skrivebord", days=1e-7)
        time.sleep(0.02)
        assert reason(partners, text) == "expired"
        assert reason(partners, f"eg_{token.id}_{'0' * 64}") == "unknown"

    def test_token_is_revoked(self, partners: Partners, albertslund: Partner) -> None:
        """
        A token that was taken back opens nothing from that moment on, and stays taken back.
        """
        token, text = partners.issue("albertslund", Role.READER, "skrivebord")
        _, other = partners.issue("albertslund", Role.READER, "et andet")
        revoked = partners.revoke(token.id)
        assert revoked.revoked_at is not None
        assert reason(partners, text) == "revoked"
        assert partners.revoke(token.id) == revoked
        assert partners.authenticate(other)
        with pytest.raises(UnknownThing):
            partners.revoke("nothing")

    @pytest.mark.parametrize(
        ("role", "label", "days"),
        [
            ("king", "x", 1.0),
            ("reader", "", 1.0),
            ("reader", "a\nb", 1.0),
            ("reader", "x", 0.0),
            ("reader", "x", -1.0),
            ("reader", "x", 1e9),
            ("reader", "x", float("nan")),
        ],
    )
    def test_token_that_cannot_be(
        self, partners: Partners, albertslund: Partner, role: str, label: str, days: float
    ) -> None:
        """
        A role that does not exist, a label that is no line, and a life that never was or never ends are refused.
        """
        with pytest.raises(BadParameter):
            partners.issue("albertslund", role, label, days)
        assert partners.tokens() == ()

    def test_token_needs_its_partner(self, partners: Partners) -> None:
        """
        Nobody speaks for a partner that is not there.
        """
        with pytest.raises(UnknownThing):
            partners.issue("nobody", Role.READER, "x")


class TestSessions:
    def test_session_may_what_its_token_may(self, partners: Partners, albertslund: Partner) -> None:
        """
        A session speaks for the same partner with the same role and label, for a shorter time, and is in no list.
        """
        token, _ = partners.issue("albertslund", Role.REVIEWER, "miljø", days=1)
        session, text = partners.session(token, 0.5)
        assert partners.authenticate(text) == session
        assert (session.partner, session.role, session.label) == ("albertslund", Role.REVIEWER, "miljø")
        assert session.expires_at < token.expires_at
        assert partners.session(token, 3)[0].expires_at == token.expires_at
        assert partners.tokens() == (token,)

    def test_session_ends_with_its_token(self, partners: Partners, albertslund: Partner) -> None:
        """
        Taking a token back ends every session that was opened with it, also by way of another session, and opens no
        new one; leaving a session ends only that one.
        """
        token, text = partners.issue("albertslund", Role.REVIEWER, "miljø")
        session, first = partners.session(token, 0.5)
        _, second = partners.session(session, 0.5)
        left, third = partners.session(token, 0.5)
        partners.revoke(left.id)
        assert reason(partners, third) == "revoked"
        assert partners.authenticate(first)
        partners.revoke(token.id)
        assert {reason(partners, each) for each in (text, first, second)} == {"revoked"}
        with pytest.raises(BadToken):
            partners.session(token, 0.5)


class TestRoles:
    def test_each_role_may_what_those_before_it_may(self) -> None:
        """
        Reader, contributor, reviewer and administrator may each what the ones before may; each has its words.
        """
        order = [Role.READER, Role.CONTRIBUTOR, Role.REVIEWER, Role.ADMINISTRATOR]
        for position, role in enumerate(order):
            assert [role.may(other) for other in order] == [place <= position for place in range(4)]
            assert {f"ledger.role.{role}", f"ledger.needed.{role}"} <= set(catalogue())
