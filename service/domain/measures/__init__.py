"""Measuring: indicators and thresholds, scores, quotas, rankings, draws."""
