"""A case: its stages, findings and recommendations, its papers and who is organized how."""
