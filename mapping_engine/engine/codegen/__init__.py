"""Rules as generated Python functions: what the closures do, in fewer steps."""
