"""Errors that a person can act on.

Every message is one sentence that says what is wrong, where, and what to do about it. The command
line prints the message alone and ends with the error's exit code; ``--debug`` shows the traceback.
"""


class SolidcellError(Exception):
    """Base of all errors that solidcell raises on purpose."""

    exit_code = 1


class InputError(SolidcellError):
    """A scenario, a file or an option can't be used as given; nothing has been written."""

    exit_code = 2


class SimulationStopped(SolidcellError):
    """A simulation ended before its protocol did; what it had computed is kept."""

    exit_code = 3


class ComparisonFailed(SolidcellError):
    """Two results, or a result and its reference, differ by more than the tolerance."""

    exit_code = 4
