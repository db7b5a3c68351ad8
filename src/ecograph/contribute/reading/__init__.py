"""Files as people really save them: read by fixed rules, and what was assumed is said back."""
