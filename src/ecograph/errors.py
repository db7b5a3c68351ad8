"""
Every error EcoGraph raises on purpose, sorted by who can put it right.

    EcoGraphError
    ├── ContributionError     the partner: their file
    │   ├── SyntaxFault       Turtle or N-Triples that does not parse
    │   ├── UnreadableTable   a CSV or XLSX file that cannot be read
    │   ├── UnknownTemplate   no class has that template
    │   ├── TooLarge          a limit on size, rows or triples
    │   ├── RefusedFormat     a format that is for output only
    │   ├── MissingRequirement another contribution must come first
    │   ├── Rejected          the findings stop publication
    │   ├── ContributionTimeout stopped at the deadline
    │   ├── ContributionTooBig stopped at the memory limit, or nested too deeply
    │   └── ContributionBusy  no worker is free
    ├── QueryError            the analyst: their SPARQL
    │   ├── QuerySyntax       does not parse
    │   ├── QueryRefused      asks for what is never allowed (update, SERVICE, ...)
    │   ├── QueryTimeout      stopped at the deadline
    │   ├── QueryTooBig       stopped at the memory or row limit
    │   ├── QueryTooComplex   nested too deeply or too long for the engine
    │   └── QueryBusy         no worker is free
    ├── RequestError          the coordinator: their question
    │   ├── UnknownThing      no such need, actor, concept
    │   ├── UnknownPage       a page of a list that is not there
    │   ├── UnknownMoment     before the first revision, or yet to come
    │   ├── UnknownLanguage   not da, sv or en
    │   ├── BadParameter      a value outside its range
    │   ├── TooManyChanges    a difference over the limit
    │   ├── BadGoldSet        judged needs that cannot be read
    │   ├── WrongState        a step that the contribution's state does not allow
    │   ├── VersionConflict   somebody changed the contribution meanwhile
    │   ├── EntryChanged      somebody changed the entry of a shortlist meanwhile
    │   ├── KeyReused         an idempotency key that stood for another request
    │   ├── BadToken          a token that is unknown, expired or revoked
    │   ├── Forbidden         a step that needs another role
    │   ├── PartnerExists     a partner with that name is there already
    │   └── WithdrawalConflict later contributions changed the same statements
    └── ServiceError          the operator: the machine and its data
        ├── AlreadyOpen       another instance holds the data directory
        ├── PortTaken         the port is in use
        ├── DiskFull          no space to make a commit durable
        ├── WeightsFault      a number that steers matching is missing or wrong
        ├── LedgerBroken      the hash chain does not verify
        ├── StoreMismatch     the store is not what the ledger says
        ├── StoreBehind       recorded in the ledger, not yet shown by the store
        ├── StoreUnavailable  the server that holds the graph does not answer, or refuses
        ├── StoreForeign      a server's dataset that holds something else
        ├── NotLoaded         the data directory holds no graph yet
        ├── ReadOnly          opened for reading, so nothing can be written
        ├── NoHistory         earlier revisions are not kept here
        ├── Unreachable       no EcoGraph answers at an address
        ├── HarvestStopped    somebody else's endpoint gave no usable answer
        ├── EmbedderUnavailable the language model cannot be used
        └── RemoteProblem     what a service at another address says went wrong

An error carries what a person needs to act, and a `code` that stays when the wording changes. The wording in three
languages is the message `error.<code>` in `locales/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ecograph.messages import Language, catalogue, text


class EcoGraphError(Exception):
    """
    Anything that goes wrong on purpose: a stable `code`, the values of its message, and the exit code of the CLI.

    The keyword arguments are the placeholders of the message `error.<code>`.
    """

    code = "error"
    exit_code = 3

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.message("en"))

    def message(self, lang: Language) -> str:
        """What happened and what to do, in the reader's language."""
        return text(f"error.{self.code}", lang, **self.values)


class ContributionError(EcoGraphError):
    """Something in a partner's file that the partner can put right."""

    exit_code = 1


