"""Days: the official calendar, wordings of dates, the yearly notice, planning anew."""
