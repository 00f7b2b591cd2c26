"""Commands for everybody: one file per noun that people ask about.

A cog asks, shows, stops; what needs an `if` belongs below."""
