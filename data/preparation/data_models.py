"""The catalogue of Smart Data Models: data models that solutions can conform to."""

from __future__ import annotations

import re
from pathlib import Path

from folders import Folder
from register import read_csv

from ecograph.identifiers import slug

NAME = "smart-data-models"
_PREFIX = re.compile(r"^Smart[ -]?data[ -]?models?(?:[ .:-]+|(?= ))", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*(?:[-/.]+\s*)?schema(?: derived from .*)?\.?$", re.IGNORECASE)


def shown(title: str, model: str) -> str:
    """
    The title without the catalogue's own name; the model's name where nothing else is left.

    Example:
        >>> shown("Smart Data Models - Energy / Three Phase AC Measurement", "ThreePhaseAcMeasurement")
        'Energy / Three Phase AC Measurement'
        >>> shown("Smart Data Models. GTFS Schema", "GtfsShape")
        'GTFS (GtfsShape)'
    """
    short = _SUFFIX.sub("", _PREFIX.sub("", " ".join(title.split()))).strip(" -./:")
    if not short:
        return model
    return short if slug(model) in slug(short).replace("-", "") or len(short) > 24 else f"{short} ({model})"


def prepare(sources: Path) -> Folder:
    """The contribution with 1,118 data models in 82 subjects."""
    folder = Folder.of(NAME)
    for row in read_csv(sources / "smart-data-models" / "data_models.csv"):
        subject = row["subject"].removeprefix("dataModel.")
        folder.add(
            "data-model",
            {
                "id": f"{slug(subject)}-{slug(row['data_model'])}",
                "title_en": shown(row["title"], row["data_model"]),
                "notation": f"{row['subject']}/{row['data_model']}",
                "version": row["version"],
                "schema": row["schema_id"].strip(" ,"),
                "subject": subject_slug(subject),
                "publisher_text": "Smart Data Models",
            },
        )
    return folder


def subject_slug(subject: str) -> str:
    """The concept of `data-model-subject` that stands for one of the catalogue's subjects."""
    return slug(subject)
