"""Read queries: lists, timelines, what is due."""
