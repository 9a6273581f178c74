"""Floor 5: the subcommands of `transitwatch`, one file each."""
