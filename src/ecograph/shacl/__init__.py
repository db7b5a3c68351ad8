"""Shapes read as columns, and data checked against them."""
