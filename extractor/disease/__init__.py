"""The disease that was treated: where it is named, which of several it is, its CURIE."""
