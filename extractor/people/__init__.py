"""People: how many there are, in which groups, of which sex."""
