"""
How much of the processors a worker gets when others want them too.

A worker is the only process of its session, and Linux groups what it shares out by session where it can: then the
group's own niceness counts, else that of each thread. So both are set.

Source:
    Linux, sched(7), "The autogroup feature", "The nice value and group scheduling".
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

_LOWEST: Final = 19
_USUAL: Final = 0


def lower(pid: int) -> None:
    """Let a process have only what nobody else wants."""
    with contextlib.suppress(OSError):
        _set(pid, _LOWEST)


def restore(pid: int) -> bool:
    """
    Give a process its usual share back.

    Returns:
        False where the system does not allow that; the process is then better replaced.
    """
    try:
        _set(pid, _USUAL)
    except OSError:
        return False
    return True


def _set(pid: int, niceness: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), niceness)
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():
        group.write_text(str(niceness), encoding="ascii")
