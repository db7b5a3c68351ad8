"""
Writes the figures of README.md: what the shipped graph holds, how good the matching on it is, and what the benchmarks
measured on this machine.

    python benchmarks/figures.py            # counts, quality and measurements
    python benchmarks/figures.py --counts   # only what the graph holds

Between two marks in README.md stands what a command printed; nobody writes a figure by hand.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
COUNTS = ("<!-- stats", "<!-- /stats -->")
EVALUATED = ("<!-- evaluation", "<!-- /evaluation -->")
MEASURED = ("<!-- figures", "<!-- /figures -->")
BENCHMARKS = (
    "load.py",
    "match.py",
    "validate.py",
    "consortium.py",
    "external.py",
    "compounds.py",
    "sparql.py",
    "hostile.py",
)


def counts(directory: str) -> str:
    """`ecograph stats` on the shipped graph."""
    return _run("-m", "ecograph", "--data", directory, "--lang", "en", "stats", "--markdown")


def evaluated(directory: str) -> str:
    """`ecograph evaluate` on the shipped graph; also where a promise does not hold, which the tables say."""
    asked = ("evaluate", "--split", "all", "--proofs", "12", "--format", "markdown")
    return _run("-m", "ecograph", "--data", directory, "--lang", "en", *asked, allowed=(0, 1))


def measured() -> str:
    """What each benchmark prints."""
    cores = len(os.sched_getaffinity(0))
    lines = [f"On {date.today().isoformat()}, {cores} cores, Python {platform.python_version()}."]
    for name in BENCHMARKS:
        lines += ["", f"`python benchmarks/{name}`", "", "```", _run(f"benchmarks/{name}").rstrip(), "```"]
    return "\n".join(lines) + "\n"


def between(page: str, marks: tuple[str, str], text: str) -> str:
    """The page with `text` between two marks; the line of the first mark stays."""
    head, rest = page.split(marks[0], 1)
    line, rest = rest.split("\n", 1)
    tail = rest.split(marks[1], 1)[1]
    return f"{head}{marks[0]}{line}\n{text.strip()}\n{marks[1]}{tail}"


def _run(*arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Write README.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", action="store_true", help="only what the graph holds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        _run("-m", "ecograph", "--data", directory, "--quiet", "load")
        page = between(README.read_text(encoding="utf-8"), COUNTS, counts(directory))
        if not options.counts:
            page = between(page, EVALUATED, evaluated(directory))
    if not options.counts:
        page = between(page, MEASURED, measured())
    README.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
