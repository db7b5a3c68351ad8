"""Open and forthcoming EU calls that concern cities and municipalities."""

from __future__ import annotations

import json
from pathlib import Path

from folders import AS_OF, Folder

from ecograph.identifiers import slug

NAME = "eu-funding-tenders"
_PROGRAMMES = {"Horizon Europe": ("horizon-europe", "2021", "2027"), "LIFE": ("life-2021-2027", "2021", "2027")}
_LIFE = {"da": "LIFE-programmet 2021-2027", "sv": "LIFE-programmet 2021-2027", "en": "LIFE programme 2021-2027"}
_HORIZON = {"da": "Horisont Europa 2021-2027", "sv": "Horisont Europa 2021-2027", "en": "Horizon Europe 2021-2027"}


def read(sources: Path) -> list[dict[str, str | int | None]]:
    """The calls as gathered, one dictionary each."""
    lines = (sources / "eu-calls" / "eu_open_calls_cities.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def prepare(sources: Path) -> Folder:
    """The contribution with 72 calls: title, deadline, budget; their status is that of the day of the contribution."""
    folder = Folder.of(NAME)
    for (name, (programme, start, end)), titles in zip(_PROGRAMMES.items(), (_HORIZON, _LIFE), strict=True):
        folder.add(
            "programme",
            {
                "id": programme,
                **{f"title_{lang}": titles[lang] for lang in ("da", "sv", "en")},
                "start": start,
                "end": end,
                "country": "eu",
                "website": f"https://{'cinea' if name == 'LIFE' else 'research-and-innovation'}.ec.europa.eu",
            },
        )
    for row in read(sources):
        deadline = str(row["deadline"])
        known = _PROGRAMMES.get(str(row["programme"]))
        folder.add(
            "call",
            {
                "id": slug(str(row["topic_id"])),
                "title_en": str(row["title"]).strip(),
                "code": str(row["topic_id"]),
                "programme": f"programme/{known[0]}" if known else "",
                "programme_text": "" if known else str(row["programme"]),
                "deadline": deadline,
                "budget_min": row["budget_min"],
                "budget_max": row["budget_max"],
                "currency": "eur" if row["budget_max"] is not None else "",
                "status": "closed" if deadline < AS_OF else str(row["status"]),
                "action_type": str(row["type_of_action"]),
                "website": str(row["url"]),
            },
        )
    return folder
