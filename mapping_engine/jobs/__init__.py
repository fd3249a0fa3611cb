"""Work shared out to processes: its results come in order, and a killed process loses nothing."""

from mapping_engine.jobs.pool import in_order

__all__ = ["in_order"]
