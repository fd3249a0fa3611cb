"""Rule files as they are written: documents and blocks whose keys are declared once."""
