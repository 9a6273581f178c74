"""Floor 2: the rules and the judge, pure."""
