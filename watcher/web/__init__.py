"""Web: the one HTTP listener, and the pages it serves."""
