"""Regions and municipalities, the programme area and the cooperation they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from folders import Folder, Row, text
from names import fold, genitive
from register import Register, read_csv

from ecograph.identifiers import slug

GREATER_COPENHAGEN = "organisation/greater-copenhagen"
PROGRAMME = "programme/interreg-oks-2021-2027"
_GREATER_COPENHAGEN_SOURCE = "https://www.greatercph.se/om-se"
_PROGRAMME_SOURCE = "https://osloregion.org/horing-interreg-programmet-oresund-kattegat-skagerrak-2021-2027/"

_ENGLISH = {"København": "Copenhagen", "Göteborg": "Gothenburg"}
_SWEDISH = {"København": "Köpenhamn", "Helsingør": "Helsingör", "Århus": "Århus"}
_STAD = {
    "Malmö": "Malmö stad",
    "Helsingborg": "Helsingborgs stad",
    "Göteborg": "Göteborgs Stad",
    "Stockholm": "Stockholms stad",
}
_FORMERLY = {"Aarhus": ["Århus", "Århus Kommune"], "Høje-Taastrup": ["Høje Taastrup", "Høje Taastrup Kommune"]}


def region_slug(country: str, name: str) -> str:
    """
    The slug of a region: country and name without the word for region.

    Example:
        >>> region_slug("dk", "Region Hovedstaden"), region_slug("se", "Västra Götalandsregionen")
        ('dk-hovedstaden', 'se-vaestra-goetaland')
    """
    short = name.replace("Region ", "").replace("Västra Götalandsregionen", "Västra Götaland")
    return f"{country}-{slug(short.replace(' fylkeskommune', '').replace(' kommune', ''))}"


def prepare(sources: Path, register: Register) -> Folder:
    """The contribution `administrative-divisions`: 15 regions, 488 municipalities, one network, one programme."""
    ror = {row["ror_id"]: row for row in read_csv(sources / "ror-dk-se-no" / "ror_dk_se_no.csv")}
    folder = Folder.of("administrative-divisions")
    regions = _regions(sources, folder, register, ror)
    by_name = _by_municipality(ror)
    _danish(sources, folder, register, regions, by_name)
    _swedish(sources, folder, register, regions, by_name)
    _norwegian(sources, folder, register, by_name)
    _belonging(folder)
    register.enter(GREATER_COPENHAGEN, "dk", ["Greater Copenhagen", "Greater Copenhagen Committee"])
    register.enter(GREATER_COPENHAGEN, "se", ["Greater Copenhagen"])
    return folder


def _regions(sources: Path, folder: Folder, register: Register, ror: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    regions: dict[str, str] = {}
    by_name = {(record["country"].lower(), fold(record["name"])): record for record in ror.values()}
    for row in read_csv(sources / "municipalities" / "regions.csv"):
        country, code = row["id"].split("-")
        thing = "region/" + region_slug(country, row["name_local"])
        regions[row["id"]] = thing
        record = ror.get(row["ror"]) or by_name.get((country, fold(row["name_local"])), {})
        record_names = [record.get("name", ""), *record.get("other_names", "").split("|")]
        others = [name for name in record_names if len(name) > 3 and name not in {row["name_local"], row["name_en"]}]
        folder.add(
            "region",
            {
                "id": thing.split("/")[1],
                "name": row["name_local"],
                "label_da": row["name_local"],
                "label_sv": row["name_local"],
                "label_en": row["name_en"],
                "alternative_name": sorted(set(others)),
                "code": code,
                "country": country,
                "nuts": row["nuts"],
                "kind": "county" if row["kind"] == "county" else "region",
                **_place(record),
                "website": record.get("website", ""),
                "ror": record.get("ror_id", ""),
                "wikidata": wikidata(record.get("wikidata", "")),
                "member_of": GREATER_COPENHAGEN if row["in_greater_copenhagen"] == "1" else "",
                "programme_area": PROGRAMME if row["in_oks_2021_2027"] == "1" else "",
            },
        )
        identifiers = [f"ror:{record['ror_id']}"] if record else []
        register.enter(thing, country, [row["name_local"], row["name_en"], *others], *identifiers)
    return regions


def _place(record: Mapping[str, str]) -> Row:
    return {"locality": record.get("city", ""), "latitude": record.get("lat", ""), "longitude": record.get("lon", "")}


def wikidata(item: str) -> str:
    """The IRI of a Wikidata item, or nothing."""
    return f"http://www.wikidata.org/entity/{item}" if item else ""


def _by_municipality(ror: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], Mapping[str, str]]:
    """The ROR records of municipalities, by country and short name."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for record in ror.values():
        for ending in (" Kommune", " kommune", " Municipality"):
            if record["name"].endswith(ending):
                found[record["country"].lower(), record["name"].removesuffix(ending)] = record
    return found


