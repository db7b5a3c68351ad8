"""What is made from a template's columns: workbook, CSVW metadata, Table Schema, JSON Schema, example row."""
