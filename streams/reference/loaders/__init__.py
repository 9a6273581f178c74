"""Readers of the official lists: one module a format, each from files to records of contract 2, line by line."""
