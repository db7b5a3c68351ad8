"""What a worker gives up before it meets anything untrusted, and the cap on the memory that one request may take."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
from functools import cache
from typing import Final

from ecograph.isolation import system_calls

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000

_GRACE_S: Final = 2.0  # after the deadline, in case nobody is left to kill this process
_CORES: Final = 4  # engines that use several cores spend CPU time faster than time passes


def confine() -> bool:
    """
    Give up the network, changing files, child processes and core dumps. For a process that has no threads yet.

    Returns:
        Whether the network is out of reach.
    """
    apart = leave_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return system_calls.refuse() or apart


def write_nothing(nowhere: int) -> None:
    """
    Let whatever is printed from now on go nowhere, and no file grow: not even the service's log, which stderr may be.

    Args:
        nowhere: A descriptor of the null device, opened before `confine`.
    """
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def leave_network() -> bool:
    """
    Move this process into a network namespace with nothing in it.

    Returns:
        False where the system does not allow it.
    """
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET))
    except (AttributeError, OSError):
        return False


class MemoryCap:
    """
    What one request may take beyond what was loaded before it.

    A process starts without a cap; `lift` it to load what requests have in common, and `put` it again.
    """

    def __init__(self) -> None:
        self._base_bytes = 0
        self._memory_bytes: int | None = None

    def lift(self) -> None:
        """No cap until the next `put`."""
        self._memory_bytes = None
        _limit_address_space(resource.RLIM_INFINITY)

    def put(self, memory_bytes: int) -> None:
        """Cap what requests may take, counted from what is loaded now; a cap that is there stays as it is."""
        if self._memory_bytes is None:
            self._base_bytes, self._memory_bytes = _address_space(), memory_bytes
            _limit_address_space(self._base_bytes + memory_bytes)

    @property
    def is_strained(self) -> bool:
        """Whether requests have left so much behind that the next one would have too little."""
        return self._memory_bytes is not None and _address_space() - self._base_bytes > self._memory_bytes // 2


class Deadline:
    """
    Ends this process by a signal a little after its deadline, should nobody be left to kill it.

    Time by the clock ends it, and CPU time should the clock's signal be held off.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s + _GRACE_S

    def __enter__(self) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu_s = math.ceil(used.ru_utime + used.ru_stime + self._timeout_s * _CORES)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s if hard == resource.RLIM_INFINITY else min(cpu_s, hard), hard))
        signal.setitimer(signal.ITIMER_REAL, self._timeout_s)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _address_space() -> int:
    try:
        return int(os.pread(_own_size(), 20, 0).split()[0]) * resource.getpagesize()
    except OSError:
        return 0


@cache
def _own_size() -> int:
    """Open for the life of this process: a worker looks after each request, while somebody waits for the answer."""
    return os.open("/proc/self/statm", os.O_RDONLY)


def _limit_address_space(size_bytes: int) -> None:
    if _address_space():  # without it no fair cap can be set
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size_bytes, hard))
