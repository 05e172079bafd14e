"""The study: what kind of report it is, its design, its registrations."""
