"""Models that an operator has beside the one that ships: a folder for sentence-transformers, a service over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urldefrag

import httpx
import numpy as np

from ecograph.errors import EmbedderUnavailable
from ecograph.text.embedding import RECIPE, Floats, Role, unit

TIMEOUT_S: Final[Mapping[Role, float]] = {"query": 5.0, "passage": 60.0}
"""Somebody waits for the answer to a question; nobody for the texts of the graph."""
BATCH: Final = 64
"""Texts in one request; services limit the size of requests."""

_REFUSED: Final = (400, 422)


class SentenceTransformers:
    """
    A folder with a model for the package `sentence-transformers`, also one exported to ONNX.

    Args:
        folder: The folder; nothing is ever fetched.

    Raises:
        EmbedderUnavailable: The package is missing, or the folder holds no model.
    """

    def __init__(self, folder: str) -> None:
        path = Path(folder).expanduser()
        if find_spec("sentence_transformers") is None:
            raise EmbedderUnavailable(state="missing", detail="sentence-transformers")
        if not (path / "modules.json").is_file() and not (path / "config.json").is_file():
            raise EmbedderUnavailable(state="broken", detail=str(path))
        os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        try:
            from sentence_transformers import SentenceTransformer

            torch = any(path.glob("*.safetensors")) or any(path.glob("pytorch_model*.bin"))
            self._model: Any = SentenceTransformer(
                str(path), device="cpu", backend="torch" if torch else "onnx", local_files_only=True
            )
        except Exception as problem:  # a folder from anywhere fails in any way
            raise EmbedderUnavailable(state="broken", detail=str(problem)) from problem
        self.dimensions = int(self._model.get_sentence_embedding_dimension())
        self.id = f"sentence-transformers-{_digest(path)}/{RECIPE}"
        known = getattr(self._model, "prompts", None) or {}
        # E5 models are trained with these words in front, and their folders do not always say so.
        plain = "e5" in path.name.lower() and not any(known.get(role) for role in ("query", "passage"))
        self._prompts = {"query": "query: ", "passage": "passage: "} if plain else known

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts that ask."""
        return self._encode(texts, self._prompts.get("query", ""))

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts that are found."""
        return self._encode(texts, self._prompts.get("passage") or self._prompts.get("document") or "")

    def _encode(self, texts: Sequence[str], prompt: str) -> Floats:
        found = self._model.encode(
            [prompt + text for text in texts], normalize_embeddings=True, show_progress_bar=False
        )
        return unit(np.asarray(found).reshape(-1, self.dimensions))


class Remote:
    """
    A service that answers as OpenAI's `/v1/embeddings` does.

    Args:
        setting: Its address, with the name of the model after `#`.
        key: What it wants to be shown, if it does.
    """

    def __init__(self, setting: str, key: str | None = None) -> None:
        self._url, model = urldefrag(setting)
        self._model = model or "default"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._tells_roles = True
        self.id = f"{self._model}@{self._url}/{RECIPE}"

    @cached_property
    def dimensions(self) -> int:
        """How many numbers a vector has; the service is asked."""
        return int(self._all(["a"], "query").shape[1])

    def queries(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts that ask."""
        return self._all(texts, "query")

    def passages(self, texts: Sequence[str]) -> Floats:
        """Vectors of texts that are found."""
        return self._all(texts, "passage")

    def _all(self, texts: Sequence[str], role: Role) -> Floats:
        with httpx.Client(timeout=TIMEOUT_S[role], headers=self._headers, trust_env=False) as client:
            batches = (texts[start : start + BATCH] for start in range(0, len(texts), BATCH))
            return np.vstack([self._ask(client, batch, role) for batch in batches])

    def _ask(self, client: httpx.Client, texts: Sequence[str], role: Role) -> Floats:
        body: dict[str, object] = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        # Services with two kinds of vectors read this; others leave it out of account, or refuse it.
        role_told = {"input_type": role} if self._tells_roles else {}
        try:
            answer = client.post(self._url, json=body | role_told)
            if role_told and answer.status_code in _REFUSED:
                answer = client.post(self._url, json=body)
                self._tells_roles = not answer.is_success
            answer.raise_for_status()
            rows = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
            found = unit(np.asarray([row["embedding"] for row in rows], dtype=np.float32))
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise EmbedderUnavailable(state="unreachable", detail=f"{self._url}: {problem}") from problem
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as problem:
            raise EmbedderUnavailable(state="broken", detail=f"{self._url}: {problem}") from problem
        if found.ndim != 2 or len(found) != len(texts) or not np.isfinite(found).all():
            raise EmbedderUnavailable(state="broken", detail=f"{self._url}: {found.shape}")
        return found


def _digest(folder: Path) -> str:
    """What a folder of a model is known by: its files with their sizes, and its configuration."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
            if path.suffix == ".json" and path.stat().st_size < 1_000_000:
                found.update(path.read_bytes())
    return found.hexdigest()[:16]
