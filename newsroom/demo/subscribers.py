"""Newsletters of the demo, and some hundreds of invented people who read them. No address of theirs can get mail."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from newsroom.audience import suppressing
from newsroom.audience.models import Consent, Newsletter, Subscriber, Suppression

LETTERS = (
    ("en", "The Morning", "the-morning", "What happened since yesterday, in seven stories.", "daily", 6),
    ("en", "The Week", "the-week", "What mattered this week, and what to read on a quiet Friday.", "weekly", 7),
    ("en", "Breaking news", "breaking", "One mail when something big happens, and only then.", "breaking", 6),
    ("ar", "نشرة الصباح", "sabah", "أهم ما جرى منذ الأمس في سبع قصص.", "daily", 6),
    ("ar", "حصاد الأسبوع", "hasad", "أبرز ما حدث هذا الأسبوع وما يستحق القراءة على مهل.", "weekly", 8),
)
NAMES = {
    "en": ("Amina", "Tunde", "Ngozi", "Kelo", "Bashir", "Ife", "Halima", "Obi", "Sade", "Musa", "Zainab", "Emeka"),
    "ar": ("ليلى", "يوسف", "مريم", "حسن", "نور", "خالد", "سلمى", "عمر"),
}
READERS = 360
SENTENCE = {
    "en": "I want these newsletters by e-mail: %s. I can leave at any time.",
    "ar": "أريد تلقي هذه النشرات بالبريد الإلكتروني: %s. ويمكنني إلغاء الاشتراك متى شئت.",
}
State = Subscriber.State


def make(now: datetime) -> None:
    """Nothing where there is a newsletter already."""
    if Newsletter.objects.exists():
        return
    chance = random.Random(7)  # noqa: S311  (a demo)
    letters = [
        Newsletter.objects.create(
            language=language,
            name=name,
            slug=slug,
            description=said,
            rhythm=rhythm,
            weekday=4,
            send_at=time(hour, 30),
            # Nobody who tries the demo wants hundreds of mails in the terminal every morning.
            needs_review=True,
            order=order,
        )
        for order, (language, name, slug, said, rhythm, hour) in enumerate(LETTERS)
    ]
    readers, wanted = [], []
    for number in range(READERS):
        language = chance.choices(("en", "ar"), (3, 1))[0]
        own = [one for one in letters if one.language == language]
        state = chance.choices((State.CONFIRMED, State.PENDING, State.UNSUBSCRIBED, State.SUPPRESSED), (86, 4, 7, 3))[0]
        # More of them lately: newsletters grow.
        asked = now - timedelta(days=min(chance.expovariate(1 / 45), 300), minutes=chance.randrange(1440))
        confirmed = None if state == State.PENDING else asked + timedelta(minutes=chance.randrange(2, 90))
        readers.append(
            Subscriber(
                email=f"reader-{number:03}@{chance.choice(('mail', 'post', 'inbox'))}.example",
                name=chance.choice(NAMES[language]) if chance.random() < 0.4 else "",
                language=language,
                state=state,
                most_often=chance.choices(Subscriber.MostOften.values, (8, 1, 1))[0],
                created_at=asked,
                asked_at=asked,
                confirmed_at=confirmed,
                left_at=min(now, asked + timedelta(days=20)) if state == State.UNSUBSCRIBED else None,
            )
        )
        wanted.append(chance.sample(own, chance.randint(1, len(own))))
    made = Subscriber.objects.bulk_create(readers)
    through = Subscriber.newsletters.through
    through.objects.bulk_create(  # type: ignore[attr-defined]
        through(subscriber_id=reader.pk, newsletter_id=one.pk)
        for reader, some in zip(made, wanted, strict=True)
        if reader.state != State.UNSUBSCRIBED
        for one in some
    )
    Consent.objects.bulk_create(
        consent for reader, some in zip(made, wanted, strict=True) for consent in _said(reader, some)
    )
    held = [reader for reader in made if reader.state == State.SUPPRESSED]
    for number, reader in enumerate(held):
        reason = Suppression.Reason.COMPLAINT if number == 0 else Suppression.Reason.BOUNCE
        suppressing.put(reader.email, reason=reason, at=now, note="550 5.1.1 no such user" if number else "")
    suppressing.put("forgotten@mail.example", reason=Suppression.Reason.ERASED, at=now)


def _said(reader: Subscriber, letters: list[Newsletter]) -> list[Consent]:
    names = ", ".join(one.name for one in letters)
    kinds = Consent.Kind
    found = [(kinds.ASKED, reader.created_at, SENTENCE[reader.language] % names, "/newsletter/")]
    if reader.confirmed_at:
        found.append((kinds.CONFIRMED, reader.confirmed_at, SENTENCE[reader.language] % names, "confirm"))
    if reader.left_at:
        found.append((kinds.LEFT, reader.left_at, names, "one-click"))
    if reader.state == State.SUPPRESSED and reader.confirmed_at:
        found.append((kinds.BOUNCED, reader.confirmed_at + timedelta(days=1), "550 5.1.1 no such user", ""))
    return [Consent(subscriber=reader, kind=kind, at=at, said=said, source=source) for kind, at, said, source in found]
