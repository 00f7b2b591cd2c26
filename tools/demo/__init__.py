"""A whole evening without a game server or Discord: sessions, a server to fetch them from, a folder for the posts.

What it invents is possible in the game, and the bot that reads it is the real one. Not here: what tests invent.
"""
