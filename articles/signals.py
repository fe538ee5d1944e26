"""What the ground floor tells the floors above it. Sent on commit, never before."""

from django.dispatch import Signal

# Readers see something else than before: published, changed, withdrawn. Argument: `article`.
article_changed = Signal()
