"""For whoever asks: what is wrong with the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ecograph.errors.base import EcoGraphError
from ecograph.messages import Language, catalogue, text


class RequestError(EcoGraphError):
    """A question that the person asking can put right."""

    exit_code = 2


class UnknownThing(RequestError):
    """No such thing in the graph. Values: `kind`, `id`."""

    code = "unknown-thing"

    def message(self, lang: Language) -> str:
        """What is not there; the kind in words where `error-kind` has them, else as it stands in the address."""
        kind = str(self.values["kind"])
        named = catalogue().get(f"error-kind.{kind}", {})
        return text(f"error.{self.code}", lang, kind=named.get(lang, kind), id=self.values["id"])


class UnknownPage(RequestError):
    """A cursor that leads to no page of the list. Values: `cursor`."""

    code = "unknown-page"


class UnknownMoment(RequestError):
    """No revision of that number or moment. Values: `moment`, `first`, `last` (numbers), `begins`, `ends` (moments)."""

    code = "unknown-moment"


class UnknownLanguage(RequestError):
    """A language EcoGraph does not speak. Values: `lang`."""

    code = "unknown-language"


class BadParameter(RequestError):
    """A value outside its range. Values: `name`, `value`, `expected`."""

    code = "bad-parameter"


class BadValue(BadParameter):
    """
    A value that a question of the catalogue does not take.

    Values: `name`, `value`, `expected`, `reason` (which message below `queries.refused`), `example`.
    """

    def message(self, lang: Language) -> str:
        """What is wrong with it, and an example of what is not."""
        return text(f"queries.refused.{self.values['reason']}", lang, **self.values)


class UnknownParameter(BadParameter):
    """A parameter that a list does not have. Values: `name`, `value`, `expected`."""

    def message(self, lang: Language) -> str:
        """Which one, and those it has."""
        return text("web.unknown-parameter", lang, **self.values)


class TooManyChanges(RequestError):
    """More statements changed between two revisions than one answer holds. Values: `limit`."""

    code = "too-many-changes"


class BadGoldSet(RequestError):
    """A gold set that cannot be read, or that says what it must not. Values: `file`, `detail`."""

    code = "bad-gold-set"


class WrongState(RequestError):
    """A step that the contribution's state does not allow. Values: `id`, `state`, `wanted`."""

    code = "wrong-state"
    in_words: ClassVar[Mapping[str, str]] = {"state": "ledger.state.{state}", "wanted": "ledger.state.{wanted}"}


class VersionConflict(RequestError):
    """The contribution was changed since it was read. Values: `id`, `current`, `given` (versions)."""

    code = "version-conflict"


class EntryChanged(RequestError):
    """The entry of a shortlist was changed since it was read. Values: `current`, `given` (versions)."""

    code = "entry-changed"


class KeyReused(RequestError):
    """An idempotency key that stood for another request within the last day. Values: `key`."""

    code = "key-reused"


class BadToken(RequestError):
    """A token that is unknown, expired or revoked. Values: `reason` (a key of `ledger.token`)."""

    code = "bad-token"
    in_words: ClassVar[Mapping[str, str]] = {"reason": "ledger.token.{reason}"}


class Forbidden(RequestError):
    """A step that the token's role does not allow. Values: `needed` (a key of `ledger.needed`, such as a role)."""

    code = "forbidden"
    in_words: ClassVar[Mapping[str, str]] = {"needed": "ledger.needed.{needed}"}


class PartnerExists(RequestError):
    """There is a partner with that short name. Values: `slug`."""

    code = "partner-exists"


class WithdrawalConflict(RequestError):
    """Later revisions changed the same statements. Values: `id`, `count`, `revisions`."""

    code = "withdrawal-conflict"


class NotAcceptable(RequestError):
    """None of the formats asked for can be written. Values: `available`."""

    code = "not-acceptable"
