"""Wire the rooms together: read, record, file and deliver, once or for years."""
