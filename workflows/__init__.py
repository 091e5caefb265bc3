"""Deterministic orchestration: the life of each thing that has a clock of its own."""
