"""Names that people have in their tables, and what they mean in the graph: the Reconciliation Service API."""