class SyntaxFault(ContributionError):
    """
    Turtle or N-Triples that does not parse.

    Values: `file`, `line`, `column`, `detail` (the parser's words), `reason` (a key of `rdf.fault`), `value`.
    """

    code = "syntax"

    def message(self, lang: Language) -> str:
        """Where it does not parse, and why."""
        said = text(f"rdf.fault.{self.values['reason']}", lang, value=self.values["value"])
        return text(f"error.{self.code}", lang, **{**self.values, "said": said})


class UnreadableTable(ContributionError):
    """A table that cannot be read. Values: `file`, `reason` (a key of `contribution.unreadable`) and its values."""

    code = "unreadable-table"

    def message(self, lang: Language) -> str:
        """Why it cannot be read, and what to do."""
        detail = text(f"contribution.unreadable.{self.values['reason']}", lang, **self.values)
        return text(f"error.{self.code}", lang, **{**self.values, "detail": detail})


class UnknownTemplate(ContributionError):
    """No class has that template. Values: `name`, `known`; `file` where neither its name nor its headings tell."""

    code = "unknown-template"
    exit_code = 2

    def message(self, lang: Language) -> str:
        """Which there are; of a file, how it can be made plain."""
        if "file" in self.values:
            return text("contribution.unclear-template", lang, file=self.values["file"])
        return super().message(lang)


class TooLarge(ContributionError):
    """A contribution over a limit. Values: `file`, `what` (a key of `limit`), `limit`, `found`."""

    code = "too-large"

    def message(self, lang: Language) -> str:
        """Which limit it is over, and what to do."""
        shown = {
            name: f"{value:_}".replace("_", "\u00a0") if isinstance(value, int) else value
            for name, value in self.values.items()
        }
        return text(f"error.{self.code}", lang, said=text(f"limit.{self.values['what']}", lang, **shown), **shown)


class RefusedFormat(ContributionError):
    """A format that is for output only. Values: `file`, `format`."""

    code = "refused-format"


class MissingRequirement(ContributionError):
    """A contribution builds on others that are nowhere. Values: `title`, `missing`."""

    code = "missing-requirement"


class Rejected(ContributionError):
    """Findings stop publication. Values: `title`, `count`; `findings`: the whole report, the stopping ones first."""

    code = "rejected"
    findings: Sequence[Any] = ()


class ContributionTimeout(ContributionError):
    """A file whose check was stopped at the deadline. Values: `seconds`."""

    code = "contribution-timeout"


class ContributionTooBig(ContributionError):
    """A file that needs more than a check may take, or is nested too deeply. Values: `limit`."""

    code = "contribution-too-big"


class ContributionBusy(ContributionError):
    """Every worker is taken. Values: `seconds` until another try is worth it."""

    code = "contribution-busy"
    exit_code = 3


class QueryError(EcoGraphError):
    """A SPARQL query that the analyst can put right."""

    exit_code = 2


class QuerySyntax(QueryError):
    """A query that does not parse. Values: `line`, `column`, `detail`."""

    code = "query-syntax"


class QueryRefused(QueryError):
    """A query that asks for what is never allowed. Values: `feature`."""

    code = "query-refused"


class QueryTimeout(QueryError):
    """A query stopped at its deadline. Values: `seconds`; see `_with_cost` for more."""

    code = "query-timeout"

    def message(self, lang: Language) -> str:
        """At which deadline, and which pattern is likely to cost most."""
        return _with_cost(self, super().message(lang), lang)


class QueryTooBig(QueryError):
    """A query stopped at its memory or size limit. Values: `limit`; see `_with_cost` for more."""

    code = "query-too-big"

    def message(self, lang: Language) -> str:
        """At which limit, and which pattern is likely to cost most."""
        return _with_cost(self, super().message(lang), lang)


def _with_cost(error: QueryError, said: str, lang: Language) -> str:
    """What is said of a stopped query, with its costly pattern: `cost` (a key of `sparql.cost`), `line`, `pattern`."""
    if "cost" not in error.values:
        return said
    key = f"sparql.cost.{error.values['cost']}"
    values = {name: error.values[name] for name in ("line", "pattern")}
    return f"{said} {text(key, lang, **values)}"


