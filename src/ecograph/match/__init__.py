"""A need, candidates, scores and reasons."""
