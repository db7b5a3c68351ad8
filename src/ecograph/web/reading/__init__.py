"""What REST, the pages and the command line read from one revision: lists, descriptions, counts, full text."""
