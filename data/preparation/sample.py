"""Prints classified projects with the start of their text, so that a person can judge the claims."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import classification
from prepare import DATA, folders
from register import Register

_SHOWN = 300
"""Characters of text shown: enough to see what a project is about."""


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", type=int, default=40)
    arguments = parser.parse_args()
    made = folders(arguments.sources, Register.with_decisions())
    claims: dict[str, list[str]] = {}
    for rows in made[-1].tables.values():
        for row in rows:
            terms = row["matched_term"]
            shown = f"{row['topic']} ({row['basis']}: {', '.join(terms) if isinstance(terms, tuple) else ''})"
            claims.setdefault(str(row["about"]), []).append(shown)
    subjects = [item for item in classification.subjects(arguments.sources, made[:-1]) if item.thing in claims]
    projects = [item for item in subjects if item.thing.startswith("project/")]
    chosen = random.Random(arguments.seed).sample(projects, arguments.size)
    print(f"{DATA.name}: {len(projects)} classified projects, {arguments.size} shown")
    for subject in chosen:
        print(f"\n{subject.thing}: {next(iter(subject.titles.values()))}")
        print("   " + next(iter(subject.texts.values()), "")[:_SHOWN].replace("\n", " "))
        for claim in claims[subject.thing]:
            print(f"   - {claim}")


if __name__ == "__main__":
    main()
