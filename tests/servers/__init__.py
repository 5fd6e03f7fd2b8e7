"""Mail servers that tests start for themselves: real ones, and scripted ones for faults."""
