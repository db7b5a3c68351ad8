"""From signals to a score."""

import math

from hypothesis import given
from hypothesis import strategies as st

from ecograph.match.model import SIGNALS, Signal
from ecograph.match.ordering.scoring import score
from ecograph.match.weights import SIGNALS as WEIGHTS

shares = st.floats(0.0, 1.0)


class TestScore:
    @given(st.fixed_dictionaries(dict.fromkeys(SIGNALS, shares)))
    def test_the_parts_make_the_whole(self, signals: dict[Signal, float]) -> None:
        """
        A score is the sum of its contributions, and a share itself.
        """
        scored = score(signals, WEIGHTS)
        assert math.isclose(sum(scored.contributions.values()), scored.score, abs_tol=1e-9)
        assert 0.0 <= scored.score <= 1.0 + 1e-12

    @given(st.fixed_dictionaries(dict.fromkeys(SIGNALS, shares)), st.sampled_from(SIGNALS), shares)
    def test_more_of_a_signal_never_costs(self, signals: dict[Signal, float], signal: Signal, more: float) -> None:
        """
        A candidate with more of any signal has no lower score.
        """
        raised = {**signals, signal: max(signals[signal], more)}
        assert score(raised, WEIGHTS).score >= score(signals, WEIGHTS).score