def _municipality(
    folder: Folder,
    register: Register,
    country: str,
    short: str,
    names: Mapping[str, str],
    others: list[str],
    places: list[str],
    row: Row,
    record: Mapping[str, str],
) -> None:
    thing = f"municipality/{country}-{slug(short)}"
    name = names[{"dk": "da", "se": "sv", "no": "da"}[country]]
    folder.add(
        "municipality",
        {
            "id": thing.split("/")[1],
            "name": name,
            "label_da": names["da"],
            "label_sv": names["sv"],
            "label_en": names["en"],
            "alternative_name": sorted({short, *others} - {name}),
            **row,
            "website": record.get("website", ""),
            "ror": record.get("ror_id", ""),
            "wikidata": wikidata(record.get("wikidata", "")),
        },
        part=country,
    )
    # The main place finds the municipality too ("Taastrup"), but never before a municipality of that name.
    register.enter_municipality(thing, country, [short, *others])
    for place in places:
        _MAIN_PLACES.append((thing, country, place))
    if record:
        register.enter(thing, country, [], f"ror:{record['ror_id']}")
    register.enter(thing, country, [*names.values(), *(other for other in others if " " in other)])


_MAIN_PLACES: list[tuple[str, str, str]] = []


def enter_main_places(register: Register) -> None:
    """Makes municipalities findable by their main place; called once all municipalities are entered."""
    for thing, country, place in _MAIN_PLACES:
        register.enter_municipality(thing, country, [place])
    _MAIN_PLACES.clear()


def _danish(
    sources: Path,
    folder: Folder,
    register: Register,
    regions: Mapping[str, str],
    records: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    for row in read_csv(sources / "municipalities" / "dk_municipalities.csv"):
        short = row["name_da"]
        english, swedish = _ENGLISH.get(short, short), _SWEDISH.get(short, short)
        _municipality(
            folder,
            register,
            "dk",
            short,
            {
                "da": row["official_name_da"],
                "sv": f"{genitive(swedish)} kommun",
                "en": f"{english} Municipality"
                if short not in {"Nordfyns", "Vesthimmerlands"}
                else f"{short[:-1]} Municipality",
            },
            [*_FORMERLY.get(short, []), *({english, swedish} - {short})],
            [row["main_place"]],
            {
                "code": row["code4"],
                "country": "dk",
                "region": regions[f"dk-{row['region_code']}"],
                "nuts": row["nuts3"],
                **_belongs(row),
                "latitude": row["lat"],
                "longitude": row["lon"],
            },
            records.get(("dk", english), {}),
        )


def _swedish(
    sources: Path,
    folder: Folder,
    register: Register,
    regions: Mapping[str, str],
    records: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    for row in read_csv(sources / "municipalities" / "se_municipalities.csv"):
        short = row["name_sv"]
        english = _ENGLISH.get(short, short)
        official = f"{genitive(short)} kommun"
        _municipality(
            folder,
            register,
            "se",
            short,
            {"da": f"{short} Kommune", "sv": _STAD.get(short, official), "en": f"{english} Municipality"},
            sorted({official, english} - {short, _STAD.get(short, official)}),
            [row["main_place"]],
            {
                "code": row["code"],
                "country": "se",
                "region": regions.get(f"se-{row['county_code']}", ""),
                "nuts": row["nuts3"],
                **_belongs(row),
                "latitude": row["lat"],
                "longitude": row["lon"],
            },
            records.get(("se", english), {}),
        )


def _norwegian(
    sources: Path, folder: Folder, register: Register, records: Mapping[tuple[str, str], Mapping[str, str]]
) -> None:
    for row in read_csv(sources / "municipalities" / "no_municipalities_oks.csv"):
        short = row["name"]
        _municipality(
            folder,
            register,
            "no",
            short,
            {"da": f"{short} kommune", "sv": f"{short} kommun", "en": f"{short} Municipality"},
            [],
            [row["main_place"]],
            {
                "code": row["code"],
                "country": "no",
                "region": "region/" + region_slug("no", row["county"]),
                "programme_area": PROGRAMME,
                "latitude": row["lat"],
                "longitude": row["lon"],
            },
            records.get(("no", short), {}),
        )


def _belongs(row: Mapping[str, str]) -> Row:
    return {
        "member_of": GREATER_COPENHAGEN if row["in_greater_copenhagen"] == "1" else "",
        "programme_area": PROGRAMME if row["in_oks"] == "1" else "",
    }


def _belonging(folder: Folder) -> None:
    folder.add(
        "network",
        {
            "id": GREATER_COPENHAGEN.split("/")[1],
            "name": "Greater Copenhagen",
            "label_da": "Greater Copenhagen",
            "label_sv": "Greater Copenhagen",
            "label_en": "Greater Copenhagen",
            "kind": "network",
            "country": "dk",
            **text("greater-copenhagen"),
            "established": "2015",
            "source": _GREATER_COPENHAGEN_SOURCE,
        },
    )
    folder.add(
        "programme",
        {
            "id": PROGRAMME.split("/")[1],
            "title_da": "Interreg Øresund-Kattegat-Skagerrak 2021-2027",
            "title_sv": "Interreg Öresund-Kattegat-Skagerrak 2021-2027",
            "title_en": "Interreg Öresund-Kattegat-Skagerrak 2021-2027",
            **text("interreg-oks-2021-2027"),
            "start": "2021",
            "end": "2027",
            "country": ["dk", "se", "no"],
            "website": "https://interreg-oks.eu",
            "source": _PROGRAMME_SOURCE,
        },
    )
