"""
What a store is, whichever engine it runs on.

A `Projection` follows the ledger and is written by one process. A `Snapshot` is one revision of it, for reading; what a
request holds from its first question to its last. Queries see the merge of all graphs unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, Self
from typing import Literal as LiteralType

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Triple

from ecograph.errors import DiskFull
from ecograph.namespaces import ECO, LEDGER_GRAPH, XSD
from ecograph.rdf.patch import Patch, Step

Subject = NamedNode | BlankNode
Object = NamedNode | BlankNode | Literal | Triple
Result = QuerySolutions | QueryBoolean | QueryTriples
Progress = Callable[[int, int], None]
"""Called with how many revisions are done, and how many there are."""

REVISION: Final = ECO.revision

# What the operating system says of a full disk, and engines repeat, in English whatever the locale.
_NO_SPACE: Final = "No space left on device"


@contextmanager
def room_in(place: Path | str) -> Iterator[None]:
    """
    Say of a full disk that it is full, and where.

    Raises:
        DiskFull: Something inside failed for want of space.
    """
    try:
        yield
    except OSError as error:
        if _NO_SPACE in str(error):
            raise DiskFull(directory=place) from error
        raise


def revision_quad(number: int) -> Quad:
    """
    The one statement of the ledger's graph: which revision a store shows.

    Example:
        >>> str(revision_quad(7).object)
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return Quad(LEDGER_GRAPH, REVISION, Literal(str(number), datatype=XSD.integer), LEDGER_GRAPH)


class Snapshot(Protocol):
    """One revision of the graph, for reading. Close it, so that what it stands on can be removed when it is old."""

    @property
    def revision(self) -> int:
        """The ledger's revision that this snapshot shows."""
        ...

    @property
    def path(self) -> Path | None:
        """Directory that another process may open for reading while this snapshot is held; None if there is none."""
        ...

    def quads(
        self,
        subject: Subject | None = None,
        predicate: NamedNode | None = None,
        object: Object | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        """The statements of named graphs that match; None matches anything."""
        ...

    def __contains__(self, quad: Quad, /) -> bool: ...

    def __len__(self) -> int:
        """How many statements named graphs hold."""
        ...

    def query(self, text: str) -> Result:
        """
        The answer to a SPARQL query of our own, whose default graph is the merge of all graphs: a triple that two
        publishers state is there once. Untrusted queries go to `query.workers`.

        Raises:
            SyntaxError: The query does not parse.
        """
        ...

    def close(self) -> None:
        """Let the snapshot go; closing twice is allowed."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> LiteralType[False] | None: ...


class Projection(Protocol):
    """
    A store that follows the ledger, one revision after the other. One thread writes at a time; the caller sees to it.

    What `apply` wrote is seen by readers only after `switch`, at once and whole.
    """

    @property
    def revision(self) -> int:
        """The revision that was applied last; 0 for an empty store."""
        ...

    @property
    def shown(self) -> int:
        """The revision that readers see."""
        ...

    def apply(self, number: int, patch: Patch) -> None:
        """
        Follow the ledger by one revision, wholly or not at all.

        Raises:
            ValueError: `number` is not the next revision.
            OSError: The engine could not write; the store has gone back to what readers see.
        """
        ...

    def switch(self) -> None:
        """Let readers see what has been applied."""
        ...

    def state(self) -> Snapshot:
        """What has been applied, for the writer alone and only until its next `apply`."""
        ...

    def snapshot(self) -> Snapshot:
        """What readers see."""
        ...

    def rebuild(self, steps: Iterable[Step], total: int = 0, progress: Progress | None = None) -> None:
        """
        Build the store anew from the first revision on, and switch to it when it is whole.

        Args:
            steps: Every revision in order.
            total: How many there are, for the progress.
            progress: Called after each.
        """
        ...

    def verify(self, steps: Iterable[Step]) -> int:
        """
        Compare what readers see with a replay of the ledger.

        Args:
            steps: Every revision up to the one that readers should see.

        Returns:
            How many statements were compared.

        Raises:
            StoreMismatch: How many statements are missing, and how many are too many.
        """
        ...

    def close(self) -> None:
        """Let the store go."""
        ...
