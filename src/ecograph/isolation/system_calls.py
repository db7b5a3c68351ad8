"""
System calls that a worker does not need, refused by the kernel from now on: those that reach the network, other
processes, or change files.

A filter needs no privilege, so it holds in containers where a process may not have namespaces of its own.

Source:
    Linux, "Seccomp BPF (SECure COMPuting with filters)"; numbers from the kernel's `unistd.h`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from typing import Final

# Numbers on x86_64 and on aarch64; None where the machine does not have the call.
_Numbers = tuple[int | None, int | None]

_REFUSED: Final[Mapping[str, _Numbers]] = {
    # the network, and ways round this filter
    "socket": (41, 198),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    # other processes
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    # files
    "creat": (85, None),
    "truncate": (76, 45),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rmdir": (84, None),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "utimensat": (280, 88),
}
# The C library does without these: their arguments lie where a filter cannot look.
_ABSENT: Final[Mapping[str, _Numbers]] = {"clone3": (435, 435), "openat2": (437, 437)}
_CLONE: Final[_Numbers] = (56, 220)
_OPEN: Final[Mapping[_Numbers, int]] = {(2, None): 1, (257, 56): 2}  # which argument holds the flags
_SIGNALS: Final[Mapping[str, _Numbers]] = {"kill": (62, 129), "tgkill": (234, 131)}  # to itself, as abort() does
_LIMITS: Final[_Numbers] = (302, 261)  # prlimit64, of itself

_CLONE_THREAD: Final = 0x10000
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_X86, _ARM = 0, 1
_MACHINES: Final = {"x86_64": (_X86, 0xC000003E), "aarch64": (_ARM, 0xC00000B7)}  # column above, AUDIT_ARCH
_X32: Final = 0x40000000  # the same calls under other numbers

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_ALLOW: Final = 0x7FFF0000
_FAIL: Final = 0x00050000
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse() -> bool:
    """
    Put the filter on this process, for good; threads started later have it too.

    Returns:
        False where the system has no such filters.
    """
    if platform.machine() not in _MACHINES:
        return False
    column, architecture = _MACHINES[platform.machine()]
    instructions = b"".join(_filter(column, architecture, os.getpid()))
    program = _Program(len(instructions) // 8, instructions)
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return False
    prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    wanted = ((_PR_SET_NO_NEW_PRIVS, 1), (_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program)))
    return all(prctl(*one, *[0] * (5 - len(one))) == 0 for one in wanted)


def _filter(column: int, architecture: int, pid: int) -> Iterator[bytes]:
    yield _step(_LOAD, _ARCHITECTURE_AT)
    yield _step(_EQUAL, architecture, on_true=1)
    yield _fail(errno.EPERM)
    yield _step(_LOAD, _NUMBER_AT)
    if column == _X86:
        yield _step(_AT_LEAST, _X32, on_false=1)
        yield _fail(errno.EPERM)
    for numbers in _REFUSED.values():
        yield from _where(numbers[column], _fail(errno.EPERM))
    for numbers in _ABSENT.values():
        yield from _where(numbers[column], _fail(errno.ENOSYS))
    yield from _by_argument(_CLONE[column], 0, _ANY_BIT, _CLONE_THREAD)
    for numbers, at in _OPEN.items():
        yield from _by_argument(numbers[column], at, _ANY_BIT, _WRITING, allowed=False)
    for numbers in _SIGNALS.values():
        yield from _by_argument(numbers[column], 0, _EQUAL, pid)
    yield from _by_argument(_LIMITS[column], 0, _EQUAL, 0)
    yield _OK


def _where(number: int | None, *steps: bytes) -> Iterator[bytes]:
    """The steps, for the call with this number only."""
    if number is not None:
        yield _step(_EQUAL, number, on_false=len(steps))
        yield from steps


def _by_argument(number: int | None, at: int, code: int, value: int, allowed: bool = True) -> Iterator[bytes]:
    """Only the calls whose argument passes a test are allowed, or those whose argument does not."""
    test = _step(code, value, on_true=1) if allowed else _step(code, value, on_false=1)
    yield from _where(number, _step(_LOAD, _ARGUMENTS_AT + 8 * at), test, _fail(errno.EPERM), _OK)


def _fail(number: int) -> bytes:
    return _step(_RETURN, _FAIL | number)


def _step(code: int, value: int, on_true: int = 0, on_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, on_true, on_false, value)


_OK: Final = _step(_RETURN, _ALLOW)