class QueryTooComplex(QueryError):
    """A query nested too deeply or too long for the engine. Values: `levels`, `size`: what it may have."""

    code = "query-too-complex"


class QueryBusy(QueryError):
    """Every worker is taken. Values: `seconds` until another try is worth it."""

    code = "query-busy"
    exit_code = 3


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


class TooManyChanges(RequestError):
    """More statements changed between two revisions than one answer holds. Values: `limit`."""

    code = "too-many-changes"


class BadGoldSet(RequestError):
    """A gold set that cannot be read, or that says what it must not. Values: `file`, `detail`."""

    code = "bad-gold-set"


class WrongState(RequestError):
    """A step that the contribution's state does not allow. Values: `id`, `state`, `wanted`."""

    code = "wrong-state"

    def message(self, lang: Language) -> str:
        """The state it is in and the one it cannot reach, in words."""
        words = {name: text(f"ledger.state.{self.values[name]}", lang) for name in ("state", "wanted")}
        return text(f"error.{self.code}", lang, **{**self.values, **words})


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
    """A token that opens nothing. Values: `reason` (a key of `ledger.token`)."""

    code = "bad-token"

    def message(self, lang: Language) -> str:
        """Why it opens nothing, and where to get another."""
        reason = text(f"ledger.token.{self.values['reason']}", lang)
        return text(f"error.{self.code}", lang, **{**self.values, "reason": reason})


class Forbidden(RequestError):
    """A step that the token's role does not allow. Values: `needed` (a key of `ledger.needed`, such as a role)."""

    code = "forbidden"

    def message(self, lang: Language) -> str:
        """Who may do it."""
        needed = text(f"ledger.needed.{self.values['needed']}", lang)
        return text(f"error.{self.code}", lang, **{**self.values, "needed": needed})


class PartnerExists(RequestError):
    """There is a partner with that short name. Values: `slug`."""

    code = "partner-exists"


class WithdrawalConflict(RequestError):
    """Later revisions changed the same statements. Values: `id`, `count`, `revisions`."""

    code = "withdrawal-conflict"


class NotAcceptable(RequestError):
    """None of the formats asked for can be written. Values: `available`."""

    code = "not-acceptable"


class ServiceError(EcoGraphError):
    """Something the operator of this machine can put right."""


class AlreadyOpen(ServiceError):
    """Another instance holds the data directory. Values: `directory`, `pid`."""

    code = "already-open"


class PortTaken(ServiceError):
    """The port is in use. Values: `port`."""

    code = "port-taken"


class DiskFull(ServiceError):
    """No space to make a commit durable; nothing was acknowledged. Values: `directory`."""

    code = "disk-full"


class WeightsFault(ServiceError):
    """
    A number that steers matching is missing or wrong, so that nothing can be matched.

    Values: `name` of the number, `reason` (a key of `weights.fault`) and its values.
    """

    code = "weights-fault"

    def message(self, lang: Language) -> str:
        """Which number, and what is wrong with it."""
        detail = text(f"weights.fault.{self.values['reason']}", lang, **self.values)
        return text(f"error.{self.code}", lang, detail=detail, **self.values)


class LedgerBroken(ServiceError):
    """The hash chain does not verify. Values: `revision`, `fault` (a key of `ledger.fault`)."""

    code = "ledger-broken"

    def message(self, lang: Language) -> str:
        """Which revision, and what is wrong with it."""
        detail = text(f"ledger.fault.{self.values['fault']}", lang)
        return text(f"error.{self.code}", lang, detail=detail, **self.values)


class StoreMismatch(ServiceError):
    """The store is not what the ledger says. Values: `missing`, `extra`."""

    code = "store-mismatch"


class StoreBehind(ServiceError):
    """A revision is safely recorded but the store could not follow. Values: `revision`, `detail`."""

    code = "store-behind"


