"""Rules as generated Python functions: what the interpreter does, in fewer steps."""
