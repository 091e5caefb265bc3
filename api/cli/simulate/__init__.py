"""`shifan simulate`: a scheme played through its years on an installation that is thrown away afterwards."""
