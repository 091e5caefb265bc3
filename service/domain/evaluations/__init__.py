"""Evaluations by others, and surveys."""
