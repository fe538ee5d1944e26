"""The roof: settings, addresses, the admin site, the front page and operations."""

import sys

# SQLite before 3.51.3 can lose commits in WAL mode, and many Python builds link an older one. Where the wheel that
# brings its own SQLite is installed it takes the standard module's place before Django loads it; elsewhere the
# standard module stays and a system check (`newsroom/checks.py`) says what that means.
try:
    import pysqlite3
except ImportError:
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
