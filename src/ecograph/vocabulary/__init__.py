"""Our own terms, the concept schemes, and the vocabularies of others that they are mapped to."""
