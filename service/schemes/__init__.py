"""The rules of each programme, as versioned data."""
