"""Born-digital PDF pages as text: words with their places, reading order over columns, headings, tables, page furniture."""
