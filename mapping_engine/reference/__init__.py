"""The rules of a pack as a page for people: what comes from where, and what is done with it."""

from mapping_engine.reference.page import reference_page

__all__ = ["reference_page"]
