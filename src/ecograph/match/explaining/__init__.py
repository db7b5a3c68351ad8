"""Why somebody is in a list or not: reasons as statements, their sentences, and what would change it."""
