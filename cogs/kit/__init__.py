"""What every cog stands on: asking, answering, buttons, pages, options. Not here: a command of its own.

A cog asks, shows, stops. A module of `cogs.questions` or `cogs.admin` that has `setup` is found; nothing lists it.
A command with a button, whole:

    import discord
    from discord import app_commands
    from discord.ext import commands

    from bot.client import StatsBot
    from bot.deliver.private import defer
    from bot.domain.buttons import Word
    from cogs.kit.answers import replace, reply
    from cogs.kit.buttons import Answer, Button, Owned, add

    class MoreButton(Button, Owned, begins="hello"):       # its fields are all that it remembers: hello:<owner>:<to>
        sent = ("hello:{me}:world",)                       # an id as it was ever sent: the tests read it for good
        answer = Answer.IN_PLACE                           # or PRIVATE (the default): for who pressed alone
        to: Word

        async def pressed(self, itx: discord.Interaction) -> None:
            await replace(itx, _card(itx, self.to))        # raise NoAnswer("…") for a sentence instead

    class Hello(commands.Cog):
        def __init__(self, bot: StatsBot) -> None:
            self.bot = bot

        @app_commands.command()
        async def hello(self, itx: discord.Interaction) -> None:
            await defer(itx)                               # first: Discord waits three seconds
            await reply(itx, _card(itx, "world"))          # buttons=(("More", str(MoreButton(owner=…, to=…))),)

    async def setup(bot: StatsBot) -> None:
        await add(bot, Hello, MoreButton)

`defer` (bot/deliver/private.py) is public, or `private=True`; a `NoAnswer` is always for who asked alone.
An option comes as it was typed (`options`, `picks`): read it after the deferral, since reading asks the database.
`Owned`: others get a copy; `for_admins = True`: for admins; a `Menu` has `picked` for `pressed`. A field is an int, a
StrEnum, or a pattern such as `Word` or `Text` (bot/domain/buttons.py); of a round it is `RoundText`, its key, and
`round_of` (posts) gives its row. Ids stay under messages for years: keep reading what was ever posted.
What is left: CONTRIBUTING.md, "Add a command".
"""
