"""How fast the engine is, beside the same job done in other ways."""
