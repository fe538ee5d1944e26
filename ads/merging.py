"""The same firm, twice on file: one entry takes everything over from the other."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles.models import User

from .models import AdRequest, Advertiser, AdvertiserNote, Contact, DeskText, Invoice

# What an entry that lacks it gets from the other.
FILLED_UP = ["contact_name", "website", "country", "industry", "billing_name", "billing_address", "tax_id"]


class MergeRefused(Exception):
    """Raised when two advertisers cannot become one; its text is a sentence for the person who tried."""


def refusal(kept: Advertiser, other: Advertiser) -> str:
    """Why the two cannot become one, in words; empty when they can."""
    if kept.pk == other.pk:
        return _("These are the same entry. Choose another one.")
    if kept.merged_into_id or other.merged_into_id:
        return _("One of the two was merged into another meanwhile. Reload the page.")
    if kept.tax_id and other.tax_id and kept.tax_id.split() != other.tax_id.split():
        return _(
            "They have different tax numbers, so they are not the same firm: %(first)s and %(second)s. Clear the wrong "
            "one first."
        ) % {"first": kept.tax_id, "second": other.tax_id}
    return ""


def weight(other: Advertiser) -> list[tuple[str, int]]:
    """What would move: the names of things, and how many of each there are."""
    found = [
        (model._meta.verbose_name_plural, rows.count())
        for model, _name, rows in _hanging_on(other)
        if model not in (Advertiser, DeskText)
    ]
    return [(str(name), count) for name, count in found if count]


def merge(other: Advertiser, *, into: Advertiser, by: User | None, at: datetime) -> None:
    """Everything of `other` is `into`'s from now on: deals, bookings, posts, contacts, notes. What `into` lacks is
    filled up, and both keep their names for what was printed with them. Raises MergeRefused; then nothing moved."""
    try:
        with transaction.atomic():
            rows = Advertiser.objects.select_for_update(of=("self",)).filter(pk__in=[other.pk, into.pk]).order_by("pk")
            locked = {row.pk: row for row in rows}
            kept, gone = locked[into.pk], locked[other.pk]
            if why := refusal(kept, gone):
                raise MergeRefused(why)
            _move_contacts(gone, kept)
            for _model, name, hanging in _hanging_on(gone):
                hanging.update(**{name: kept})
            for name in FILLED_UP:
                setattr(kept, name, getattr(kept, name) or getattr(gone, name))
            kept.no_reminders = kept.no_reminders or gone.no_reminders
            kept.save()
            gone.merged_into = kept
            gone.save(update_fields=["merged_into"])
            text = f"{gone.company}, {gone.email}"
            AdvertiserNote.objects.create(advertiser=kept, kind=AdvertiserNote.Kind.MERGED, text=text, author=by, at=at)
    except IntegrityError:
        raise MergeRefused(
            _("Both have something of which there may be one only, so nothing was moved. Take one of them away first.")
        ) from None
    other.merged_into = kept


def _hanging_on(advertiser: Advertiser):
    """Of each model that names an advertiser, the name of the field and the rows; whatever models there are. Invoices
    stay with the entry that they were issued to: they never change."""
    for relation in Advertiser._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model is not Invoice:
            yield model, name, model._base_manager.filter(**{name: advertiser})  # type: ignore[union-attr]


def _move_contacts(gone: Advertiser, kept: Advertiser) -> None:
    """Who is a contact of both stays once, with their deals; the main one of the entry that is kept stays that."""
    has_main = kept.contacts.filter(is_main=True).exists()
    for contact in gone.contacts.all():
        if twin := kept.contacts.filter(email__iexact=contact.email).first():
            AdRequest.objects.filter(contact=contact).update(contact=twin)
            contact.delete()
        elif has_main:
            Contact.objects.filter(pk=contact.pk).update(is_main=False)
