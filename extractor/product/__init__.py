"""The studied cells: what they are, where they come from, how they were given."""
