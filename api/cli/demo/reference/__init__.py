"""The story of the reference programme: three counties and a city, from mobilization to a revoked title."""
