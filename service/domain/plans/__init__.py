"""Action plans: tasks, their occurrences, the years of a plan."""
