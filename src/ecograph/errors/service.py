"""For the operator: what is wrong with the machine and its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ecograph.errors.base import EcoGraphError


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
    in_words: ClassVar[Mapping[str, str]] = {"detail": "weights.fault.{reason}"}


class LedgerBroken(ServiceError):
    """The hash chain does not verify. Values: `revision`, `fault` (a key of `ledger.fault`)."""

    code = "ledger-broken"
    in_words: ClassVar[Mapping[str, str]] = {"detail": "ledger.fault.{fault}"}


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
    in_words: ClassVar[Mapping[str, str]] = {"what": "store.fault.{fault}"}


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
    in_words: ClassVar[Mapping[str, str]] = {"said": "federate.reason.{reason}"}


class EmbedderUnavailable(ServiceError):
    """
    The language model cannot be used; matching goes on without. Values: `state` (a key of `meaning.state`), `detail`.
    """

    code = "embedder-unavailable"
    in_words: ClassVar[Mapping[str, str]] = {"said": "meaning.state.{state}"}

    def __init__(self, *, state: str, detail: str) -> None:
        self.state = state
        super().__init__(state=state, detail=detail)


class RemoteProblem(ServiceError):
    """
    What a service at another address says went wrong, where no error here has that code. Values: `endpoint`, `detail`
    (its words); `findings` as REST writes them.
    """

    code = "remote-problem"
    findings: Sequence[Any] = ()
