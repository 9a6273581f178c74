"""Floor 3: topics, Avro codec, transactional processor, changelog store, dead letters."""
