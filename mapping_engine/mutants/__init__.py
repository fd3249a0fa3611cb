"""Mistakes planted in the rules of a pack, and who finds them: checks, rule tests, or nobody."""
