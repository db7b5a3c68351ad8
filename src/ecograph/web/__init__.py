"""HTTP: pages, REST, SPARQL and linked data, all reading one revision of the graph per request."""
