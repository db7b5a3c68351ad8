"""Organisations as project lists name them: found if they are known, else entered with what the list says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from folders import Folder, Row
from names import fold
from register import REVIEWED, Register, read_csv

_COMPANY = re.compile(
    r"(?:\b(?:ApS|A/S|I/S|K/S|AB|Aktiebolag|AS|\w*partnerselskab|Aktieselskabet|A\.?m\.?b\.?a\.?|"
    r"F\.?m\.?b\.?a|ltd|VMBA|V\.M\.B\.A)\b\.?|aktiebolag)",
    re.IGNORECASE,
)
_SCHOOL = re.compile(
    r"skole|gymnasi|\bVUC\b|\bAMU\b|\bEUC\b|\bSOSU\b|uddannelsescent|college|\bUCH\b|seminari|"
    r"kursuscenter|\bHF\b|handelsgymn|"
    r"uddannelsesinst|sprogcenter|learnmark|tradium|niels brock|aarhus tech|campus vejle|cph west|\bAOF\b|"
    r"for uddannelse|"
    r"oplysningsforbund|voksen uddannelses|jordbrugets uddannelses|zealand business college|"
    r"erhvervsuddannelser|uddannelse lolland",
    re.IGNORECASE,
)
_UNIVERSITY = re.compile(
    r"universitet(?!s?holding)|university(?! college)|handelshøjskolen i|högskola|ingeniørhøjskolen|E-universitet",
    re.IGNORECASE,
)
_COLLEGE = re.compile(
    r"professionshøjskole|university college|erhvervsakademi|\bCVU\b|designskole|mediehøjskole|kunstakademi",
    re.IGNORECASE,
)
_INSTITUTE = re.compile(
    r"^(?:AgroTech|Alexandra|DELTA|DHI|Force Technology|Teknologisk Institut|Institut for|Swerea|SSPA|"
    r"IHE)|forskningscenter|forskningsinst",
    re.IGNORECASE,
)
_PUBLIC = re.compile(
    r"styrelse\b|styrelsen\b|ministeri|direktorat|statsforvaltning|^statens |länsstyrelse|myndighet|"
    r"kommunalförbund|region västerbotten",
    re.IGNORECASE,
)
_SUPPORT = re.compile(
    r"erhvervsråd|erhvervscenter|erhvervsudvikling|erhvervs?forum|væksthus|business (?:center|region|hub|"
    r"institute)|science park|incubator|inkubator|"
    r"turist|turisme|visit|destination|erhverv |udviklingsråd|udviklingspark|innovation(?:s)?(?:forum|"
    r"center)|energikontor|hushållningssällskap|"
    r"drivhuset|coompanion|iværksætter|forskerpark|copenhagen capacity|wonderful copenhagen|teknologihus|"
    r"businesspartner|näringsliv|krinova|almi|"
    r"kompetencecenter|erhvervsservice|symbion|capnova|accelerace|scion",
    re.IGNORECASE,
)
_UTILITY = re.compile(
    r"fjernvarme|varmeværk|varme a/s|varmeforsyning|forsyning|kraftvarme|energi (?:och|vind|aktiebolag|"
    r"ab)|energimarknad|vandforsyning|\bsysav\b|avfall|kraftringen|affärsverken",
    re.IGNORECASE,
)
_HOUSING = re.compile(r"bostad|bostäder|svedalahem|kristianstadsbyggen|\bBO42\b|boligselskab", re.IGNORECASE)
_ARCHIVE = re.compile(r"muse(?:um|et|er)\b|museum", re.IGNORECASE)
_NETWORK = re.compile(r"klynge|cluster|netværk|network|reg lab|medicon valley", re.IGNORECASE)
_DISTRICT = re.compile(r"\s+(?:N|S|V|Ø|C|K|M|NV|SV|SØ|Øst|Centrum)$")


def tidy(name: str) -> str:
    """
    The name as its owner writes it, where a list has put capitals by rule.

    Example:
        >>> tidy("Mobile Heights Ab (Svb)"), tidy("Hushållningssällskapet I Hallands Län")
        ('Mobile Heights AB', 'Hushållningssällskapet i Hallands Län')
    """
    name = re.sub(r"\bAb(?: \(Svb\))?$", "AB", " ".join(name.split()))
    return re.sub(r"(?<=\w) (I|Och)(?= \w)", lambda word: word[0].lower(), name)


def classify(name: str) -> tuple[str, str]:
    """
    The template and the kind that a name tells by its words.

    Example:
        >>> classify("Crestwing ApS"), classify("EUC Nord"), classify("Dansk Industri")
        (('company', 'company'), ('organisation', 'school'), ('organisation', 'other'))
    """
    rules = (
        (_COLLEGE, "research-organisation", "university-college"),
        (_SCHOOL, "organisation", "school"),
        (_UNIVERSITY, "research-organisation", "university"),
        (_INSTITUTE, "research-organisation", "research-institute"),
        (_PUBLIC, "public-body", "public-authority"),
        (_ARCHIVE, "organisation", "archive"),
    )
    for pattern, template, kind in rules:
        if pattern.search(name):
            return template, kind
    template = "company" if _COMPANY.search(name) else "organisation"
    for pattern, kind in (
        (_SUPPORT, "business-support"),
        (_HOUSING, "housing-association"),
        (_UTILITY, "utility"),
        (_NETWORK, "cluster"),
    ):
        if pattern.search(name) and not (template == "company" and kind == "cluster"):
            return template, kind
    if template == "company":
        return template, "company"
    return template, "other"


def _several(values: str) -> list[str]:
    return [value for value in values.split("|") if value]


@dataclass
class Participants:
    """Turns the names of one list into things, entering in `folder` those that nobody has described before."""

    folder: Folder
    register: Register
    source: str
    _reviewed: dict[str, dict[str, str]] = field(default_factory=dict)
    _left_out: set[tuple[str, str]] = field(default_factory=set)
    _towns: dict[tuple[str, str], str] = field(default_factory=dict)
    _entered: dict[str, Row] = field(default_factory=dict)
    _spellings: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        """Reads what was reviewed by hand."""
        self._reviewed = {fold(row["name"]): row for row in read_csv(REVIEWED / "organisations.csv")}
        self._left_out = {(row["source"], row["id"]) for row in read_csv(REVIEWED / "left_out.csv")}
        self._towns = {(row["country"], row["place"]): row["municipality"] for row in read_csv(REVIEWED / "places.csv")}

    def find(
        self,
        name: str,
        country: str,
        *,
        record: str = "",
        cvr: str = "",
        organisation_number: str = "",
        city: str = "",
        url: Sequence[str] = (),
        template: str = "",
        kind: str = "",
        label_en: str = "",
        region: str = "",
    ) -> str | None:
        """
        The thing that a list's entry stands for, entered if need be; None if it was left out in review.

        Args:
            name: As listed.
            country: `dk`, `se`, `no` or `eu`.
            record: The list's own id of the entry, by which it may have been left out.
            cvr: Danish company number, if the list gives it.
            organisation_number: Swedish organisation number, if the list gives it.
            city: Postal town, if the list gives it.
            url: Where the entry was read, if the list gives a page per entry.
            template: What the list says it is, used where the name's own words do not tell.
            kind: The same, as a concept of `actor-kind`.
            label_en: The English name, if the list gives it.
            region: The region, if the list gives it.
        """
        if (self.source, record) in self._left_out:
            return None
        identifiers = [f"cvr:{cvr}"] * bool(cvr) + [f"se:{organisation_number}"] * bool(organisation_number)
        known = self.register.find(name, country, *identifiers)
        if known is None:
            shown = tidy(self.register.canonical(name))
            known = self.register.new_id(shown, country)
            reviewed = self._reviewed.get(fold(shown), {})
            ruled, ruled_kind = classify(shown)
            town = _DISTRICT.sub("", city)
            municipality = self._towns.get((country.upper(), city)) or (
                self.register.municipality(country, town) if city else None
            )
            row: Row = {
                "id": known.split("/")[1],
                "name": shown,
                "label_en": label_en if label_en != shown else "",
                "alternative_name": _several(reviewed.get("alternative_name", "")),
                "kind": _several(
                    reviewed.get("kind")
                    or (ruled_kind if ruled_kind not in {"company", "other"} else kind or ruled_kind)
                ),
                "country": country,
                "municipality": municipality or "",
                "region": "" if municipality else region,
                "locality": city,
                "cvr": "",
                "organisation_number": "",
                "source": list(url),
            }
            self._entered[known] = row
            self.folder.add(
                reviewed.get("template") or (ruled if ruled_kind not in {"company", "other"} else template or ruled),
                row,
            )
            self.register.enter(known, country, [shown, *_several(reviewed.get("alternative_name", ""))])
        if known in self._entered:
            row = self._entered[known]
            row["cvr"] = row["cvr"] or cvr
            row["organisation_number"] = row["organisation_number"] or organisation_number
            if tidy(name) != row["name"] and name != row["name"] and not self.register.misspelt(name):
                self._spellings[known].add(tidy(name))
                reviewed = self._reviewed.get(fold(str(row["name"])), {})
                row["alternative_name"] = sorted(
                    {*_several(reviewed.get("alternative_name", "")), *self._spellings[known]}
                )
        self.register.enter(known, country, [name], *identifiers)
        return known

    def listed(self, thing: str, name: str) -> str:
        """The name as listed, if it is not the one that the thing is shown by."""
        row = self._entered.get(thing)
        return "" if (row and tidy(name) == row["name"]) or self.register.misspelt(name) else " ".join(name.split())
