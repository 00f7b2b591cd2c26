"""A game server without the game: ET:Legacy's Lua interface around the real script, events in, round files out.

`events` says what happens, `engine` makes the engine's counters and callbacks of it, `sheet` reckons the same from the
events alone, `evening` thinks events up. Here belongs what imitates the engine or checks it. Not here: a test."""
