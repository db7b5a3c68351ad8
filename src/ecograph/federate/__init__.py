"""What other knowledge graphs know of our actors, fetched by name and written as contributions that somebody reviews."""
