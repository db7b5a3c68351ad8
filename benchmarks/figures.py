"""
Writes the figures of README.md: what the shipped graph holds, how good the matching on it is, and what the benchmarks
measured on this machine.

    python benchmarks/figures.py                        # counts, quality and measurements
    python benchmarks/figures.py --counts               # only what the graph holds
    python benchmarks/figures.py sparql.py hostile.py   # only these measurements; the others stay

Between two marks in README.md stands what a command printed; nobody writes a figure by hand.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
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
_SECTION = re.compile(r"^`python benchmarks/(\S+)`, (.*?^```\n.*?^```\n)", re.MULTILINE | re.DOTALL)


def counts(directory: str) -> str:
    """`ecograph stats` on the shipped graph."""
    return _run("-m", "ecograph", "--data", directory, "--lang", "en", "stats", "--markdown")


def evaluated(directory: str) -> str:
    """`ecograph evaluate` on the shipped graph; also where a promise does not hold, which the tables say."""
    asked = ("evaluate", "--split", "all", "--proofs", "12", "--format", "markdown")
    return _run("-m", "ecograph", "--data", directory, "--lang", "en", *asked, allowed=(0, 1))


def measured(page: str, name: str) -> str:
    """
    What a benchmark prints, among what the others printed before.

    Args:
        page: Where that stands.
        name: The benchmark that is run.
    """
    printed = _run(f"benchmarks/{name}").rstrip()
    machine = f"{date.today().isoformat()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}"
    found = dict(_SECTION.findall(page)) | {name: f"{machine}:\n\n```\n{printed}\n```\n"}
    return "\n".join(f"`python benchmarks/{each}`, {found[each]}" for each in BENCHMARKS if each in found)


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
    parser.add_argument("names", nargs="*", metavar="NAME.py", help="only these benchmarks")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"no benchmark {', '.join(unknown)}: there are {', '.join(BENCHMARKS)}")
    page = README.read_text(encoding="utf-8")
    if not options.names:
        with tempfile.TemporaryDirectory() as directory:
            _run("-m", "ecograph", "--data", directory, "--quiet", "load")
            page = between(page, COUNTS, counts(directory))
            if not options.counts:
                page = between(page, EVALUATED, evaluated(directory))
        README.write_text(page, encoding="utf-8")
    for name in () if options.counts else options.names or BENCHMARKS:
        page = between(page, MEASURED, measured(page, name))
        README.write_text(page, encoding="utf-8")  # one by one: together they take an hour


if __name__ == "__main__":
    main()
