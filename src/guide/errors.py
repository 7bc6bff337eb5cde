"""What can go wrong for people, with the exit status that scripts rely on."""

from enum import IntEnum


class Status(IntEnum):
    """Exit statuses of the front door."""

    HELD = 0
    GUIDE_WRONG = 1
    INPUT_WRONG = 2
    NO_LAB = 3
    INTERRUPTED = 130


class GuideError(Exception):
    """Something that a person can understand and act on; shown as one message, without a traceback."""

    status = Status.GUIDE_WRONG


class InputError(GuideError):
    """A page, an option or a configuration file is wrong."""

    status = Status.INPUT_WRONG


class LabError(GuideError):
    """No lab could be had on this machine, or it was lost."""

    status = Status.NO_LAB
