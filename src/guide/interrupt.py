"""An end by signal, taken as an interrupt by hand, so that what was made for a run is removed."""

import signal
from typing import NoReturn


def interrupted(_signal: int, _frame: object) -> NoReturn:
    """Raise KeyboardInterrupt."""
    raise KeyboardInterrupt


def take_signals_as_interrupts() -> None:
    """Make SIGTERM and SIGHUP do what Ctrl-C does. Called in the main thread."""
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
