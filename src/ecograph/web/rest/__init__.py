"""REST under `/api/v1`: routes, and the models of what they give."""
