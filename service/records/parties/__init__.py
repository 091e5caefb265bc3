"""Who there is: people and roles, bodies and offices, handovers and mergers."""
