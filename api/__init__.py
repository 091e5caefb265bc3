"""Everything a person or a program touches: HTTP, console, portal, command line."""
