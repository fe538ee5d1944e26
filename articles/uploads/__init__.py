"""Files from strangers: pictures and Word files, decoded in a limited child process, checked, and written anew.

`pictures` and `word` are what other code calls; `isolation` runs their work apart; the rest is theirs alone.
"""
