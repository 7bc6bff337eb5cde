"""The commands of the front door, a module for each group that belongs together."""
