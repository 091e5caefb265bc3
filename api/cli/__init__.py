"""The command line, and the composition roots of the processes it starts."""
