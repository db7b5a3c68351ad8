"""Three languages: which one, its words, the concepts in them, and full text."""
