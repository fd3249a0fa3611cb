"""What a change of rules does: to the rules themselves, and to events."""

from mapping_engine.difference.events import EventsDifference, compare_events
from mapping_engine.difference.rules import RulesDifference, compare_rules

__all__ = ["EventsDifference", "RulesDifference", "compare_events", "compare_rules"]
