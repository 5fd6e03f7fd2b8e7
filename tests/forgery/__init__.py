"""Forged reports, driven through the real pipeline into a real store."""
