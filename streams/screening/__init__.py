"""Floor 2: party matching, pure."""
