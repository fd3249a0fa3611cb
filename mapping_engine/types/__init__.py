"""What is known of a value before any event is seen: its kinds, whether it may be missing, tags."""
