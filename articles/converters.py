from django.urls import register_converter


class UnicodeSlug:
    """A slug in any script: Arabic stories have Arabic addresses."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Year:
    regex = r"[12]\d{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


class Month:
    regex = r"0[1-9]|1[0-2]"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:02d}"


class Count:
    """A number that every database holds."""

    regex = r"\d{1,9}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Secret:
    """A token of 256 bits, which no slug is by chance."""

    regex = r"[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FeedForm:
    """How a feed is written, as the end of its address: what its readers have typed for twenty years."""

    ENDS = {"rss": "feed/", "atom": "feed/atom/", "json": "feed.json"}
    regex = r"feed/atom/|feed/|feed\.json"

    def to_python(self, value: str) -> str:
        return next(form for form, end in self.ENDS.items() if end == value)

    def to_url(self, value: str) -> str:
        return self.ENDS[value]


class ListName:
    """What a sitemap lists beside stories."""

    regex = r"tags|authors"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Part:
    """The number of a file that goes on where another ended: nothing for the first, -2 for the second."""

    regex = r"(?:-(?:[2-9]|[1-9]\d{1,3}))?"

    def to_python(self, value: str) -> int:
        return int(value[1:]) if value else 1

    def to_url(self, value: int) -> str:
        return f"-{value}" if value > 1 else ""


register_converter(UnicodeSlug, "uslug")
register_converter(Year, "yyyy")
register_converter(Month, "mm")
register_converter(Count, "count")
register_converter(Secret, "secret")
register_converter(FeedForm, "feedform")
register_converter(Part, "part")
register_converter(ListName, "listname")
