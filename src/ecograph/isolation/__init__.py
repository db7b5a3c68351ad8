"""Untrusted work in processes that can be killed: no network, a cap on memory, a deadline."""
