"""Look-backs and their rounds: drawn, ranked, followed."""
