"""Short logs: faults from the first row on, in 20 to 300 rows, and starts as rough as real ones."""
