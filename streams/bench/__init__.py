"""Floor 5: the benchmarks of `transitwatch bench`."""
