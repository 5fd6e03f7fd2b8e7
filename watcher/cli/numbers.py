"""Whole numbers as arguments, named so that a message about one can be read."""

import click


class WholeNumber(click.IntRange):
    """A whole number between two bounds."""

    name = "integer"
