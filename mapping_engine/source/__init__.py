"""Rule text to trees of nodes with places: YAML, bundled and pack folders, offsets in scalars."""
