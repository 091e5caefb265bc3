"""The story of Shanxi: 31 applicants of the first batch, from the self-check of 2020 to the revisit of 2022."""
