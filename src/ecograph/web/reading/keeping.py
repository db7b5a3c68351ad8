"""What takes a while to work out, kept for as long as what it was worked out from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

K = TypeVar("K")
V = TypeVar("V")


def kept(work_out: Callable[[K], V]) -> Callable[[K], V]:
    """
    A function whose answer is kept while its argument lives, and worked out once however many ask at the same time.

    Args:
        work_out: Gives the answer, which must not hold the argument: neither would ever go.

    Example:
        >>> class Revision: ...
        >>> @kept
        ... def number(of: Revision) -> object:
        ...     return object()
        >>> revision = Revision()
        >>> number(revision) is number(revision), number(revision) is number(Revision())
        (True, False)
    """
    answers: WeakKeyDictionary[K, V] = WeakKeyDictionary()
    working_out = threading.Lock()

    @wraps(work_out)
    def answer(about: K) -> V:
        found = answers.get(about)
        if found is None:
            with working_out:
                found = answers.get(about)
                if found is None:
                    found = answers[about] = work_out(about)
        return found

    return answer
