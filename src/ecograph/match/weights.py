"""
Every number that steers a match, with its reason, under one version.

All are shares between 0 and 1 unless the comment says otherwise. A change of any of them is a new version, which every
result carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ecograph.match.model import Group, Signal

VERSION: Final = "2026-11.1"

SIGNALS: Final[Mapping[Signal, float]] = MappingProxyType(
    {
        "concept": 0.42,  # what it works with decides first; topics are the same in all three languages
        "evidence": 0.28,  # doing it, in use or with a role, is worth more than naming it
        "text": 0.18,  # the need's own words; fewer in another language than the need's, so never decisive alone
        "freshness": 0.12,  # knowledge ages; enough to order equals, too little to bury a good old pilot
    }
)
"""They sum to 1, so that a score is a share as well."""

# --- Concepts -------------------------------------------------------------------------------------------------------

RELATED_FROM: Final = 0.40
"""Lin similarity below which two topics share no more than their theme; it maps to 0."""
RELATED_POWER: Final = 1.5
"""Above 1: a neighbouring topic counts clearly less than the topic itself."""
NARROWER_LOSS: Final = 0.5
"""Work on a part of the need's topic is work on the topic: only half of the distance is taken off."""
GENERAL_TOPIC: Final = 0.25
"""Weight left to a topic that every candidate has, so that it still counts for something."""
JOINT: Final = 0.5
"""Share of the concept signal that one document must earn on all of the need's topics together; the rest is earned
topic by topic from any document. So one project on the very combination beats many projects on one part each."""
FOCUSED_TOPICS: Final = 4
"""Topics up to which a document is about each of them wholly; beyond, each counts √(4/number): a project on everything
says less about each thing."""
RECOGNISED_BESIDE_STATED: Final = 0.5
"""A topic found in the text of a need whose topics are stated: a hint, as whoever stated them left it out."""
GENERAL_BESIDE_SPECIFIC: Final = 0.5
"""A topic that stands beside one of its own narrower topics says little more."""

BASIS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "person": 1.0,  # someone read it and said so
        "source": 1.0,  # the publisher says so
        "text": 0.9,  # a rule over a whole text
        "rule": 0.85,  # a rule over a title
    }
)
"""How far a topic claim is trusted by its basis."""

# --- What a document says of a candidate (reach), and how much it proves (proof) ------------------------------------

OWN_REACH: Final = 1.0
OWN_PROOF: Final = 0.35
"""A topic said of the candidate itself, without anything it has done."""
PROVIDER_REACH: Final = 0.95
PROVIDER_PROOF: Final = 0.75
"""Provides a solution on the topic."""
ADDRESSES_REACH: Final = 1.0
ADDRESSES_PROOF: Final = 1.0
"""Someone states that the solution addresses this very need."""
ADDRESSES_SIMILAR_PROOF: Final = 0.6
"""It addresses another need with the same topics."""
CREATOR_REACH: Final = 0.95
CREATOR_PROOF: Final = 0.7
"""Made a research result on the topic."""
CAPABILITY_REACH: Final = 1.0
CAPABILITY_PROOF: Final = 0.7
"""A capability claim with evidence, level not stated; see `LEVEL`."""
CAPABILITY_BY_RULE: Final = 0.35
"""A capability claim that a rule made from other evidence, which counts by itself already."""
RAISED_REACH: Final = 0.9
RAISED_PROOF: Final = 0.7
"""Has raised a need on the same topics: for joint procurement and shared experience."""
TERRITORY_REACH: Final = 0.8
"""A deployment took place on its ground; someone else may have run it."""
OPERATOR_REACH: Final = 0.95
"""It runs the deployment itself."""

LEVEL: Final[Mapping[str, float]] = MappingProxyType(
    {"aware": 0.3, "developing": 0.5, "established": 0.8, "leading": 0.95}
)
"""Proof of a capability claim by its level."""

STAGE: Final[Mapping[str, float]] = MappingProxyType(
    {
        "scaled": 1.0,
        "in-use": 0.9,
        "living-lab": 0.7,
        "test-bed": 0.65,
        "pilot": 0.65,
        "ended": 0.4,  # it ran: there is experience to ask for
        "idea": 0.2,
    }
)
"""Proof of a deployment by its stage."""

ROLE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "lead": (0.95, 0.70),
        "coordinating-partner": (0.95, 0.65),
        "partner": (0.85, 0.55),
        "beneficiary": (0.85, 0.55),
        "working-group": (0.75, 0.45),
        "host": (0.70, 0.45),
        "associated-partner": (0.65, 0.35),
        "steering": (0.55, 0.30),
        "advisory-board": (0.50, 0.25),
        "expected-partner": (0.40, 0.15),  # announced, not confirmed
        "supporter": (0.40, 0.15),
    }
)
"""Reach and proof of a participation by its role."""
UNKNOWN_ROLE: Final = (0.60, 0.30)

# --- Time -----------------------------------------------------------------------------------------------------------

HALF_LIFE_YEARS: Final = 5.0
"""Years after which work counts half: about one programme period."""
OLDEST_SHARE: Final = 0.25
"""Old evidence is still evidence: its proof never falls below this share."""
UNDATED_SHARE: Final = 0.5
"""Share of its proof that evidence without a date keeps; it adds no freshness."""
OLD_YEARS: Final = 8
"""Age of the newest evidence from which the answer says so."""

# --- Text -----------------------------------------------------------------------------------------------------------

BODY_PROMINENCE: Final = 0.7
"""A word in a description, where a word in a title counts 1."""
PREFERRED_IN_TEXT: Final = 0.9
"""The need's word is the name of a topic, and the text holds that name, perhaps in another language."""
ALTERNATIVE_IN_TEXT: Final = 0.6
"""The need's word is another word for the topic, which may be narrower or wider than its name."""
WORDS_RELEVANCE: Final = 0.7
"""A document that holds the need's words without a common topic is about it with less certainty."""
UNSEEN_WORD: Final = 0.5
"""Weight of a word that no text of the graph holds: the need is not fully met in words, and the share says so."""

# --- Gathering ------------------------------------------------------------------------------------------------------

FUSION_CONSTANT: Final = 60
"""Of reciprocal rank fusion, Σ 1/(60 + rank): the customary value, insensitive between 20 and 100."""
POOL: Final = 300
"""Candidates per group that are scored; the top ten never come from further down."""
GATHERED: Final = 6_000
"""Candidates of all groups together that are looked at, so that time stays bounded on a large graph."""
FULL_TEXT_HITS: Final = 500
"""Things the full-text engine hands over."""
MIN_SCORE: Final = 0.10
"""Below this a candidate shares a passing word or a theme with the need, no more."""
WEAK_SCORE: Final = 0.04
"""Where a side of the Øresund has nobody above that, its best are shown down to this, with the score they have."""
TOP: Final = 10
PER_COUNTRY: Final = 3
"""Beyond the top, so many of each country are handed over, at their true rank, so that both sides can be seen."""
MAX_REASONS: Final = 5
MIN_REASONS: Final = 2
SLIGHT_REASON: Final = 0.01
"""Beyond the first two, a reason that adds less than one point of a hundred is not told."""

GROUP_ORDER: Final[tuple[Group, ...]] = ("research", "company", "solution", "municipality", "result", "organisation")
