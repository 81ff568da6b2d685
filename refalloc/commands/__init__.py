"""The subcommands of `refalloc`, one module each: options, progress, tables; the work is done elsewhere."""
