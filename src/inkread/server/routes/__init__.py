"""One file for each group of addresses; each makes a blueprint of what it is given."""
