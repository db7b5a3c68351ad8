"""What a worker cannot do, whatever runs in it."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path

import pytest

from lacking import lacking

from .probes import Probes


@pytest.fixture(autouse=True)
def _filtered() -> None:
    if platform.machine() not in ("x86_64", "aarch64"):
        lacking("the filter knows the system calls of x86_64 and aarch64 only")


class TestConfinement:
    def test_no_network(self, probes: Probes) -> None:
        """
        A worker cannot reach even this machine.
        """
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.2)
            head, _ = probes.ask("connect", listener.getsockname()[1])
            assert "refused" in head
            with pytest.raises(TimeoutError):
                listener.accept()

    @pytest.mark.parametrize("what", ["write", "append", "remove", "rename", "empty"])
    def test_no_file_is_changed(self, probes: Probes, tmp_path: Path, what: str) -> None:
        """
        A worker writes, empties, renames and removes nothing.
        """
        path = tmp_path / "ledger"
        path.write_text("kept")
        head, _ = probes.ask(what, str(path))
        assert "refused" in head
        assert [each.read_text() for each in tmp_path.iterdir()] == ["kept"]

    def test_no_file_is_made(self, probes: Probes, tmp_path: Path) -> None:
        """
        A worker leaves nothing on the disk.
        """
        assert "refused" in probes.ask("write", str(tmp_path / "new"))[0]
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("what", ["run", "fork"])
    def test_no_child_process(self, probes: Probes, what: str) -> None:
        """
        A worker starts no other process, which its own death would leave running.
        """
        assert "refused" in probes.ask(what)[0]

    def test_no_hand_on_other_processes(self, probes: Probes) -> None:
        """
        A worker cannot signal the service that started it.
        """
        assert "refused" in probes.ask("signal", os.getpid())[0]

    def test_memory_of_the_service_is_closed_to_it(self, probes: Probes) -> None:
        """
        A worker cannot look into the process that started it, where the system allows it a namespace of its own.
        """
        probes.ask("echo")
        own, theirs = (Path(f"/proc/{pid}/ns/user").readlink() for pid in (os.getpid(), probes.pids[0]))
        if own == theirs:
            lacking("the system allows no namespaces")
        assert "refused" in probes.ask("peek", os.getpid())[0]

    def test_its_work_is_not_hindered(self, probes: Probes, tmp_path: Path) -> None:
        """
        A worker reads files and starts threads.
        """
        (tmp_path / "shapes").write_text("read")
        assert probes.ask("read", str(tmp_path / "shapes"))[0]["did"] == "read"
        assert probes.ask("thread")[0]["did"] == "done"

    def test_environment_is_not_handed_on(self, probes: Probes, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        What the service is told in its environment, a password of the ledger for instance, is not told to workers.
        """
        monkeypatch.setenv("ECOGRAPH_LEDGER_URL", "postgresql://secret")
        probes.ask("echo")
        (pid,) = probes.pids
        assert b"secret" not in Path(f"/proc/{pid}/environ").read_bytes()
