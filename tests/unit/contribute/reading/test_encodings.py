"""Facts about how bytes become text."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecograph.contribute.reading.encodings import Undecodable, decode, repair

WORDS = [
    "Ærø",
    "Ålborg",
    "Malmö",
    "Älvdalen",
    "Östersund",
    "København",
    "blåbærgrød",
    "ÆBLEGRØD",
    "Öresund",
    "kø",
    "Ø-bus",
]
NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (cp850)"}


class TestDecode:
    @pytest.mark.parametrize("codec", NAMES)
    @pytest.mark.parametrize("word", WORDS)
    def test_one_word_tells_the_code_page(self, word: str, codec: str) -> None:
        """
        A single Danish or Swedish word is enough to tell the code page it is written in.
        """
        decoded = decode(f"id;{word};x".encode(codec))
        assert (decoded.text, decoded.encoding) == (f"id;{word};x", NAMES[codec])

    @given(st.lists(st.sampled_from(WORDS), min_size=1), st.sampled_from(sorted(NAMES)))
    def test_any_words_tell_it(self, words: list[str], codec: str) -> None:
        """
        Whatever words a file holds, they come out as they were written.
        """
        assert decode("\n".join(words).encode(codec)).text == "\n".join(words)

    @given(st.text().filter(lambda text: "\x00" not in text and not text.startswith("\ufeff")))
    def test_utf8_is_taken_at_its_word(self, text: str) -> None:
        """
        What is UTF-8 is read as UTF-8, except where it was encoded twice.
        """
        decoded = decode(text.encode("utf-8", "replace"))
        assert decoded.encoding in ("UTF-8", "UTF-16", "UTF-32") or decoded.repaired
        if not decoded.repaired:
            assert decoded.text == text.encode("utf-8", "replace").rstrip(b"\x1a").decode()

    @pytest.mark.parametrize("data", [b"a\x00b", b"\xff\xfea", bytes(100)])
    def test_binary_content_is_no_text(self, data: bytes) -> None:
        """
        Bytes that are no text are refused.
        """
        with pytest.raises(Undecodable):
            decode(data)

    @given(st.binary(max_size=400))
    def test_any_bytes_end_in_text_or_a_refusal(self, data: bytes) -> None:
        """
        No bytes make reading fail in another way.
        """
        with contextlib.suppress(Undecodable):
            assert isinstance(decode(data).text, str)


class TestRepair:
    @pytest.mark.parametrize("codec", ["cp1252", "mac_roman", "cp850"])
    def test_what_was_encoded_twice_comes_back(self, codec: str) -> None:
        """
        Text in UTF-8 that was read as a code page is put right where nothing is lost.
        """
        garbled = "Smørrebrød på Ærø".encode().decode(codec)
        assert repair(garbled) == ("Smørrebrød på Ærø", 1, 0)

    def test_what_would_not_come_back_whole_stays(self) -> None:
        """
        A line with sound letters beside garbled ones is left as it is and counted.
        """
        assert repair("Ã¸ og ø\nGrÃ¸n\n") == ("Ã¸ og ø\nGrøn\n", 1, 1)

    @given(st.text(alphabet="aæøåäöÆØÅÄÖé –’;\n", max_size=60))
    def test_sound_text_is_left_alone(self, text: str) -> None:
        """
        Danish and Swedish text is never taken for garbled.
        """
        assert repair(text) == (text, 0, 0)
