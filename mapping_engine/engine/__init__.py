"""Models to closures: applying rules to events, and explaining what they did."""
