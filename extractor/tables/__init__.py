"""Tables of reports as facts: `read.read_tables` is the entry; a grid, roles of columns and rows, cells as facts."""
