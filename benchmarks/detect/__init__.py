"""The detection benchmark: faults found, how late, and false alarms, against the tool of today."""
