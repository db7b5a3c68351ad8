"""Needs beside each other: who else has one, and what already runs elsewhere."""
