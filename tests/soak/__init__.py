"""Long random runs of the whole watcher against real servers; bench/soak.py makes the full ones."""
