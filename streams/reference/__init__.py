"""Floor 3: official lists and bundled law as records; publish; cache in Redis."""
