"""What other knowledge graphs know of our actors, fetched and written as contributions that somebody reviews."""
