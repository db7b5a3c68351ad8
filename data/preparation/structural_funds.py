"""Structural-fund projects: Denmark 2007-2013 and southern Sweden 2014-2020."""

from __future__ import annotations

from pathlib import Path

from folders import Folder
from participants import Participants
from projects import Participations, clean
from register import REVIEWED, Register, read_csv, valid_cvr

DANISH = "erhvervsstyrelsen-structural-funds-2007-2013"
SWEDISH = "tillvaxtverket-structural-funds-2014-2020"

_REGIONS = {
    "Nordjylland": "region/dk-nordjylland",
    "Midtjylland": "region/dk-midtjylland",
    "Hovedstaden": "region/dk-hovedstaden",
    "Sjælland": "region/dk-sjaelland",
    "Bornholm": "region/dk-hovedstaden",
}
_COUNTIES = {
    "Skåne": "region/se-skaane",
    "Halland": "region/se-halland",
    "Västra Götaland": "region/se-vaestra-goetaland",
}
_THEMES = {"Etab. og udvikling af nye virksomh.": "Etablering og udvikling af nye virksomheder"}
_KINDS = {
    "school/vocational": ("organisation", "school"),
    "business support": ("", "business-support"),
    "university": ("research-organisation", ""),
    "research/tech institute": ("research-organisation", "research-institute"),
}
_SWEDISH_PROGRAMMES = {
    "Skåne-Blekinge": ("erdf-se-skaane-blekinge-2014-2020", "Skåne-Blekinge 2014-2020"),
    "Västsverige": ("erdf-se-vaestsverige-2014-2020", "Västsverige 2014-2020"),
    "Norra Mellansverige": ("erdf-se-norra-mellansverige-2014-2020", "Norra Mellansverige 2014-2020"),
    "Nationellt regionalfondsprogram": ("erdf-se-national-2014-2020", "Nationellt regionalfondsprogram 2014-2020"),
}
_SOURCE = "https://github.com/os-data/eu-structural-funds"


def prepare_danish(sources: Path, register: Register) -> Folder:
    """The contribution with the Danish projects 2007-2013, their organisations and who took part."""
    folder = Folder.of(DANISH, requires=["administrative-divisions", "ror"])
    source = sources / "esif-dk-2007-2013"
    for slug, fund in (
        ("erdf-dk-2007-2013", "Den Europæiske Regionalfond"),
        ("esf-dk-2007-2013", "Den Europæiske Socialfond"),
    ):
        social = "social" in fund.lower()
        swedish = "socialfonden" if social else "regionala utvecklingsfonden"
        folder.add(
            "programme",
            {
                "id": slug,
                "title_da": f"{fund} i Danmark 2007-2013",
                "title_sv": f"Europeiska {swedish} i Danmark 2007-2013",
                "title_en": f"European {'Social' if social else 'Regional Development'} Fund in Denmark 2007-2013",
                "start": "2007",
                "end": "2013",
                "country": "dk",
            },
        )
    titles = {row["project"]: row["title"] for row in read_csv(REVIEWED / "titles.csv")}
    for row in read_csv(source / "projects.csv"):
        project = f"project/esif-{row['project_id']}"
        folder.add(
            "project",
            {
                "id": project.split("/")[1],
                "title_da": titles.get(project, clean(row["title"])),
                "programme": "programme/" + ("erdf" if row["fund"] == "ERDF" else "esf") + "-dk-2007-2013",
                "start": row["start"],
                "end": row["end"],
                "country": "dk",
                "region": _REGIONS.get(row["region"], ""),
                "programme_theme": _THEMES.get(row["theme"], row["theme"]),
                "kind": "structural-fund",
                "territory": "municipality/dk-bornholm" if row["region"] == "Bornholm" else "",
            },
        )
    participants = Participants(folder, register, "erhvervsstyrelsen")
    found: dict[str, tuple[str, str]] = {}
    listed = sorted(
        read_csv(source / "organisations.csv"), key=lambda row: (not row["cvr"], row["name"], row["org_id"])
    )
    for row in listed:
        template, kind = _KINDS.get(row["kind_guess"], ("", ""))
        if row["org_id"] == "o0778":
            template, kind = "organisation", "school"
        thing = participants.find(
            row["name"],
            "dk",
            record=row["org_id"],
            cvr=valid_cvr(row["cvr"]),
            city=row["city"],
            template=template,
            kind=kind,
        )
        if thing:
            found[row["org_id"]] = thing, row["name"]
    participations = Participations(folder)
    for row in read_csv(source / "participations.csv"):
        if row["org_id"] in found:
            thing, name = found[row["org_id"]]
            participations.add(
                f"project/esif-{row['project_id']}", thing, row["role"], listed_as=participants.listed(thing, name)
            )
    participations.write()
    return folder


def prepare_swedish(sources: Path, register: Register) -> Folder:
    """The contribution with the Swedish projects 2014-2020: who got the grant, and how much."""
    folder = Folder.of(SWEDISH, requires=["administrative-divisions", "ror", DANISH])
    manager = register.find("Tillväxtverket", "se")
    for slug, title in _SWEDISH_PROGRAMMES.values():
        folder.add(
            "programme",
            {
                "id": slug,
                "title_sv": f"Europeiska regionala utvecklingsfonden: {title}",
                "title_da": f"Den Europæiske Regionalfond: {title}",
                "title_en": f"European Regional Development Fund: {title}",
                "start": "2014",
                "end": "2020",
                "country": "se",
                "manager": manager,
            },
        )
    participants = Participants(folder, register, "tillvaxtverket")
    participations = Participations(folder)
    for row in sorted(read_csv(sources / "erdf-se-2014-2020" / "projects.csv"), key=lambda row: row["project_id"]):
        project = f"project/erdf-{row['project_id']}"
        programme = "programme/" + _SWEDISH_PROGRAMMES[row["programme"]][0]
        folder.add(
            "project",
            {
                "id": project.split("/")[1],
                "title_sv": clean(row["title"]),
                "programme": programme,
                "code": row["project_id"].removeprefix("se"),
                "start": row["start"],
                "end": row["end"],
                "country": "se",
                "region": [_COUNTIES[county] for county in row["counties"].split(", ") if county in _COUNTIES],
                "objective": row["thematic_objective"],
                "programme_theme": row["priority"],
                "kind": "structural-fund",
            },
        )
        folder.add(
            "funding-statement",
            {
                "id": f"{project.split('/')[1]}-grant",
                "about": project,
                "amount": row["granted_sek"],
                "currency": "sek",
                "kind": "grant",
                "funder": programme,
                "stated_in": "2016",
                "source": _SOURCE,
            },
        )
        thing = participants.find(
            row["beneficiary"], "eu" if row["beneficiary"] == "European Investment Fund" else "se"
        )
        if thing:
            participations.add(project, thing, "beneficiary", listed_as=participants.listed(thing, row["beneficiary"]))
    participations.write()
    return folder
