"""Floor 1: plain typed data and pure folds. No I/O, no clock, no third-party clients."""
