"""EcoGraph: the knowledge graph of the Øresund innovation ecosystem."""

__version__ = "0.1.0"

import os

# Requests are answered beside each other; threads within one would wait for the others'. It is read when numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
