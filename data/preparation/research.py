"""Research organisations, companies with research, public bodies and funders of the Research Organization Registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from folders import Folder, Row
from names import fold
from places import wikidata
from register import REVIEWED, Register, read_csv

_SUFFIX = {"DK": " (Denmark)", "SE": " (Sweden)", "NO": " (Norway)"}
_COLLEGE = (
    "college",
    "academy",
    "erhvervsakademi",
    "høgskole",
    "høyskole",
    "højskole",
    "school of",
    "vuc",
    "university of applied",
)
_SCHOOL = ("vuc", "mercantec", "folkhögskola", "filmskole", "hospitality")
_RESEARCH = (
    "research", "institute", "institut", "forskning", "centre for", "center for", "laborator", "consortium",
    "infrastructure", "data service", "computing", "dhi", "norsar", "nilu", "niva", "genøk", "industriteknik",
)  # fmt: skip
_NO_RESEARCH = (
    "foundation",
    "fond",
    "stiftelse",
    "association",
    "forbund",
    "forening",
    "council",
    "society",
    "trust",
    "museum",
)
_PUBLIC_RESEARCH = (
    "institute",
    "geological survey",
    "defence research",
    "center for social science research",
    "meteorological",
)
_AUTHORITY = (
    "environment agency",
    "mapping authority",
    "directorate",
    "direktorat",
    "national archives",
    "national board of",
    "shared services",
)
_UTILITY = ("Göteborg Energi (Sweden)", "Vattenfall (Denmark)")


def classify(name: str, types: str) -> tuple[str, list[str]]:
    """
    The template and the kinds of a ROR record.

    Example:
        >>> classify("Lund University", "education|funder"), classify("Scania (Sweden)", "company")
        (('research-organisation', ['university']), ('company', ['company']))
        >>> classify("Hjärnfonden", "nonprofit"), classify("Energistyrelsen", "government|funder")
        (('organisation', ['nonprofit']), ('public-body', ['funder', 'public-authority']))
    """
    lower = name.lower()
    kinds = set(types.split("|"))
    if _region(lower):
        return "public-body", ["region"]
    research = any(word in lower for word in _RESEARCH) and not any(word in lower for word in _NO_RESEARCH)
    if "education" in kinds:
        if any(word in lower for word in _SCHOOL):
            return "research-organisation", ["school"]
        return "research-organisation", [
            "university-college" if any(word in lower for word in _COLLEGE) else "university"
        ]
    if "company" in kinds:
        return "company", ["utility"] if name in _UTILITY else ["company"]
    if "facility" in kinds:
        funding = any(word in lower for word in ("foundation", "stiftelse", "fond"))
        return ("organisation", ["funder"]) if funding else ("research-organisation", ["research-institute"])
    if "government" in kinds and any(word in lower for word in _PUBLIC_RESEARCH) and name != "Swedish Institute":
        return "research-organisation", ["public-authority", "research-institute"]
    if "government" in kinds or any(word in lower for word in _AUTHORITY):
        return "public-body", _public(lower, kinds)
    if "healthcare" in kinds:
        return "organisation", ["hospital"]
    if "archive" in kinds:
        return "organisation", ["archive"]
    if research:
        return "research-organisation", ["research-institute"]
    found: list[str] = [kind for kind in ("funder", "nonprofit") if kind in kinds]
    return "organisation", found or ["other"]


def _region(lower: str) -> bool:
    return lower.startswith(("region ", "landstinget")) or lower.endswith(
        (" region", "fylkeskommune", "landsting", "county council")
    )


def _public(lower: str, kinds: set[str]) -> list[str]:
    kind = "municipality" if lower.endswith((" kommune", " municipality")) else "public-authority"
    return ["funder", kind] if "funder" in kinds else [kind]


def prepare(sources: Path, register: Register) -> Folder:
    """The contribution `ror`: 884 organisations, less those that are known already as municipalities or regions."""
    folder = Folder.of("ror", requires=["administrative-divisions"])
    rows = sorted(read_csv(sources / "ror-dk-se-no" / "ror_dk_se_no.csv"), key=lambda row: (row["name"], row["ror_id"]))
    shown = _names_shown(rows)
    towns = {(row["country"], row["place"]): row["municipality"] for row in read_csv(REVIEWED / "places.csv")}
    twice = {row["ror_id"]: row["same_as"] for row in read_csv(REVIEWED / "ror_twice.csv")}
    reviewed = {fold(row["name"]): row for row in read_csv(REVIEWED / "organisations.csv")}
    seconds = [row for row in rows if row["ror_id"] in twice]
    rows = [row for row in rows if row["ror_id"] not in twice]
    things: dict[str, str] = {}
    for row in rows:
        country = row["country"].lower()
        known = register.find("", country, f"ror:{row['ror_id']}")
        things[row["ror_id"]] = known or register.new_id(register.canonical(shown[row["ror_id"]]), country)
    things |= {second: things[first] for second, first in twice.items()}
    for row in rows:
        thing = things[row["ror_id"]]
        if thing.startswith("organisation/"):
            template, line, names = _organisation(row, thing, shown[row["ror_id"]], register, things, towns)
            decided = reviewed.get(fold(str(line["name"])))
            if decided:
                template, line["kind"] = decided["template"], decided["kind"].split("|")
            names += _second_records(line, [second for second in seconds if things[second["ror_id"]] == thing])
            folder.add(template, line)
            register.enter(thing, row["country"].lower(), names, f"ror:{row['ror_id']}")
    return folder


def _second_records(line: Row, seconds: Sequence[Mapping[str, str]]) -> list[str]:
    """Adds to an organisation the names of the records that the registry has of it besides, and where they are."""
    told = {str(line[key]) for key in ("name", "label_da", "label_sv", "label_en")}
    names = {row["name"] for row in seconds} | {row[f"label_{lang}"] for row in seconds for lang in ("da", "sv", "en")}
    line["alternative_name"] = sorted({*_values(line, "alternative_name"), *names} - told - {""})
    line["source"] = [row["ror_id"] for row in seconds]
    return sorted(names - {""})


def _values(line: Row, key: str) -> list[str]:
    value = line[key]
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []


def _names_shown(rows: list[dict[str, str]]) -> dict[str, str]:
    """ROR adds the country to the names of companies; where the name is unique without it, it goes."""
    short = {row["ror_id"]: row["name"].removesuffix(_SUFFIX[row["country"]]) for row in rows}
    count = Counter(fold(name) for name in short.values())
    # The bare name of this company would read as a person's.
    return {
        row["ror_id"]: short[row["ror_id"]]
        if count[fold(short[row["ror_id"]])] == 1 and "Topsoe" not in row["name"]
        else row["name"]
        for row in rows
    }


def _organisation(
    row: Mapping[str, str],
    thing: str,
    name: str,
    register: Register,
    things: Mapping[str, str],
    towns: Mapping[tuple[str, str], str],
) -> tuple[str, Row, list[str]]:
    country = row["country"].lower()
    template, kinds = classify(row["name"], row["types"])
    labels = {lang: row[f"label_{lang}"] for lang in ("da", "sv", "en")}
    others = {other for other in row["other_names"].split("|") if other and ";" not in other}
    others |= {row["name"]} - {name}
    parents = [
        things[rel.split(":", 1)[1]]
        for rel in row["relationships"].split("|")
        if rel.startswith("parent:") and rel.split(":", 1)[1] in things
    ]
    municipality = towns.get((row["country"], row["city"])) or register.municipality(
        country, row["city"].removesuffix(" Municipality")
    )
    line: Row = {
        "id": thing.split("/")[1],
        "name": name,
        **{f"label_{lang}": label for lang, label in labels.items()},
        "alternative_name": sorted(others - {name} - set(labels.values())),
        "kind": kinds,
        "country": country,
        "municipality": municipality,
        "locality": row["city"],
        "latitude": row["lat"],
        "longitude": row["lon"],
        "website": row["website"],
        "established": row["established"],
        "ror": row["ror_id"],
        "wikidata": wikidata(row["wikidata"]),
        "part_of": sorted(set(parents) - {thing}),
    }
    return template, line, [name, row["name"], *filter(None, labels.values()), *sorted(others)]
