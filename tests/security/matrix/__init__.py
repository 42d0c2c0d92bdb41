"""The leak matrix: a town in which everybody stands somewhere, words that give away what was shown, and the table of who may what."""
