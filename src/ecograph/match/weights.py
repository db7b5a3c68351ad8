"""
Every number that steers a match, by name.

What a number is, its version and its reason in three languages are in `ontology/matching.ttl`, from where they are read
once; so they are resources in the graph too. What only bounds time or layout is here, with its reason. A number that
changes gets a new version, and the newest is the version that every result carries.

Source:
    docs/matching.md, "Weights".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ecograph.config import resources
from ecograph.errors import BadParameter
from ecograph.match.model import Group, Signal
from ecograph.match.numbers import Number, Numbers, Profile

__all__ = ["Number", "Profile", "profile"]

_READ: Final = Numbers.load(resources(), ("basis", "capability-level", "participation-role", "scale-stage"))

VERSION: Final = _READ.version

PROFILES: Final[Mapping[str, Profile]] = _READ.profiles()
DEFAULT: Final = "balanced"
SIGNALS: Final[Mapping[Signal, float]] = PROFILES[DEFAULT].signals
"""Of the profile that counts where none is chosen."""
GROUP_ORDER: Final[tuple[Group, ...]] = PROFILES[DEFAULT].group_order

# --- Shared topics --------------------------------------------------------------------------------------------------

RELATED_FROM: Final = _READ.share("related-from")
RELATED_POWER: Final = _READ.number("related-power", 1.0, 5.0)
NARROWER_LOSS: Final = _READ.share("narrower-loss")
GENERAL_TOPIC: Final = _READ.share("general-topic")
JOINT: Final = _READ.share("joint")
FOCUSED_TOPICS: Final = _READ.number("focused-topics", 1.0, 100.0)
RECOGNISED_BESIDE_STATED: Final = _READ.share("recognised-beside-stated")
GENERAL_BESIDE_SPECIFIC: Final = _READ.share("general-beside-specific")
BASIS: Final = _READ.shares("basis", "basis")

# --- Evidence: what a document says of a candidate (reach), and how much it proves (proof) --------------------------

OWN_REACH: Final = _READ.share("own-reach")
OWN_PROOF: Final = _READ.share("own-proof")
PROVIDER_REACH: Final = _READ.share("provider-reach")
PROVIDER_PROOF: Final = _READ.share("provider-proof")
ADDRESSES_REACH: Final = _READ.share("addresses-reach")
ADDRESSES_PROOF: Final = _READ.share("addresses-proof")
ADDRESSES_SIMILAR_PROOF: Final = _READ.share("addresses-similar-proof")
CREATOR_REACH: Final = _READ.share("creator-reach")
CREATOR_PROOF: Final = _READ.share("creator-proof")
CAPABILITY_REACH: Final = _READ.share("capability-reach")
CAPABILITY_PROOF: Final = _READ.share("capability-proof")
CAPABILITY_BY_RULE: Final = _READ.share("capability-by-rule")
RAISED_REACH: Final = _READ.share("raised-reach")
RAISED_PROOF: Final = _READ.share("raised-proof")
TERRITORY_REACH: Final = _READ.share("territory-reach")
OPERATOR_REACH: Final = _READ.share("operator-reach")
LEVEL: Final = _READ.shares("capability-level", "level")
STAGE: Final = _READ.shares("scale-stage", "stage")
_ROLE_REACH: Final = _READ.shares("participation-role", "role", "reach")
_ROLE_PROOF: Final = _READ.shares("participation-role", "role", "proof")
ROLE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {role: (reach, _ROLE_PROOF[role]) for role, reach in _ROLE_REACH.items()}
)
"""Reach and proof of a participation by its role."""
UNKNOWN_ROLE: Final = (_READ.share("unknown-role-reach"), _READ.share("unknown-role-proof"))

# --- Freshness ------------------------------------------------------------------------------------------------------

HALF_LIFE_YEARS: Final = _READ.number("half-life-years", 0.5, 100.0)
OLDEST_SHARE: Final = _READ.share("oldest-share")
UNDATED_SHARE: Final = _READ.share("undated-share")
OLD_YEARS: Final = _READ.number("old-years", 1.0, 100.0)

# --- Words and text -------------------------------------------------------------------------------------------------

BODY_PROMINENCE: Final = _READ.share("body-prominence")
PREFERRED_IN_TEXT: Final = _READ.share("preferred-in-text")
ALTERNATIVE_IN_TEXT: Final = _READ.share("alternative-in-text")
WORDS_RELEVANCE: Final = _READ.share("words-relevance")
UNSEEN_WORD: Final = _READ.share("unseen-word")

# --- Meaning --------------------------------------------------------------------------------------------------------

MEANING_RELEVANCE: Final = _READ.share("meaning-relevance")
SUGGESTED_TRUST: Final = _READ.share("suggested-trust")
DOUBTED_TRUST: Final = _READ.share("doubted-trust")

# --- Connections in the graph ---------------------------------------------------------------------------------------

WALK_RESTART: Final = _READ.share("walk-restart")
WALK_HIERARCHY: Final = _READ.share("walk-hierarchy")
WALK_STEPS: Final = 10
"""Steps that are taken: what is left after them is 2⁻¹⁰ of the walk."""

# --- The list -------------------------------------------------------------------------------------------------------

MIN_SCORE: Final = _READ.share("min-score")
WEAK_SCORE: Final = _READ.share("weak-score")

_READ.complete()
NUMBERS: Final[tuple[Number, ...]] = _READ.all()
"""All of them, to be shown."""

# --- What only bounds time or layout --------------------------------------------------------------------------------

POOL: Final = 300
"""Candidates per group that are ranked: the best by score of all for which anything speaks."""
TOP: Final = 10
PER_COUNTRY: Final = 3
"""Beyond the top, so many of each country are handed over, at their true rank, so that both sides can be seen."""
MAX_REASONS: Final = 5
MIN_REASONS: Final = 2
SLIGHT_REASON: Final = 0.01
"""Beyond the first two, a reason that adds less than one point of a hundred is not told."""


def profile(slug: str) -> Profile:
    """
    The profile of that name.

    Raises:
        BadParameter: There is none.

    Example:
        >>> profile("ready-to-buy").group_order[0]
        'solution'
    """
    found = PROFILES.get(slug)
    if found is None:
        raise BadParameter(name="weighting", value=slug[:100], expected=", ".join(PROFILES))
    return found
