"""
Requests that may come twice, because a client cannot know whether the first one arrived: done once.

Source:
    The Idempotency-Key HTTP header field (IETF draft); docs/api.md, "Sending twice".
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ecograph.ledger.records import JsonValue
from ecograph.ledger.sql import Ledger
from ecograph.web.uploads import Upload


class Once:
    """Does what a key stands for once; requests with the same key wait for each other."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], tuple[threading.Lock, int]] = {}
        self._holding = threading.Lock()

    def do(
        self, ledger: Ledger, owner: str, key: str, fingerprint: str, act: Callable[[], Mapping[str, JsonValue]]
    ) -> tuple[Mapping[str, JsonValue], bool]:
        """
        The answer to a request, and whether it is that of an earlier one.

        Args:
            ledger: Where answers are remembered for a day.
            owner: Whose key it is.
            key: The key.
            fingerprint: A digest of the request.
            act: Does it, and says what is to be remembered.

        Raises:
            KeyReused: The key stood for another request.
            BadParameter: The key is empty or too long.
        """
        with self._alone(owner, key):
            known = ledger.recall(key, owner, fingerprint)
            if known is not None:
                return known, True
            return ledger.remember(key, owner, fingerprint, act()), False

    @contextmanager
    def _alone(self, owner: str, key: str) -> Iterator[None]:
        name = (owner, key)
        with self._holding:
            lock, users = self._held.get(name, (threading.Lock(), 0))
            self._held[name] = (lock, users + 1)
        try:
            with lock:
                yield
        finally:
            with self._holding:
                _, users = self._held[name]
                if users == 1:
                    del self._held[name]
                else:
                    self._held[name] = (lock, users - 1)


def fingerprint(upload: Upload, partner: str | None) -> str:
    """A digest of what is sent: whose it is, the files with their names, and how they are to be read."""
    files = [[file.name, hashlib.sha256(file.data).hexdigest()] for file in upload.files]
    said = [partner, upload.options.as_json(), files]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
