"""What people read, in three languages."""

from __future__ import annotations

from ecograph import errors
from ecograph.messages import LANGUAGES, catalogue, language_of


class TestMessages:
    def test_every_message_stands_in_three_languages(self) -> None:
        """
        Each message has a Danish, a Swedish and an English text with the same placeholders.
        """
        messages = catalogue()  # raises where one is missing or placeholders differ
        assert len(messages) > 100
        assert all(set(message) == set(LANGUAGES) for message in messages.values())

    def test_every_error_has_its_message(self) -> None:
        """
        Each error that names its own code has a sentence that says what to do.
        """
        codes = {error.code for error in errors.known()}
        assert codes
        assert {f"error.{code}" for code in codes} <= set(catalogue())

    def test_no_two_errors_share_a_code(self) -> None:
        """
        A code leads to one error only.
        """
        codes = [error.code for error in errors.known()]
        assert len(codes) == len(set(codes))

    def test_norwegian_readers_get_danish(self) -> None:
        """
        Norwegian is served by Danish, and a language EcoGraph does not speak is told from one it does.
        """
        assert language_of("nb-NO") == "da"
        assert language_of("de") is None
