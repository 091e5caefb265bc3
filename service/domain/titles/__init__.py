"""A title: how it is founded, kept, reminded, suspended, re-checked, and how it ends."""
