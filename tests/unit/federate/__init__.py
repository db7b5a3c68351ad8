"""Facts about harvesting."""
