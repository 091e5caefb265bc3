"""The demonstration: a programme from its first notice to a revoked title, over HTTP."""
