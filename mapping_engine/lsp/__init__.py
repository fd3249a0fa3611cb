"""The language server: `rules-check` inside an editor."""
