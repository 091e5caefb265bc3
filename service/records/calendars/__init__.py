"""Official calendars: their versions, the one in use, its alarm."""
