"""`data/README.md`: the folders, what is in them, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from folders import Folder, cell

_HEAD = """# What EcoGraph ships

One folder per publisher, in the form that any partner contributes: `dataset.ttl` says what it is, from where and under
which licence; each table is a template (`ecograph template <name>`). This file and the folders below are made by
`python data/preparation/prepare.py --sources <folder>`; how, and what was reviewed by hand, is said in
`preparation/README.md`. `vocabularies/` holds the external vocabularies. "Our arrangement of facts" means that the
source states no open licence: only its facts are here, it is credited, and the licence is for what EcoGraph added.

"""


def text(made: Sequence[Folder]) -> str:
    """The overview as Markdown."""
    parts = [_HEAD, "| folder | publisher | licence | rows |\n|---|---|---|---|\n"]
    for folder in made:
        rows = sum(_count(table, folder) for table in folder.tables)
        parts.append(f"| [{folder.name}]({folder.name}/) | {folder.publisher} | {_licence(folder)} | {rows:,} |\n")
    for folder in made:
        parts.append(
            f"\n## {folder.name}\n\n{folder.titles['en']}. {folder.rights['en']}\n\n| template | rows |\n|---|---|\n"
        )
        templates = sorted({table.split(".")[0] for table in folder.tables})
        for template in templates:
            count = sum(_count(table, folder) for table in folder.tables if table.split(".")[0] == template)
            parts.append(f"| {template} | {count:,} |\n")
        if folder.requires:
            parts.append(f"\nNeeds: {', '.join(folder.requires)}.\n")
    return "".join(parts)


def _count(table: str, folder: Folder) -> int:
    return len(
        {tuple(sorted((key, cell(value)) for key, value in row.items() if cell(value))) for row in folder.tables[table]}
    )


def _licence(folder: Folder) -> str:
    name = "CC0 1.0" if "zero" in folder.licence else "CC BY 4.0"
    return f"[{name}]({folder.licence})" + (", our arrangement of facts" if folder.facts_only else "")
