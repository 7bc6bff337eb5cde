"""The engine of a guide whose every command is run: what a reader copies is what was executed."""
