"""The memory: what was contributed, by whom, decided when, and the patch it became; hash-chained and durable."""
