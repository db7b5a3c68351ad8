"""Questions to the graph: admitted, given their values, and run where they can be stopped."""
