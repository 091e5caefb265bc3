"""The record: what was submitted, scored and decided, by whom."""
