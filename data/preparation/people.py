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
    folder = Folder.of("people")
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
