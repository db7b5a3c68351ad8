"""Who fits a need, in order: signals, hard rules and the score."""
