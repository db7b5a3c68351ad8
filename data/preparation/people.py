"""The example contribution with people: none of them exists."""

from __future__ import annotations

from folders import AS_OF, Folder

_SOURCE = "https://example.org/ecograph/people"
_REVIEW = "2027-11-22"
_PEOPLE = (
    ("dk", ["cloudburst", "stormwater"]),
    ("dk", ["waste-sorting", "waste-management"]),
    ("dk", ["city-model-3d", "digital-twin"]),
    ("se", ["cloudburst", "climate-adaptation"]),
    ("se", ["waste-collection", "iot"]),
    ("se", ["rural-mobility", "shared-mobility"]),
)


def prepare() -> Folder:
    """Six example researchers at two example universities, marked as examples."""
    folder = Folder(
        name="people",
        publisher="EcoGraph (example)",
        titles={
            "da": "Eksempel: forskere, der ikke findes",
            "sv": "Exempel: forskare som inte finns",
            "en": "Example: researchers who do not exist",
        },
        rights={
            "da": "Opdigtede eksempler til at prøve EcoGraph med; ingen af personerne eller universiteterne findes.",
            "sv": "Påhittade exempel för att pröva EcoGraph; ingen av personerna eller universiteten finns.",
            "en": "Made-up examples to try EcoGraph with; none of the people or universities exists.",
        },
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        sources=[_SOURCE],
        example=True,
    )
    for country in ("dk", "se"):
        name = f"Example university ({country.upper()})"
        folder.add(
            "research-organisation",
            {
                "id": f"example-university-{country}",
                "name": name,
                "label_da": f"Eksempeluniversitet ({country.upper()})",
                "label_sv": f"Exempeluniversitet ({country.upper()})",
                "label_en": name,
                "kind": "university",
                "country": country,
                "source": _SOURCE,
            },
        )
    for number, (country, topics) in enumerate(_PEOPLE, start=1):
        folder.add(
            "person",
            {
                "id": f"example-researcher-{number}",
                "name": f"Example researcher {number}",
                "label_da": f"Eksempelforsker {number}",
                "label_sv": f"Exempelforskare {number}",
                "label_en": f"Example researcher {number}",
                "country": country,
                "organisation": f"organisation/example-university-{country}",
                "topic": topics,
                "purpose": "Matching of municipal needs with research (example)",
                "legal_basis": "consent",
                "review_date": _REVIEW,
                "source": _SOURCE,
            },
        )
        folder.add(
            "membership",
            {
                "id": f"example-researcher-{number}--example-university-{country}",
                "person": f"person/example-researcher-{number}",
                "organisation": f"organisation/example-university-{country}",
                "role": "researcher",
                "start": AS_OF[:4],
            },
        )
    return folder
