"""A batch: its lists and its naming decisions."""
