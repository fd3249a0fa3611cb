"""The commands: `mapping-engine` and `rules-check`."""
