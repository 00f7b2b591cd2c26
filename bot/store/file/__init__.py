"""The database file: opened, brought up to date, checked, copied; and one of the older design, read.

Here belongs what is true of any file of ours, whatever stands in it. Not here: a table of the river (one folder up)."""
