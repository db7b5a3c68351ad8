"""The SPARQL 1.1 Protocol, the Graph Store Protocol for reading, and reconciliation."""
