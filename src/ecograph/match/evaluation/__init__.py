"""How good the matching is: judged needs, measures, baselines, and proof that what is said of a match is so."""
