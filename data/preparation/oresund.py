"""Facts about the Øresund ecosystem gathered by hand; InnoTech - TaskForce and Smart Greater Copenhagen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from folders import AS_OF, Folder, Row, text
from interreg import INNOTECH
from interreg import NAME as INTERREG
from participants import Participants
from places import PROGRAMME
from projects import Participations
from register import REVIEWED, Register, read_csv
from structural_funds import DANISH, SWEDISH

from ecograph.identifiers import slug

NAME = "oresund-facts"
SMART_GREATER_COPENHAGEN = "project/smart-greater-copenhagen"
_CURATED = REVIEWED / "oresund"
_LANGUAGES = ("da", "sv", "en")
_DTU = "Danmarks Tekniske Universitet"
_FRAMEWORKS = {
    "fda": (
        "FDA",
        {
            "da": "Fællesoffentlig digital arkitektur (FDA)",
            "sv": "Danmarks gemensamma offentliga digitala arkitektur (FDA)",
            "en": "Danish common public digital architecture (FDA)",
        },
        "Digitaliseringsstyrelsen",
        "https://arkitektur.digst.dk",
        "FDA",
    ),
    "oasc-mims": (
        "MIM",
        dict.fromkeys(_LANGUAGES, "Minimal Interoperability Mechanisms (MIM)"),
        "Open & Agile Smart Cities (OASC)",
        "https://oascities.org/minimal-interoperability-mechanisms/",
        "OASC",
    ),
    "digg-digital-samverkan": (
        "",
        {
            "da": "Svensk ramme for digitalt samarbejde",
            "sv": "Svenskt ramverk för digital samverkan",
            "en": "Swedish framework for digital cooperation",
        },
        "Myndigheten för digital förvaltning (DIGG)",
        "https://www.digg.se/kunskap-och-stod/svenskt-ramverk-for-digital-samverkan/",
        "DIGG",
    ),
}
_PROCESSES = {
    "viborg-decision-model": (
        {
            "da": "Viborg Kommunes beslutningsmodel",
            "sv": "Viborg Kommunes beslutsmodell",
            "en": "Viborg Kommune decision model",
        },
        "municipality/dk-viborg",
        "https://teknologi.viborg.dk/saadan-arbejder-vi/planlaegning-og-prioritering-af-projekter/",
    ),
    "os2-governance-model": (
        {"da": "OS2's styringsmodel", "sv": "OS2:s styrmodell", "en": "OS2 governance model"},
        "organisation/os2",
        "https://github.com/OS2offdig/os2-product-audits",
    ),
    "innotech-360": (
        {"da": "InnoTechs 360°-proces", "sv": "InnoTechs 360°-process", "en": "InnoTech 360° process"},
        "organisation/gate-21",
        "https://gate21.dk/aaret-der-er-gaaet-i-innotech/",
    ),
}
_PROGRAMMES = {
    "interreg-oks-2014-2020": (
        "2014",
        "2020",
        "Interreg Øresund-Kattegat-Skagerrak 2014-2020",
        "Interreg Öresund-Kattegat-Skagerrak 2014-2020",
    ),
    "interreg-iva-oks-2007-2013": (
        "2007",
        "2013",
        "Interreg IV A Øresund-Kattegat-Skagerrak 2007-2013",
        "Interreg IV A Öresund-Kattegat-Skagerrak 2007-2013",
    ),
}
_SGC_MUNICIPALITIES = (
    "albertslund",
    "egedal",
    "fredensborg",
    "frederiksberg",
    "gentofte",
    "gladsaxe",
    "helsingoer",
    "hoeje-taastrup",
    "koebenhavn",
    "vallensbaek",
)
_SGC_EXPECTED = ("bornholm", "taarnby")


def prepare(sources: Path, register: Register) -> Folder:
    """The contribution `oresund-facts`."""
    folder = Folder.of(NAME, requires=["administrative-divisions", "ror", DANISH, SWEDISH, INTERREG])
    source = sources / "oresund-curated-facts"
    participants = Participants(folder, register, NAME)
    _networks(source, folder, register, participants)
    participations = Participations(folder)
    _programmes(folder)
    _projects(source, folder, participants, participations, register)
    _needs(source, folder)
    _solutions(source, folder, participants)
    _standards(source, folder)
    _processes(source, folder)
    _innotech(folder, register, participations)
    _smart_greater_copenhagen(folder, participants, participations)
    participations.write()
    return folder


def url(note: str) -> str:
    """The address at the start of a source note."""
    return note.split(" ")[0] if note.startswith("http") else ""


def texts(key: str, values: Mapping[str, str]) -> Row:
    """The three language columns of a text."""
    return {f"{key}_{lang}": values.get(lang, "") for lang in _LANGUAGES}


def _curated(name: str) -> list[dict[str, str]]:
    return read_csv(_CURATED / f"{name}.csv")


def _columns(row: Mapping[str, str], key: str) -> Row:
    return {f"{key}_{lang}": row.get(f"{key}_{lang}", "") for lang in _LANGUAGES}


def _networks(source: Path, folder: Folder, register: Register, participants: Participants) -> None:
    pages = {row["name"]: row["source_url"] for row in read_csv(source / "networks.csv")}
    for row in _curated("networks"):
        known = register.find(row["name"], row["country"])
        shown = register.canonical(row["name"])
        thing = known or register.new_id(shown, row["country"])
        # A thing that another folder has described gets the same name, country and class again, and what is new.
        folder.add(
            row["template"],
            {
                "id": thing.split("/")[1],
                "name": shown,
                "kind": row["kind"],
                "country": row["country"],
                **_columns(row, "description"),
                "municipality": row["municipality"],
                "established": row["established"],
                "source": url(pages[row["name"]]),
            },
        )
        register.enter(thing, row["country"], [shown])
        for topic in row["topic"].split("|"):
            _claim(folder, thing, topic, "person", url(pages[row["name"]]))


def _claim(folder: Folder, about: str, topic: str, basis: str, page: str = "") -> None:
    folder.add(
        "topic-claim",
        {
            "id": "--".join((about.split("/")[1], topic, basis)),
            "about": about,
            "topic": topic,
            "basis": basis,
            "as_of": AS_OF,
            "source": page,
        },
    )


def _programmes(folder: Folder) -> None:
    for name, (start, end, danish, swedish) in _PROGRAMMES.items():
        folder.add(
            "programme",
            {
                "id": name,
                **texts("title", {"da": danish, "sv": swedish, "en": swedish}),
                "start": start,
                "end": end,
                "country": ["dk", "se", "no"],
            },
        )


def _projects(
    source: Path, folder: Folder, participants: Participants, participations: Participations, register: Register
) -> None:
    facts = {row["id"]: row for row in read_csv(source / "projects.csv")}
    for row in _curated("projects"):
        fact = facts[row["id"]]
        page = url(fact["source_url"])
        innotech = row["id"] == "innotech"
        folder.add(
            "project",
            {
                "id": row["id"],
                **_columns(row, "title"),
                **(text("innotech") if innotech else _description(row, fact["summary_en"])),
                "programme": f"programme/{row['programme']}" if row["programme"] else "",
                # InnoTech's dates are stated in the list of operations, and more precisely.
                "start": "" if innotech else fact["start"],
                "end": "" if innotech else fact["end"],
                "country": row["country"].split("|"),
                "continues": row["continues"],
                "source": page,
            },
        )
        for topic in row["topic"].split("|"):
            _claim(folder, f"project/{row['id']}", topic, "source", page)
        if fact["total_budget_eur"]:
            _funding(folder, f"project/{row['id']}", "total-budget", fact["total_budget_eur"], "eur", source=page)
    _funding(
        folder,
        "project/losc",
        "grant",
        "5900000",
        "sek",
        funder=register.find("Vinnova", "se") or "",
        source=url(facts["losc"]["source_url"]),
    )
    roles = {row["listed"]: row["role"] for row in _curated("roles")}
    listed = read_csv(source / "participations.csv")
    listed += [
        {
            "project_id": row["id"],
            "organisation": name,
            "country": "SE",
            "role": "lead",
            "source_url": row["source_url"],
        }
        for row in facts.values()
        for name in (["Lunds kommun", "Future by Lund"] if "Future by Lund" in row["lead"] else [])
    ]
    for row in listed:
        if row["project_id"] == "innotech" and "list of operations" in row["source_url"]:
            continue
        country = row["country"].lower()
        thing = participants.find(row["organisation"], country, url=list(filter(None, [url(row["source_url"])])))
        if thing:
            participations.add(
                f"project/{row['project_id']}",
                thing,
                roles[row["role"]],
                role_text="" if row["role"] == roles[row["role"]] else row["role"],
                listed_as=participants.listed(thing, row["organisation"]),
                source=url(row["source_url"]),
            )


def _description(row: Mapping[str, str], english: str) -> Row:
    english = row.get("description_en") or english
    sentence = english if english.endswith(".") else f"{english}."
    return texts("description", {"da": row["description_da"], "sv": row["description_sv"], "en": sentence})


def _funding(
    folder: Folder,
    about: str,
    kind: str,
    amount: str,
    currency: str,
    *,
    funder: str = "",
    funder_text: str = "",
    stated_in: str = "",
    source: str = "",
) -> None:
    folder.add(
        "funding-statement",
        {
            "id": f"{about.split('/')[1]}-{kind}",
            "about": about,
            "amount": amount,
            "currency": currency,
            "kind": kind,
            "funder": funder,
            "funder_text": funder_text,
            "stated_in": stated_in,
            "source": source,
        },
    )


def _needs(source: Path, folder: Folder) -> None:
    facts = {row["id"]: row for row in read_csv(source / "needs.csv")}
    for row in _curated("needs"):
        fact = facts[row["id"]]
        titles = {"da": row["title_da"], "sv": row["title_sv"], "en": fact["statement_en"]}
        titles[fact["lang"]] = fact["statement_local"]
        folder.add(
            "need",
            {
                "id": row["id"],
                **texts("title", titles),
                "raised_by": row["raised_by"].split("|"),
                "raised_by_text": row["raised_by_text"],
                "country": fact["country"].lower().split("/"),
                "topic": row["topic"].split("|"),
                "capability": row["capability"].split("|"),
                "territory": row["territory"].split("|"),
                "stated_in": fact["year"],
                "source": url(fact["source_url"]),
            },
        )


def _solutions(source: Path, folder: Folder, participants: Participants) -> None:
    facts = {row["id"]: row for row in read_csv(source / "solutions.csv")}
    participants.find("Smarta Byar", "se", url=[url(facts["smartabyar"]["source_url"])])
    for row in _curated("solutions"):
        fact = facts[row["id"]]
        page = url(fact["source_url"])
        folder.add(
            "solution",
            {
                "id": row["id"],
                **_columns(row, "title"),
                **_description(row, fact["description_en"]),
                "kind": row["kind"],
                "provider": row["provider"].split("|"),
                "provider_text": row["provider_text"],
                "topic": row["topic"].split("|"),
                "capability": row["capability"].split("|"),
                "addresses": row["addresses"].split("|"),
                "country": row["country"].split("|"),
                "source": page,
            },
        )
        for provider in filter(None, row["provider"].split("|")):
            folder.add(
                "capability-claim",
                {
                    "id": f"{provider.split('/')[1]}--{row['id']}",
                    "claimant": provider,
                    "capability": row["capability"].split("|"),
                    "topic": row["topic"].split("|"),
                    "evidence": f"solution/{row['id']}",
                    "basis": "rule",
                    "as_of": AS_OF,
                    **texts("note", _PROVIDES),
                    "source": page,
                },
            )
    deployed = {row["solution_id"]: row for row in read_csv(source / "deployments.csv")}
    for row in _curated("deployments"):
        fact = deployed[row["solution_id"]]
        folder.add(
            "deployment",
            {
                "id": f"{row['solution_id']}--{slug(fact['site'])}",
                "solution": f"solution/{row['solution_id']}",
                "territory": row["territory"],
                "site": fact["site"],
                "operator": row["operator"],
                "stage": row["stage"],
                "start": fact["year"],
                # An address in which a person is named is cut down to its site.
                "source": row["source"] or url(fact["source_url"]),
            },
        )


_PROVIDES = {
    "da": "Udbyder en løsning, der kræver denne evne.",
    "sv": "Tillhandahåller en lösning som kräver denna förmåga.",
    "en": "Provides a solution that takes this capability.",
}


def _standards(source: Path, folder: Folder) -> None:
    pages = {
        (row["scheme"].split()[0], row["notation"]): row["source_url"] for row in read_csv(source / "principles.csv")
    }
    for name, (notation, titles, publisher, website, _scheme) in _FRAMEWORKS.items():
        folder.add(
            "standard",
            {
                "id": name,
                **texts("title", titles),
                "notation": notation,
                "publisher_text": publisher,
                "topic": "interoperability",
                "website": website,
            },
        )
    for row in _curated("principles"):
        scheme = _FRAMEWORKS[row["framework"]][4]
        mechanism = row["notation"].startswith("MIM")
        folder.add(
            "mechanism" if mechanism else "principle",
            {
                "id": row["notation"].lower() if mechanism else f"{row['framework']}-{row['notation']}",
                **_columns(row, "title"),
                "notation": row["notation"] if mechanism else f"{scheme} {row['notation']}",
                "framework": f"standard/{row['framework']}",
                "source": url(pages[scheme, row["notation"]]),
            },
        )


def _processes(source: Path, folder: Folder) -> None:
    for name, (titles, publisher, page) in _PROCESSES.items():
        folder.add("process", {"id": name, **texts("title", titles), "publisher": publisher, "source": page})
    for row in _curated("gates"):
        folder.add(
            "gate",
            {
                "id": f"{row['process']}-{row['order']}",
                **_columns(row, "title"),
                "process": f"process/{row['process']}",
                "order": row["order"],
                "requirement_count": row["requirement_count"],
                "source": _PROCESSES[row["process"]][2],
            },
        )
    for number in range(1, 6):
        folder.add(
            "phase",
            {
                "id": f"innotech-360-{number}",
                **texts("title", {"da": f"Fase {number}", "sv": f"Fas {number}", "en": f"Phase {number}"}),
                "process": "process/innotech-360",
                "order": number,
                "source": _PROCESSES["innotech-360"][2],
            },
        )


def _innotech(folder: Folder, register: Register, participations: Participations) -> None:
    dtu = register.find(_DTU, "dk")
    unit = register.find("DTU Engineering Technology", "dk") or register.new_id("DTU Engineering Technology", "dk")
    folder.add(
        "research-organisation",
        {
            "id": unit.split("/")[1],
            "name": "DTU Engineering Technology",
            "kind": "university",
            "country": "dk",
            "part_of": dtu,
        },
    )
    register.enter(unit, "dk", ["DTU Engineering Technology"])
    participations.add(
        INNOTECH, unit, "partner", role_text="four of the five themes; cybersecurity, GDPR and commercialisation"
    )
    participations.add(INNOTECH, unit, "steering", role_text="steering of these themes")
    kl = register.find("Kommunernes Landsforening", "dk")
    if kl is None:
        raise ValueError("KL is not known")
    participations.add(INNOTECH, kl, "supporter")
    participations.add(INNOTECH, "region/se-skaane", "supporter")
    participation = "participation/" + "--".join((INNOTECH.split("/")[1], unit.split("/")[1], "partner"))
    for capability in ("cybersecurity", "data-protection", "commercialisation"):
        folder.add(
            "capability-claim",
            {
                "id": f"{unit.split('/')[1]}--{capability}",
                "claimant": unit,
                "capability": capability,
                "evidence": participation,
                "basis": "source",
                "as_of": AS_OF,
                **texts("note", _TAKES_PART),
            },
        )
    _funding(folder, INNOTECH, "support", "1600000", "dkk", funder=PROGRAMME)


_TAKES_PART = {
    "da": "Deltager med dette i InnoTech - TaskForce.",
    "sv": "Deltar med detta i InnoTech - TaskForce.",
    "en": "Takes part in InnoTech - TaskForce with this.",
}


def _smart_greater_copenhagen(folder: Folder, participants: Participants, participations: Participations) -> None:
    project = SMART_GREATER_COPENHAGEN
    title = dict.fromkeys(_LANGUAGES, "Smart Greater Copenhagen")
    folder.add(
        "project",
        {
            "id": project.split("/")[1],
            **texts("title", title),
            **text("smart-greater-copenhagen"),
            "start": "2017",
            "end": "2018",
            "country": "dk",
            "region": "region/dk-hovedstaden",
            "kind": "strategy-process",
        },
    )
    for topic in ("waste-management", "energy", "climate-environment", "mobility", "digitalisation"):
        _claim(folder, project, topic, "source")
    participations.add(project, "region/dk-hovedstaden", "lead")
    for name in _SGC_MUNICIPALITIES:
        participations.add(project, f"municipality/dk-{name}", "partner")
    for name in _SGC_EXPECTED:
        participations.add(project, f"municipality/dk-{name}", "expected-partner")
    for name in ("CLEAN", "Gate 21"):
        thing = participants.find(name, "dk")
        if thing:
            participations.add(project, thing, "working-group")
    _funding(folder, project, "grant", "1700000", "dkk", funder_text="ReVUS")
    _funding(folder, project, "co-financing", "200000", "dkk")
    _funding(folder, project, "total-budget", "1900000", "dkk")
    folder.add(
        "strategy",
        {
            "id": "smart-greater-copenhagen",
            **texts("title", title),
            "leader": "region/dk-hovedstaden",
            "project": project,
        },
    )
    folder.add(
        "strategy",
        {
            "id": "revus",
            **texts(
                "title",
                {
                    "da": "ReVUS: regional vækst- og udviklingsstrategi for hovedstadsregionen",
                    "sv": "ReVUS: regional tillväxt- och utvecklingsstrategi för huvudstadsregionen",
                    "en": "ReVUS: regional growth and development strategy of the Capital Region",
                },
            ),
            "leader": "region/dk-hovedstaden",
        },
    )
    for row in _curated("goals"):
        folder.add(
            "goal",
            {
                "id": row["id"],
                **_columns(row, "title"),
                "strategy": f"strategy/{row['strategy']}",
                "topic": row["topic"].split("|"),
                "target_year": row["target_year"],
            },
        )
    for row in _curated("indicators"):
        folder.add(
            "indicator",
            {
                "id": row["id"],
                **_columns(row, "title"),
                "goal": f"goal/{row['goal']}",
                "unit": row["unit"],
                "target_value": row["target_value"],
                "direction": row["direction"],
            },
        )
