"""What it costs to have the client at hand."""

from __future__ import annotations

import subprocess
import sys

import ecograph

HEAVY = ("httpx", "pandas", "pyoxigraph", "fastapi", "networkx", "numpy", "rdflib")


def loaded_by(statement: str) -> set[str]:
    """Which large packages a statement loads, in a process of its own."""
    program = f"import sys\n{statement}\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


class TestImport:
    def test_package_alone_loads_nothing(self) -> None:
        """
        `import ecograph` costs next to nothing.
        """
        assert loaded_by("import ecograph") == set()

    def test_asking_a_service_loads_no_engine(self) -> None:
        """
        Who asks a service elsewhere loads an HTTP client and the names of terms, and no server, pandas or matcher.
        """
        assert loaded_by("import ecograph; ecograph.connect('http://localhost:9/').close()") <= {"httpx", "pyoxigraph"}

    def test_commands_load_what_they_need(self) -> None:
        """
        The command line loads neither a server nor a matcher before a command needs it, so that it answers at once.
        """
        assert loaded_by("import ecograph.cli") <= {"httpx", "pyoxigraph"}

    def test_names_that_are_not_there(self) -> None:
        """
        The package has `open` and `connect`, and no name that nobody gave.
        """
        assert callable(ecograph.open)
        assert callable(ecograph.connect)
        assert not hasattr(ecograph, "close")
