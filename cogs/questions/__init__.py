"""Commands for everybody: one file per noun that people ask about, in `people` and `rounds`.

A cog asks, shows, stops; what needs an `if` belongs below."""
