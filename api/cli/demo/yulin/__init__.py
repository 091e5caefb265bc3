"""The story of Yulin: the province in 2024, the nation in 2025, on one board."""
