"""The core language, and what can be known of a mapping before any event is seen."""
