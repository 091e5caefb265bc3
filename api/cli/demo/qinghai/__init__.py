"""The story of Qinghai: titles named in 2024, kept, warned, revoked and sought again, until the spring of 2026."""
