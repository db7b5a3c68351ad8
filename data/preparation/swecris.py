"""Swedish research projects on urban, energy, water and mobility topics in which KTH takes part (SweCRIS)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import takewhile
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
_JUBILEE = "Riksbankens Jubileumsfond"
# Numbers of this foundation's own. Under it the source also lists numbers of Vinnova's series, nearly all of them a
# second time with the same amount: what it lists is carried in words, but is no proof that the foundation paid.
_JUBILEE_NUMBER = re.compile(r"[A-Z]")
_SUBJECT = re.compile(r"\b(\d{5}): (.+?)(?=\s+\d: |$)")


def prepare(sources: Path, register: Register) -> Folder:
    """The contribution with the 253 projects of 337 records: two records of one number are one project."""
    folder = Folder.of(NAME, requires=["administrative-divisions", "ror", DANISH, SWEDISH, INTERREG])
    participants = Participants(folder, register, "swecris")
    participations = Participations(folder)
    kth = participants.find(_KTH, "se", organisation_number="202100-3054")
    if kth is None:
        raise ValueError("KTH is not known")
    rows = read_csv(sources / "swecris-kth-urban" / "swecris_kth_urban_2015.csv")
    labels = _labels(rows)
    for number, records in _projects(rows):
        row = records[0]
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
                # Where two records differ, the later one is of a project that was prolonged.
                "end": max(record["end"] for record in records),
                "country": "se",
                "programme_theme": _subjects(row["scb_subject_codes"], labels),
                "kind": "research",
            },
        )
        for record in records:
            _funding(folder, register, project, number, record, second=record is not row)
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


def _projects(rows: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    """Number and records of each project: one, or two that name different funders, the research council's first."""
    by_number: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        records = by_number.setdefault(row["project_id"].rsplit("_", 1)[0], {})
        if records.setdefault(funder := row["funder_en"].strip(), row) is not row:
            raise ValueError(f"{row['project_id']} is listed twice under {funder}")
    return [
        (number, [records[funder] for funder in sorted(records, key=lambda funder: (funder == _JUBILEE, funder))])
        for number, records in sorted(by_number.items())
    ]


def _funding(
    folder: Folder, register: Register, project: str, number: str, record: dict[str, str], *, second: bool
) -> None:
    """What one record states about the money; two records of a project stay two statements."""
    funder = record["funder_en"].strip()
    own = _JUBILEE if funder == _JUBILEE and _JUBILEE_NUMBER.match(number) else ""
    thing = register.find(own or _FUNDERS.get(funder, ""), "se") or ""
    folder.add(
        "funding-statement",
        {
            "id": f"{project.split('/')[1]}-grant" + ("-second-record" if second else ""),
            "about": project,
            "amount": float(record["funding_sek"]),
            "currency": "sek",
            "kind": "grant",
            "funder": thing,
            "funder_text": "" if thing else funder,
            "stated_in": record["funding_year"].removesuffix(".0"),
            "source": _SOURCE,
        },
    )


def _number(number: str) -> str:
    """The organisation number; one whose third digit is below 2 would be a person's number and is not taken."""
    return number if len(number) == 11 and number[2] >= "2" else ""


def _labels(rows: list[dict[str, str]]) -> dict[str, str]:
    """The Swedish name of each subject code; the source cuts off its longest cells, so the longest name counts."""
    found: dict[str, str] = {}
    for row in rows:
        for code, label in _SUBJECT.findall(row["scb_subject_codes"].replace("\xa0", " ")):
            found[code] = max(found.get(code, ""), swedish(label), key=len)
    return found


def swedish(label: str) -> str:
    """
    The Swedish half of a name in two languages: what comes before the second capital.

    Example:
        >>> swedish("Oceanografi, hydrologi och vattenresurser, Oceanography, Hydrology and Water Resources")
        'Oceanografi, hydrologi och vattenresurser'
    """
    first, *others = " ".join(label.split()).split(", ")
    return ", ".join([first, *takewhile(lambda part: part[:1].islower(), others)])


def _subjects(codes: str, labels: Mapping[str, str]) -> str:
    """The subjects of a record by code and Swedish name; "unclassified" is none."""
    found = dict.fromkeys(code for code, _ in _SUBJECT.findall(codes.replace("\xa0", " ")) if code[:3] != "999")
    return "; ".join(f"{code} {labels[code]}" for code in found)
