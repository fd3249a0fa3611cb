"""The core at work: applying rules to events, and explaining what they did."""
