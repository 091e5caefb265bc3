"""From files to a definition: encodings, YAML, tables, marks, dates, places."""
