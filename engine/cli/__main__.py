"""``python -m solidcell.engine.cli``, where the command itself isn't installed."""

from solidcell.engine.cli import main

main()
