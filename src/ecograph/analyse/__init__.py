"""Projections of the graph for analysts: networks for networkx, Gephi and the like."""
