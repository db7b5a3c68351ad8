"""Swedish research projects on urban, energy, water and mobility topics in which KTH takes part (SweCRIS)."""

from __future__ import annotations

import re
from pathlib import Path

from folders import Folder
from interreg import NAME as INTERREG
from participants import Participants
from projects import Participations, clean
from register import Register, read_csv
from structural_funds import DANISH, SWEDISH

from ecograph.identifiers import slug

NAME = "swecris"
_SOURCE = "https://github.com/KTH-Library/swecris"
_KTH = "KTH, Kungliga tekniska högskolan"
_FUNDERS = {
    "Formas": "Swedish Research Council for Environment Agricultural Sciences and Spatial Planning",
    "Vinnova": "Vinnova",
    "Swedish Energy Agency": "Swedish Energy Agency",
    "Swedish Research Council": "Swedish Research Council",
    "Forte": "Swedish Research Council for Health Working Life and Welfare",
}
# The numbers are Vinnova's, yet the source gives most of them a second time, and some only, under this funder.
_DOUBTFUL = "Riksbankens Jubileumsfond"
_SUBJECT = re.compile(r"(\d{5}): (.+)$")


def prepare(sources: Path, register: Register) -> Folder:
    """The contribution with the projects of 337 records; two records of one project number are one project."""
    folder = Folder.of(NAME, requires=["administrative-divisions", "ror", DANISH, SWEDISH, INTERREG])
    participants = Participants(folder, register, "swecris")
    participations = Participations(folder)
    kth = participants.find(_KTH, "se", organisation_number="202100-3054")
    if kth is None:
        raise ValueError("KTH is not known")
    for number, row, funder in _projects(read_csv(sources / "swecris-kth-urban" / "swecris_kth_urban_2015.csv")):
        project = f"project/swecris-{slug(number)}"
        english, swedish = clean(row["title_en"]), clean(row["title_sv"])
        folder.add(
            "project",
            {
                "id": project.split("/")[1],
                "title_sv": swedish,
                "title_en": english,
                "code": number,
                "start": row["start"],
                "end": row["end"],
                "country": "se",
                "programme_theme": _subject(row["scb_subject_codes"]),
                "kind": "research",
            },
        )
        folder.add(
            "funding-statement",
            {
                "id": f"{project.split('/')[1]}-grant",
                "about": project,
                "amount": float(row["funding_sek"]),
                "currency": "sek",
                "kind": "grant",
                "funder": register.find(_FUNDERS.get(funder, ""), "se") or "",
                "funder_text": "" if funder in _FUNDERS else funder,
                "stated_in": row["funding_year"].removesuffix(".0"),
                "source": _SOURCE,
            },
        )
        name = row["org_sv"]
        lead = participants.find(
            name,
            "se",
            record=row["org_number"],
            organisation_number=_number(row["org_number"]),
            label_en=row["org_en"] if row["org_en"].casefold() != name.casefold() else "",
        )
        if lead:
            participations.add(project, lead, "lead", listed_as=participants.listed(lead, name))
        if lead != kth:
            participations.add(project, kth, "partner", listed_as=_KTH)
    participations.write()
    return folder


def _projects(rows: list[dict[str, str]]) -> list[tuple[str, dict[str, str], str]]:
    """Number, record and funder of each project; where the source lists it twice, the record with the known funder."""
    by_number: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        number = row["project_id"].rsplit("_", 1)[0]
        by_number.setdefault(number, {})[row["funder_en"].strip()] = row
    found = []
    for number, records in sorted(by_number.items()):
        funder = next((name for name in sorted(records) if name != _DOUBTFUL), "")
        found.append((number, records[funder or _DOUBTFUL], funder))
    return found


def _number(number: str) -> str:
    """The organisation number; one whose third digit is below 2 would be a person's number and is not taken."""
    return number if len(number) == 11 and number[2] >= "2" else ""


def _subject(codes: str) -> str:
    found = _SUBJECT.search(codes.replace("\xa0", " "))
    return "" if not found or found[1].startswith("999") else f"{found[1]} {found[2].split(', ')[0].strip()}"
