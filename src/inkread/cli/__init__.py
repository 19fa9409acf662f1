"""The ``inkread`` command: a group whose verbs are imported when they are called.

Faults end in one line on standard error that says what to do, never in a traceback: exit code 2
for what the user handed over, 1 for what is wrong with the installation.
"""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from typing import Any

import click

from inkread import __version__
from inkread.errors import ConfigError, InkreadError, InputError

_VERBS = {
    "read": "Read images and PDFs and print the text.",
    "serve": "Serve a page and a web API that read.",
    "evaluate": "Measure how well the reader reads, against known texts.",
    "models": "List the models that come with inkread.",
    "data": "Fetch the data that training needs, and check it.",
    "train": "Train a line recogniser.",
    "experiment": "Train and test a model on a data set, as a configuration says.",
    "sweep": "Search for the best settings, or run a list of experiments.",
    "export": "Turn a training checkpoint into a bundle that the reader runs.",
}


class Fault(click.ClickException):
    """One line on standard error, ``inkread: ...``, and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        setattr(self, "exit_code", exit_code)  # noqa: B010 - click declares it for the class

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(f"inkread: {self.message}", file=file, err=file is None)


def stopped(advice: str) -> BaseException:
    """Return what ends a command after Ctrl-C: a line with advice; of several processes one speaks."""
    if os.environ.get("LOCAL_RANK", "0") != "0":
        return SystemExit(130)
    return Fault(f"Stopped; {advice}.", 130)


class LazyGroup(click.Group):
    """A group that knows its verbs' names and help, and imports ``inkread.cli.<verb>`` when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the table."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one verb."""
        if cmd_name not in _VERBS:
            return None
        command: click.Command = import_module(f"inkread.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; errors raised on purpose become one line."""
        try:
            return super().invoke(ctx)
        except InkreadError as error:
            raise Fault(str(error), 2 if isinstance(error, InputError | ConfigError) else 1) from None
        except BrokenPipeError:
            raise  # click's own: whoever read our output has left
        except OSError as error:
            reason = error.strerror or error
            text = f"{error.filename or 'A file'}: {reason}; check the path and its permissions."
            raise Fault(text, 2) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="inkread")
def main() -> None:
    """inkread reads handwriting: a photo or a scan in, the text out, on this computer, offline."""
    warnings.filterwarnings("ignore", module="PIL")  # large pictures have limits of our own
