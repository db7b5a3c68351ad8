"""Facts about the addresses and texts that EcoGraph takes from others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.namespaces import BASE
from ecograph.rdf.terms import MAX_IRI, MAX_TEXT, iri_fault, text_fault, visible


class TestAddresses:
    @pytest.mark.parametrize(
        "iri",
        [
            "https://www.dtu.dk/forskning?id=1&lang=da#top",
            "http://localhost:8000/x",
            "https://malmö.se/behov/skyfall",
            "https://xn--malm-8qa.se/",
            "https://example.org/K%C3%B8benhavn",
            "https://example.org/日本語",
            "https://example.org/a..b/...",
            "https://doi.org/10.1000/182(1)",
            f"{BASE}id/need/albertslund_skybrud",
            f"{BASE}id/participation/innotech--gate-21--lead",
            f"{BASE}concept/topic/water",
            f"{BASE}ns#Need",
            f"{BASE}shapes#Need-title",
            "https://w3id.org/ecographic/x",
        ],
    )
    def test_ordinary_addresses_are_taken(self, iri: str) -> None:
        """
        Addresses as people have them are taken, with letters of any language in their path.
        """
        assert iri_fault(iri) is None

    @pytest.mark.parametrize(
        ("iri", "code"),
        [
            ("javascript:alert(1)", "bad-iri"),
            ("https://", "bad-iri"),
            ("https://a b.dk/", "bad-iri"),
            ("https:///path", "bad-iri"),
            ("https://[::1]/", "bad-iri"),
            ("https://a..dk/", "bad-iri"),
            ("https://example.org/<x>", "bad-iri"),
            ("HTTPS://example.org/", "bad-iri"),
            ("https://user:secret@example.org/", "iri-login"),
            ("https://аrhus.dk/", "iri-letters"),
            ("https://xn--rhus-53d.dk/", "iri-letters"),
            ("https://example.org\u200b/", "hidden-in-iri"),
            ("https://malmo\u0308.se/", "decomposed-iri"),
            ("https://example.org/a/./b", "malformed-iri"),
            ("https://example.org/a/%2E%2E/b", "malformed-iri"),
            ("https://example.org/100%", "malformed-iri"),
            ("https://w3id.org/ecograph//id/need/x", "malformed-iri"),
            ("https://w3id.org./ecograph/id/need/x", "malformed-iri"),
            ("https://w3id.org/ecograph/id/need/X", "malformed-iri"),
            ("https://w3id.org/ecograph/id/need/x?y", "malformed-iri"),
            ("https://w3id.org/ecograph/id/need/x/", "malformed-iri"),
            ("HTTPS://W3ID.ORG/ecograph/id/need/x", "malformed-iri"),
            ("https://w3id.org/%65cograph/id/need/x", "malformed-iri"),
            ("https://example.org/" + "x" * MAX_IRI, "long-iri"),
        ],
    )
    def test_others_have_their_code(self, iri: str, code: str) -> None:
        """
        An address that is not what it seems has a code that says why.
        """
        assert iri_fault(iri) == code

    @given(st.text(max_size=60))
    def test_anything_has_an_answer(self, text: str) -> None:
        """
        No text is too strange for an answer, and what is taken is a web address.
        """
        for candidate in (text, f"https://{text}", f"https://example.org/{text}", f"{BASE}{text}"):
            if iri_fault(candidate) is None:
                assert candidate.startswith(("http://", "https://"))
                assert visible(candidate, MAX_IRI) == candidate


class TestTexts:
    @pytest.mark.parametrize(
        "text", ["Varsling ved skybrud", "a\tb\nc\r\n", "90 % – “så” … €", "👩‍🔬", "vand\u00adløb", "日本"]
    )
    def test_ordinary_texts_are_taken(self, text: str) -> None:
        """
        Line breaks, soft hyphens, emoji and other scripts are texts.
        """
        assert text_fault(text) is None

    @pytest.mark.parametrize("mark", ["\x00", "\x07", "\x85", "\u202e", "\u2066", "\ue000", "\ufffe", "\U000e0041"])
    def test_hidden_marks_are_not(self, mark: str) -> None:
        """
        Control characters, turned writing and characters that nobody has defined are no text.
        """
        assert text_fault(f"Varsling{mark}ved skybrud") == "hidden-in-text"

    def test_long_texts_are_not(self) -> None:
        """
        A text of a small book is too long.
        """
        assert text_fault("x" * MAX_TEXT) is None
        assert text_fault("x" * (MAX_TEXT + 1)) == "long-text"
