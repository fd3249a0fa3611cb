"""A page on localhost that shows what rules make of an event, while both are edited."""
