"""What a row or a cell refers to: spaces, numbers, names, likely duplicates."""
