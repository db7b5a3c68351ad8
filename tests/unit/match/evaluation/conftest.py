"""Two synthetic needs with grades for the synthetic region."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecograph.match.evaluation import gold, judging
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

JUDGEMENTS = """need,document,grade
rain,project/warning,3
rain,solution/gauge,2
rain,project/old,1
rain,project/closed-since,3
rain,solution/bin,0
bins,solution/bin,3
bins,project/warning,0
"""

SECOND = """need,document,grade
rain,project/warning,3
rain,solution/gauge,1
rain,solution/bin,0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A directory that holds the synthetic gold set."""
    for name, text in ((gold.NEEDS, NEEDS), (gold.JUDGEMENTS, JUDGEMENTS), (gold.SECOND, SECOND)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Gold:
    """The synthetic gold set as it is written."""
    return gold.load(folder)


@pytest.fixture
def judged(read: Gold, field: Field) -> Gold:
    """The synthetic gold set with the grades of candidates."""
    return judging.judged(field.evidence, read)


@pytest.fixture(scope="session")
def field(matcher: Matcher) -> Field:
    """The systems over the synthetic region."""
    return Field(matcher)
