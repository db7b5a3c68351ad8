"""The door: from the file a partner has to data they see published."""
