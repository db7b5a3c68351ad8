"""What matching reads of the graph: one projection of a revision, followed from one to the next."""
