"""Adapters from the messages that logistics and customs already send to the events of the contract (floor 4)."""
