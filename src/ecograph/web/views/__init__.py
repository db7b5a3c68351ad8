"""What pages show, as values: links with their language, facts, relations, matches with the statements behind them."""
