"""Who can log into the demo. Only the demo command makes these accounts."""

PASSWORD = "newsroom-demo"  # noqa: S105  (said in the terminal and the README; a real site has no such account)

# Username: what they are, as the terminal says it.
LOGINS = {
    "reporter": "Reporter: drafts and submits",
    "editor": "Editor: publishes",
    "desk": "Ad manager: requests, bookings, sponsored stories",
    "publisher": "Publisher: all of it, prices and staff too",
    "operator": "Operator: superuser",
}

# Username: (group, author of the demo content that signs with this login).
ROLES = {
    "reporter": ("Reporter", "kelo-mandruwe"),
    "editor": ("Editor", ""),
    "desk": ("Ad manager", ""),
    "publisher": ("Publisher", ""),
    "operator": ("", ""),
}
