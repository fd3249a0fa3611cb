"""Rule files as frozen blocks, read, resolved and examined."""
