"""What an event of a source looks like: its paths, their kinds, and which hold personal data."""

from mapping_engine.vocabulary.vocabulary import Personal, Switches, Vocabulary, fold_name
from mapping_engine.vocabulary.words import parse_description

__all__ = ["Personal", "Switches", "Vocabulary", "fold_name", "parse_description"]
