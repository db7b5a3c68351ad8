"""EcoGraph: the knowledge graph of the Øresund innovation ecosystem."""

__version__ = "0.1.0"
