"""The demo, its mail, and the README that leads to it."""
