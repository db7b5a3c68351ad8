"""Topic claims for projects and calls: by their titles, then by texts that the sources give and `data/` does not."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import calls
from classifier import Classifier, Hit, words
from folders import AS_OF, Folder, Row
from register import REVIEWED, read_csv

from ecograph.identifiers import slug

NAME = "ecograph-classification"
_MOST = 4
"""Topics per thing: more say less."""
_TITLE_CONFIDENCE = 0.9
_TITLE_AND_TEXT_CONFIDENCE = 0.95
_TITLE_COMPOUND_CONFIDENCE = 0.8
_TEXT_CONFIDENCE = (0.5, 0.05, 0.8)
"""Confidence from a text: start, per occurrence, most."""
_OPENING_WORDS = 40
"""What a text is about is said in its first words: a term there counts twice."""
_TEXT_ENOUGH = 3.0
_LONG_TEXT_ENOUGH = 4.5
_LONG_TEXT_WORDS = 150
"""A long text names many things in passing."""
_TEXT_SHARE = 0.5
"""A topic from the text must weigh at least this share of the text's weightiest topic."""
_TERMS_SHOWN = 3
_OBJECTIVES = {
    "RSO1.1": "innovation",
    "RSO1.4": "skills",
    "RSO2.2": "energy",
    "RSO2.4": "climate-adaptation",
    "RSO2.6": "circular-economy",
    "RSO3.2": "mobility",
    "RSO4.1": "labour-market",
}
"""What an Interreg project must be about by its specific objective (Regulation (EU) 2021/1058, article 3)."""
_OBJECTIVE_CONFIDENCE = 0.7


@dataclass(frozen=True)
class Subject:
    """What is to be classified: a thing, its titles per language, and its texts per language."""

    thing: str
    part: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    objective: str = ""


@dataclass(frozen=True)
class Found:
    """A topic of a thing, why, and how sure."""

    topic: str
    basis: str
    terms: tuple[str, ...]
    confidence: float


def classify(subject: Subject, classifier: Classifier) -> list[Found]:
    """The topics of one thing: those its titles name, then those its texts are full of, else that of its objective."""
    titles: dict[str, list[Hit]] = defaultdict(list)
    for language, title in subject.titles.items():
        for hit in classifier.find(title, _languages(language), title=True):
            titles[hit.term.topic].append(hit)
    weights, text_terms = _texts(subject, classifier)
    kept = set(classifier.without_broader(titles))
    by_weight = sorted(
        kept, key=lambda topic: (-max(_size(hit) for hit in titles[topic]), -weights.get(topic, 0.0), topic)
    )
    found = [_by_title(topic, titles[topic], weights) for topic in by_weight[:_MOST]]
    most = max(weights.values(), default=0.0)
    long = any(len(words(text)) > _LONG_TEXT_WORDS for text in subject.texts.values())
    enough = max(_LONG_TEXT_ENOUGH if long else _TEXT_ENOUGH, _TEXT_SHARE * most)
    strong = {topic for topic, weight in weights.items() if weight >= enough and topic not in titles}
    everything = classifier.without_broader([*kept, *strong])
    for topic in sorted(strong, key=lambda topic: (-weights[topic], topic)):
        if topic in everything and len(found) < _MOST:
            start, step, top = _TEXT_CONFIDENCE
            terms = tuple(
                term
                for term, _ in sorted(text_terms[topic].items(), key=lambda item: (-item[1], item[0]))[:_TERMS_SHOWN]
            )
            found.append(Found(topic, "text", terms, min(top, start + step * weights[topic])))
    if not found and subject.objective in _OBJECTIVES:
        found.append(Found(_OBJECTIVES[subject.objective], "rule", (subject.objective,), _OBJECTIVE_CONFIDENCE))
    return found


def _languages(language: str) -> tuple[str, ...]:
    """English words stand in Danish and Swedish titles too, hardly the other way round."""
    return (language,) if language == "en" else (language, "en")


def _size(hit: Hit) -> int:
    return (hit.end - hit.start) * 10 + hit.whole


