"""Generations: complete copies that readers see, switched at once, removed when nobody reads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ecograph.errors import AlreadyOpen, NotLoaded
from ecograph.store.generations import DirectoryLock, Generations


def fill(text: str) -> Callable[[Path], None]:
    def build(target: Path) -> None:
        target.mkdir()
        (target / "content").write_text(text)

    return build


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "generations")


def names(generations: Generations) -> list[str]:
    return sorted(path.name for path in generations.directory.iterdir() if path.is_dir())


class TestGenerations:
    def test_nothing_to_read_at_first(self, generations: Generations) -> None:
        """
        Before the first generation there is nothing to hold, and the error says what to do.
        """
        assert generations.current is None
        with pytest.raises(NotLoaded):
            generations.hold()

    def test_reader_keeps_what_it_holds(self, generations: Generations) -> None:
        """
        A generation that is being read stays until it is let go; the next one is there for new readers meanwhile.
        """
        generations.add(1, fill("one"))
        held = generations.hold()
        generations.add(2, fill("two"))
        assert (held.path / "content").read_text() == "one"
        with_two = generations.hold()
        assert (with_two.path / "content").read_text() == "two"
        assert len(names(generations)) == 2
        held.release()
        generations.collect()
        assert names(generations) == [with_two.path.name]
        with_two.release()

    def test_other_processes_hold_too(self, generations: Generations) -> None:
        """
        A reader in another process keeps its generation as well, and loses it when it ends in any way.
        """
        generations.add(1, fill("one"))
        code = (
            "import sys; from pathlib import Path; from ecograph.store.generations import Generations;"
            f"held = Generations(Path({str(generations.directory)!r})).hold();"
            "print('held', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
            assert reader.stdout
            assert reader.stdout.readline() == b"held\n"
            generations.add(2, fill("two"))
            assert len(names(generations)) == 2
            reader.kill()
        generations.collect()
        assert len(names(generations)) == 1

    def test_failure_leaves_the_old_one(self, generations: Generations) -> None:
        """
        When making a generation fails, readers keep the old one and nothing half done is left.
        """
        generations.add(1, fill("one"))

        def fail(target: Path) -> None:
            target.mkdir()
            raise OSError("no space")

        with pytest.raises(OSError, match="no space"):
            generations.add(2, fail)
        assert names(generations) == [generations.current]

    def test_remains_of_a_crash_are_removed(self, generations: Generations) -> None:
        """
        What a crash left half done, and generations that were never switched to, are removed at the next opening.
        """
        generations.add(1, fill("one"))
        (generations.directory / ".partial-2").mkdir()
        (generations.directory / "2-never").mkdir()
        (generations.directory / "3-gone.lock").touch()
        generations.collect()
        assert sorted(path.name for path in generations.directory.iterdir()) == sorted(
            ["current", str(generations.current), f"{generations.current}.lock"]
        )

    def test_pointer_to_nothing_is_nothing(self, generations: Generations) -> None:
        """
        A pointer whose generation is not there counts as no generation, not as an endless wait.
        """
        generations.add(1, fill("one"))
        (generations.directory / "current").write_text("gone\n")
        with pytest.raises(NotLoaded):
            generations.hold()
        (generations.directory / "gone.lock").touch()
        with pytest.raises(NotLoaded):
            generations.hold()


class TestDirectoryLock:
    def test_second_instance_is_told_which_process(self, tmp_path: Path) -> None:
        """
        A second process on the same directory is told which process holds it; when that one dies the way is free.
        """
        code = (
            "import sys; from pathlib import Path; from ecograph.store.generations import DirectoryLock;"
            f"lock = DirectoryLock(Path({str(tmp_path)!r})); print('held', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout
            other.stdout.readline()
            with pytest.raises(AlreadyOpen) as caught:
                DirectoryLock(tmp_path)
            assert caught.value.values["pid"] == str(other.pid)
            other.kill()
        lock = DirectoryLock(tmp_path)
        lock.release()
        lock.release()
        DirectoryLock(tmp_path).release()
