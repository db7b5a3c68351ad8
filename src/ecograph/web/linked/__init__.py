"""Linked data: things, terms, descriptions of the data, dumps, and one context for JSON-LD."""
