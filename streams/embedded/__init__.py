"""Kafka and Redis inside this process or beside it, with nothing installed: for the demo and for a first look."""
