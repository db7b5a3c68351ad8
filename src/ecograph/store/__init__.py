"""The graph as queries see it: a projection of the ledger at a known revision, on an engine that can be replaced."""
