"""Whether every file is accounted for: the four sets, the classes, the findings, the states of a file.

Here belongs the comparison. Not here: gathering the sets (`watch/survey`), showing the findings (`present/audit`)."""
