"""A need as EcoGraph understands it: topics, places, and what it may be about."""