class StoreUnavailable(ServiceError):
    """
    The server that holds the graph does not answer, or refuses.

    Values: `url`, `fault` (a key of `store.fault`), `detail` (the server's own words).
    """

    code = "store-unavailable"

    def message(self, lang: Language) -> str:
        """What is wrong with the server, and what it said itself."""
        what = text(f"store.fault.{self.values['fault']}", lang)
        return text(f"error.{self.code}", lang, what=what, **self.values)


class StoreForeign(ServiceError):
    """A server's dataset holds data that EcoGraph did not write where it would write. Values: `url`."""

    code = "store-foreign"


class NotLoaded(ServiceError):
    """The data directory holds no graph yet. Values: `directory`."""

    code = "not-loaded"


class ReadOnly(ServiceError):
    """This EcoGraph was opened for reading, so that nothing can be contributed or decided."""

    code = "read-only"


class NoHistory(ServiceError):
    """This EcoGraph was opened for reading, so that it knows the present revision only."""

    code = "no-history"


class Unreachable(ServiceError):
    """No EcoGraph answers at an address. Values: `endpoint`."""

    code = "unreachable"


class HarvestStopped(ServiceError):
    """
    Somebody else's SPARQL endpoint gave no usable answer. Values: `endpoint`, `reason` (a key of `federate.reason`),
    `detail`.
    """

    code = "harvest-stopped"

    def message(self, lang: Language) -> str:
        """Why, and that what was fetched is kept."""
        said = text(f"federate.reason.{self.values['reason']}", lang, detail=self.values["detail"])
        return text(f"error.{self.code}", lang, **{**self.values, "said": said})


class EmbedderUnavailable(ServiceError):
    """
    The language model cannot be used; matching goes on without. Values: `state` (a key of `meaning.state`), `detail`.
    """

    code = "embedder-unavailable"

    def __init__(self, *, state: str, detail: str) -> None:
        self.state = state
        super().__init__(state=state, detail=detail)

    def message(self, lang: Language) -> str:
        """What is wrong with it, and what that means for an answer."""
        return text(f"error.{self.code}", lang, said=text(f"meaning.state.{self.values['state']}", lang), **self.values)


class RemoteProblem(ServiceError):
    """
    What a service at another address says went wrong, where no error here has that code. Values: `endpoint`, `detail`
    (its words); `findings` as REST writes them.
    """

    code = "remote-problem"
    findings: Sequence[Any] = ()


def known(base: type[EcoGraphError] = EcoGraphError) -> tuple[type[EcoGraphError], ...]:
    """Every error with a code of its own, in the order of the tree."""
    found: list[type[EcoGraphError]] = []
    for child in base.__subclasses__():
        found += [child] if "code" in vars(child) else []
        found += known(child)
    return tuple(found)


def told(code: str, endpoint: str, detail: str, members: Mapping[str, Any]) -> EcoGraphError:
    """
    An error that a service at another address tells of: of the class that has its code here, in the service's words.

    Args:
        code: As the service names it.
        endpoint: Where the service is.
        detail: Its words.
        members: The problem as it came; they are the error's `values`.

    Example:
        >>> error = told("query-syntax", "https://example.org/", "Line 1: expected }", {"line": 1, "column": 9})
        >>> isinstance(error, QuerySyntax), error.values["line"], str(error)
        (True, 1, 'Line 1: expected }')
    """
    error = _told_kind(code)(**{**members, "endpoint": endpoint, "detail": detail})
    findings = [each for each in members.get("errors", ()) if isinstance(each, dict) and "severity" in each]
    if isinstance(error, RemoteProblem | Rejected):
        error.findings = findings
    return error


class _Told(EcoGraphError):
    """Says what somebody else has said, in their words and language."""

    def __init__(self, **values: object) -> None:
        EcoGraphError.__init__(self, **values)

    def message(self, lang: Language) -> str:
        """Their words."""
        return str(self.values["detail"])


@cache
def _told_kind(code: str) -> type[EcoGraphError]:
    kind = next((each for each in known() if each.code == code), RemoteProblem)
    if kind is RemoteProblem:
        return kind
    return type(kind.__name__, (_Told, kind), {"__doc__": kind.__doc__, "__module__": kind.__module__})
