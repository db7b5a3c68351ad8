"""Two synthetic needs with grades for the synthetic region."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecograph.match.evaluation import gold
from ecograph.match.evaluation.baselines import Field
from ecograph.match.evaluation.gold import Gold
from ecograph.match.matcher import Matcher

NEEDS = """
[[need]]
id = "rain"
split = "open"
theme = "water"
brief = "Synthetic. Warning of cloudbursts fits; the climate at large does not."
literal.da = "Varsling ved skybrud"
literal.sv = "Varning vid skyfall"
literal.en = "Warning of cloudbursts"
paraphrase.da = "Besked til borgerne, inden kældrene løber fulde"
paraphrase.sv = "Besked till invånarna innan källarna fylls"
paraphrase.en = "Telling residents before basements fill up"

[[need]]
id = "bins"
split = "locked"
theme = "waste"
brief = "Synthetic. Sorting of waste fits."
literal.da = "Bedre affaldssortering"
literal.sv = "Bättre avfallssortering"
literal.en = "Better waste sorting"
paraphrase.da = "For meget ender i den forkerte spand"
paraphrase.sv = "För mycket hamnar i fel tunna"
paraphrase.en = "Too much ends up in the wrong bin"
"""

JUDGEMENTS = """need,candidate,grade
rain,organisation/rain-university,3
rain,solution/gauge,3
rain,organisation/sensor-company,2
rain,organisation/old-school,1
rain,municipality/se-malmoe,2
bins,solution/bin,3
bins,organisation/rain-university,0
"""

SECOND = """need,candidate,grade
rain,organisation/rain-university,3
rain,organisation/sensor-company,1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory that holds the synthetic gold set."""
    for name, text in ((gold.NEEDS, NEEDS), (gold.JUDGEMENTS, JUDGEMENTS), (gold.SECOND, SECOND)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def judged(folder: Path) -> Gold:
    """The synthetic gold set."""
    return gold.load(folder)


@pytest.fixture(scope="session")
def field(matcher: Matcher) -> Field:
    """The systems over the synthetic region."""
    return Field(matcher)
