"""Floor 4: generated labelled traffic and the independent oracle."""
