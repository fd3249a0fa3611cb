"""Random events and random rule files, for as long as one likes."""
