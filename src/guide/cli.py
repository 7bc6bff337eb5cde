"""The front door's command line."""

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from guide.commands.accept import accept
from guide.commands.bench import bench
from guide.commands.check import check
from guide.commands.common import addressed
from guide.commands.doctor import doctor
from guide.commands.export import export
from guide.commands.lane import lane
from guide.commands.mutate import mutate
from guide.commands.nodes import down, shell, status, up
from guide.commands.plan import plan
from guide.commands.play import play
from guide.commands.site import serve, site
from guide.commands.test import test
from guide.commands.verify import goto, verify
from guide.errors import GuideError, Status
from guide.interrupt import take_signals_as_interrupts


class Commands(click.Group):
    """The commands, whose errors name the provider that was chosen."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except GuideError as error:
            raise type(error)(addressed(str(error))) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def guide() -> None:
    """Kubernetes from scratch: a guide whose every command is run on real nodes."""


for command in (
    verify,
    plan,
    goto,
    check,
    doctor,
    up,
    down,
    status,
    shell,
    site,
    serve,
    play,
    export,
    accept,
    mutate,
    bench,
    lane,
    test,
):
    guide.add_command(command)


def program() -> str:
    """Give what the reader typed: the front door in the project's tree, or the program that the package installs."""
    return "guide" if Path(sys.argv[0]).name == "guide" else "./guide"


def main() -> NoReturn:
    """Run the command line, and turn what people can act on into one message and an exit status."""
    take_signals_as_interrupts()
    try:
        guide(prog_name=program(), standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(Status.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(Status.INPUT_WRONG)
    except GuideError as error:
        click.echo(str(error), err=True)
        sys.exit(error.status)
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        sys.exit(Status.INTERRUPTED)
    sys.exit(Status.HELD)
