"""Charts drawn with matplotlib, which the first one imports.

Here belongs what plots figures. Not here: cards (`pictures`)."""
