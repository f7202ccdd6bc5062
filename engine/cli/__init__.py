"""The command line: the last layer, thin.

Each command is a module of its own that imports what it needs when it is called, so that a command
starts as fast as its own work allows.
"""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from solidcell.engine.cli.app import app

    app(prog_name="solidcell")
