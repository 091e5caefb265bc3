"""The story of the Education and Sports Bureau of Pingdingshan: one department's share in a city's bid."""
