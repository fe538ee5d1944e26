"""What the ground floor tells the floors above it."""

from django.dispatch import Signal

# Readers see something else than before: published, changed, withdrawn, expired. Argument: `article`. Sent on commit.
article_changed = Signal()

# A story became public, once in its life. Arguments: `article`, `at`. Sent inside the transaction that marks it as
# announced, so that receivers queue their jobs (newsletters, posts, webhooks) in it: all of them once, or none.
# Receivers write rows and nothing else.
article_published = Signal()

# Readers have another text of a story that was announced. Arguments: `article`, `at`. Sent inside the transaction that
# gives it to them; receivers write rows and nothing else.
article_updated = Signal()

# Readers lost a story that they had: withdrawn, expired, put off. Arguments: `article`, `at`. Sent inside the
# transaction that takes it; receivers write rows and nothing else.
article_withdrawn = Signal()

# A story stands on a channel, and where. Arguments: `article`, `channel` (its name), `link`, `at`. Sent inside the
# transaction that writes it down; receivers write rows and nothing else.
story_shared = Signal()

# Somebody wants readers to have a text. Arguments: `article` (None for a new one that comes in bulk), `content`,
# `number` (of the revision it is), `at`. Receivers return what stands in the way as a list of sentences, and write
# nothing.
asking_to_publish = Signal()

# The strip across the top of every page of a language is another, or gone. Argument: `language`. Sent on commit.
breaking_news_changed = Signal()

# A reader looked for something and found nothing. Arguments: `words` (what may be kept of it), `language`, `agent`
# (what the browser calls itself), `at`. Receivers decide whether that was a person.
searched_in_vain = Signal()
