"""Values become something to look at: `words`, `pictures`, `charts`, `audit`. No SQL, no network.

`card` is what all of them make; `embeds` alone knows discord.py."""
