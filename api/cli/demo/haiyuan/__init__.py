"""The story of Haiyuan County: fifty tasks, three years, one rung a year."""
