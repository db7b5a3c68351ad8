"""Swedish participations in Interreg Öresund-Kattegat-Skagerrak 2021-2027, and the programme's co-funding rates."""

from __future__ import annotations

from pathlib import Path

from folders import Folder
from participants import Participants
from places import PROGRAMME
from projects import Participations, clean
from register import REVIEWED, Register, read_csv
from structural_funds import DANISH, SWEDISH

from ecograph.identifiers import slug

NAME = "interreg-oks"
INNOTECH = "project/innotech"
_SOURCE = "https://interreg-oks.eu"
_RATES = {"dk": "0.6", "se": "0.6", "no": "0.5"}
_KINDS = {
    "Higher education and research institution": ("research-organisation", ""),
    "Local public authority": ("", ""),
    "Business support organisation": ("", "business-support"),
    "Regional public authority": ("", "business-support"),
    "Small or medium-sized enterprise (SME)": ("company", "company"),
    "Large enterprise": ("company", "company"),
    "Interest groups including NGOs": ("organisation", "nonprofit"),
    "NGO": ("organisation", "nonprofit"),
    "EGTC": ("research-organisation", "facility"),
    "National public authority": ("public-body", "public-authority"),
}


def prepare(sources: Path, register: Register) -> Folder:
    """The contribution with 57 projects that started 2022-2024 and their Swedish partners."""
    folder = Folder.of(NAME, requires=["administrative-divisions", "ror", DANISH, SWEDISH])
    for country, share in _RATES.items():
        folder.add(
            "cofunding-rate",
            {"id": f"{PROGRAMME.split('/')[1]}--{country}", "programme": PROGRAMME, "country": country, "share": share},
        )
    languages = {row["title"]: row["language"] for row in read_csv(REVIEWED / "title_languages.csv")}
    rows = read_csv(sources / "oks-interreg-2021-2027" / "oks_swedish_participations_2022_2024.csv")
    projects: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["project"]):
        title = row["project"]
        if title in projects:
            continue
        innotech = title.startswith("InnoTech")
        projects[title] = INNOTECH if innotech else f"project/{slug(title)}"
        shown = "InnoTech - TaskForce" if innotech else clean(title)
        given = ("da", "sv", "en") if innotech else (languages[title],)
        folder.add(
            "project",
            {
                "id": projects[title].split("/")[1],
                **{f"title_{lang}": shown if lang in given else "" for lang in ("da", "sv", "en")},
                "programme": PROGRAMME,
                "start": row["start"],
                "end": row["end"],
                "country": ["dk", "se"] if innotech else "se",
                "objective": row["specific_objective"],
                "kind": "feasibility-study" if row["project_type"] == "Feasibility study" else "regular",
            },
        )
    if len(set(projects.values())) != len(projects):
        raise ValueError("two projects have the same slug")
    participants = Participants(folder, register, "interreg-oks")
    participations = Participations(folder)
    for row in sorted(rows, key=lambda row: (row["organisation"], row["project"])):
        template, kind = _KINDS.get(row["organisation_type"], ("", ""))
        region = {
            "Skåne län": "region/se-skaane",
            "Hallands län": "region/se-halland",
            "Västra Götalands län": "region/se-vaestra-goetaland",
        }
        thing = participants.find(
            row["organisation"], "se", template=template, kind=kind, region=region.get(row["nuts3_label"], "")
        )
        if thing:
            participations.add(
                projects[row["project"]],
                thing,
                "lead" if row["role"] == "LP" else "partner",
                listed_as=participants.listed(thing, row["organisation_as_listed"]),
            )
    participations.write()
    return folder
