"""Makes the contributions in `data/`: `python data/preparation/prepare.py --sources ../shared/data-sources`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import calls
import classification
import data_models
import interreg
import oresund
import overview
import people
import places
import proposals
import research
import structural_funds
import swecris
from folders import Folder
from register import Register

DATA = Path(__file__).resolve().parent.parent


def folders(sources: Path, register: Register) -> list[Folder]:
    """Every publisher's folder, in the order in which one may refer to another."""
    administrative = places.prepare(sources, register)
    places.enter_main_places(register)
    made = [
        administrative,
        research.prepare(sources, register),
        structural_funds.prepare_danish(sources, register),
        structural_funds.prepare_swedish(sources, register),
        interreg.prepare(sources, register),
        oresund.prepare(sources, register),
        swecris.prepare(sources, register),
        calls.prepare(sources),
        data_models.prepare(sources),
    ]
    return [*made, classification.prepare(sources, made, DATA.parent / "ontology" / "concepts" / "topic.ttl")]


def write(made: Iterable[Folder], data: Path, examples: Path) -> None:
    """Writes the folders, the example contribution and the overview."""
    made = list(made)
    for folder in made:
        folder.write(data / folder.name)
    people.prepare().write(examples / "people")
    (data / "README.md").write_text(overview.text(made), encoding="utf-8", newline="\n")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True, help="folder with the gathered sources")
    parser.add_argument("--data", type=Path, default=DATA, help="where the publishers' folders go")
    parser.add_argument(
        "--examples", type=Path, default=DATA.parent / "examples", help="where the example contribution goes"
    )
    parser.add_argument(
        "--propose", action="store_true", help="add names that may be the same organisation to the list for review"
    )
    arguments = parser.parse_args()
    register = Register.with_decisions()
    made = folders(arguments.sources, register)
    if arguments.propose:
        print(f"{proposals.add(made)} proposals to review")
        return
    write(made, arguments.data, arguments.examples)


if __name__ == "__main__":
    main()
