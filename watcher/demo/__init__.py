"""The main job with nothing to set up."""
