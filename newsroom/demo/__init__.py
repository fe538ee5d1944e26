"""Demo content: an invented newspaper in an invented country, as plain data and drawn pictures."""
