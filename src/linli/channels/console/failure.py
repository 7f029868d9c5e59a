"""What went wrong, in words for the person at the keyboard."""


class ConsoleFailure(Exception):
    """A failure that the person at the console can do something about; printed without a traceback, exit code 1."""