def _by_title(topic: str, hits: Sequence[Hit], weights: Mapping[str, float]) -> Found:
    terms = tuple(sorted({hit.term.label for hit in hits}))[:_TERMS_SHOWN]
    if not any(hit.whole for hit in hits):
        return Found(topic, "rule", terms, _TITLE_COMPOUND_CONFIDENCE)
    return Found(
        topic, "rule", terms, _TITLE_AND_TEXT_CONFIDENCE if weights.get(topic, 0.0) >= 1 else _TITLE_CONFIDENCE
    )


def _texts(subject: Subject, classifier: Classifier) -> tuple[dict[str, float], dict[str, Counter[str]]]:
    """The weight of each topic: the most that one language gives, so that a translation does not count twice."""
    weights: dict[str, float] = {}
    terms: dict[str, Counter[str]] = defaultdict(Counter)
    for language, text in subject.texts.items():
        here: dict[str, float] = defaultdict(float)
        for hit in classifier.find(text, (language,), title=False):
            here[hit.term.topic] += (2.0 if hit.start < _OPENING_WORDS else 1.0) * (
                1.5 if hit.end - hit.start > 1 else 1.0
            )
            terms[hit.term.topic][hit.term.label] += 1
        for topic, weight in here.items():
            weights[topic] = max(weights.get(topic, 0.0), weight)
    return weights, terms


def prepare(sources: Path, made: Sequence[Folder], scheme: Path) -> Folder:
    """The contribution with the topic claims; those whose topics were stated or given by hand are left alone."""
    folder = Folder.of(
        NAME,
        requires=[
            other.name for other in made if any(table.split(".")[0] in {"project", "call"} for table in other.tables)
        ],
    )
    classifier = Classifier.load(scheme)
    reviewed: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read_csv(REVIEWED / "topic_claims.csv"):
        reviewed[row["about"]].append(row)
    for subject in subjects(sources, made):
        rows = reviewed.get(subject.thing, [])
        dropped = {row["topic"] for row in rows if row["decision"] == "not"}
        added = [row["topic"] for row in rows if row["decision"] == "add"]
        found = [
            item for item in classify(subject, classifier) if item.topic not in dropped and item.topic not in added
        ]
        for item in [*(Found(topic, "person", (), 1.0) for topic in added), *found][:_MOST]:
            folder.add("topic-claim", _row(subject.thing, item), part=subject.part)
    return folder


def _row(thing: str, found: Found) -> Row:
    return {
        "id": "--".join((thing.split("/")[1], found.topic, found.basis)),
        "about": thing,
        "topic": found.topic,
        "basis": found.basis,
        "as_of": AS_OF,
        "matched_term": found.terms,
        "confidence": round(found.confidence, 2),
    }


def subjects(sources: Path, made: Iterable[Folder]) -> list[Subject]:
    """Every project and call without stated topics, with the texts that its source gives."""
    made = list(made)
    stated = {str(row["about"]) for folder in made for row in folder.tables.get("topic-claim", [])}
    texts = _source_texts(sources)
    result = []
    for folder in made:
        for template in ("project", "call"):
            for row in folder.tables.get(template, []):
                thing = f"{template}/{row['id']}"
                if thing in stated:
                    continue
                titles = {lang: str(row[f"title_{lang}"]) for lang in ("da", "sv", "en") if row.get(f"title_{lang}")}
                result.append(
                    Subject(thing, folder.name, titles, texts.get(thing, {}), str(row.get("objective") or ""))
                )
    return sorted(result, key=lambda subject: subject.thing)


def _source_texts(sources: Path) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for path, prefix in (("esif-dk-2007-2013", "project/esif-"), ("erdf-se-2014-2020", "project/erdf-")):
        for line in (sources / path / "texts.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            texts[prefix + entry["project_id"]] = {entry["lang"]: entry["text"].replace("\xad", "")}
    for row in read_csv(sources / "swecris-kth-urban" / "swecris_kth_urban_2015.csv"):
        thing = "project/swecris-" + slug(row["project_id"].rsplit("_", 1)[0])
        texts.setdefault(thing, {"sv": row["abstract_sv"], "en": row["abstract_en"]})
    for entry in calls.read(sources):
        texts["call/" + slug(str(entry["topic_id"]))] = {"en": str(entry["description"])}
    return texts
