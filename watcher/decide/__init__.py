"""Choose what one report leads to: the folder, the events, the suppressions, the review."""
