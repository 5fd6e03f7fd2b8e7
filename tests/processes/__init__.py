"""Processes of the code under test, as many as the tests like and quickly begun."""
