"""What every cog stands on: asking, options, sharing.

Here belongs what two cogs need. Not here: a command of its own."""
