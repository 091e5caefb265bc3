"""What a scheme may not say: each file one part of it."""
