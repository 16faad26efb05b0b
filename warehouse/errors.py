"""Mistakes that a user can mend, told in the user's words.

Belongs here: the exceptions that the command line shows without a traceback. Does not belong
here: faults of the product, which are ordinary exceptions of the module that finds them.
"""

from warehouse.vocabulary import Text


class UserError(Exception):
    """A user's mistake: what is wrong, where, and what to do next, in both languages."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


class HomeBusy(UserError):  # noqa: N818 - it reads as the state that it reports
    """Another run holds the home, or another program its working file."""
