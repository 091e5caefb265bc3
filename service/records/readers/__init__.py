"""What only some rules look at, each by the name under which they ask for it."""
