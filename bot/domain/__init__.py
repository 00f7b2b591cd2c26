"""What is true of rounds, whoever asks: pure, standard library only, no clock, no files, no logging.

`game` a round and a match · `stats` many of them · `audit` whether all are there · `posts` what is owed to Discord
· `rules` what the admin decided about all of that · `trouble` what is in the way."""
