"""Every URL pattern, role and method in one table. A pattern without a row fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import free_weeks, links, promises, sightings, waiting
from ads.models import Service
from articles import share_pictures, sharing, webhooks
from articles.models import Redirect, SearchMiss
from newsroom.audience import links as audience_links
from newsroom.audience import suppressing
from newsroom.audience.links import click_url
from newsroom.audience.models import ContactMessage, Subscriber, SubscriberImport, Suppression
from tests import factories
from tests.newsroom import issues, mailing

pytestmark = pytest.mark.django_db

OF_READERS = ("confirm", "preferences", "known", "new_address")
ROLES = {"R": "Reporter", "E": "Editor", "A": "Ad manager", "P": "Publisher"}
STAFF = "REAP"

# Public pages: what GET and POST answer to everybody, logged in or not. POST is sent empty.
PUBLIC = {
    "livez": (200, 405),
    "readyz": (200, 405),
    "ads_txt": (200, 405),
    "newsletters:sign_up": (200, 200),  # an address alone leads to the boxes
    "newsletters:asked": (200, 405),
    "newsletters:lost_link": (200, 403),
    "newsletters:confirm": (200, 200),
    "newsletters:preferences": (200, 400),
    "newsletters:known": (405, 200),
    "newsletters:new_address": (405, 400),
    "newsletters:address": (200, 200),
    "newsletters:forget": (200, 302),
    "newsletters:forgotten": (200, 405),
    "newsletters:unsubscribe": (200, 200),
    "post:hook": (405, 404),
    "delivery:fill": (405, 400),
    "delivery:go": (302, 405),
    "delivery:seen": (405, 400),
    "delivery:still": (302, 405),
    "delivery:visit": (302, 405),
    "icon": (200, 405),
    "manifest": (200, 405),
    "machines:share_picture": (200, 405),
    "machines:indexnow_key": (404, 405),
    "place": (200, 405),
    "post:click": (302, 405),
    "media": (200, 405),
    **{f"api:{name}": (200, 405) for name in ("index", "openapi", "articles", "sections", "authors", "tags", "series")},
    **{f"api:{name}": (200, 405) for name in ("article", "section", "author", "tag", "one_series")},
    "api:nothing": (404, 405),
    "machines:oembed": (400, 405),
    "front_page": (200, 405),
    "lite_front": (200, 405),
    "contact": (200, 403),
    "message_sent": (200, 405),
    "ads:rate_card": (200, 405),
    "ads:rate_card_paper": (200, 405),
    "ads:request": (200, 403),
    "ads:request_price": (405, 200),
    "ads:request_back": (302, 405),
    "ads:request_what": (200, 400),
    "ads:request_dates": (200, 302),
    "ads:request_material": (200, 302),
    "ads:request_check": (200, 400),
    "ads:request_save": (200, 400),
    "ads:request_draft_price": (405, 200),
    "ads:request_file": (200, 405),
    "ads:received": (200, 405),
    "ads:deal": (200, 405),
    "ads:availability": (200, 405),
    "ads:wait": (200, 403),
    "ads:wait_done": (200, 405),
    "ads:wait_leave": (200, 200),
    "ads:deal_wait": (405, 302),
    "ads:deal_unwait": (405, 302),
    "ads:deal_ask": (405, 400),
    "ads:deal_renew": (405, 409),
    "ads:deal_renew_changed": (405, 409),
    "ads:counting": (200, 405),
    "ads:deal_report_table": (200, 405),
    "ads:deal_report_paper": (200, 405),
    "ads:deal_report_stop": (405, 302),
    "ads:deal_report_resume": (405, 302),
    "ads:lost_link": (200, 403),
    "ads:lost_link_sent": (200, 405),
    "ads:quote_accept": (405, 400),
    "ads:quote_paper": (200, 405),
    "ads:invoice_paper": (200, 405),
    "ads:deal_artwork": (405, 400),
    "ads:deal_artwork_file": (200, 405),
    "ads:deal_post_file": (405, 400),
    "ads:deal_post_brief": (405, 400),
    "ads:deal_post_approve": (405, 400),
    "ads:deal_post_say": (405, 400),
    "ads:deal_post_text": (200, 405),
    "ads:deal_post_picture": (200, 405),
    "articles:article": (200, 405),
    "articles:lite": (200, 405),
    "articles:preview": (200, 403),
    "articles:preview_received": (200, 405),
    "articles:preview_picture": (200, 405),
    "articles:api_guide": (200, 405),
    "articles:search": (200, 405),
    "articles:suggest": (200, 405),
    "articles:section": (200, 405),
    "articles:tag": (200, 405),
    "articles:author": (200, 405),
    "articles:series": (200, 405),
    "articles:corrections": (200, 405),
    "articles:archive": (200, 405),
    "articles:archive_month": (200, 405),
    "articles:live_entry": (200, 405),
    "articles:live_since": (200, 405),
    "newsletters:issue": (200, 405),
    **{f"feeds:{name}": (200, 405) for name in ("site", "section", "tag", "author", "series", "partners")},
    "machines:sitemap": (200, 405),
    "machines:sitemap_pages": (200, 405),
    "machines:sitemap_list": (200, 405),
    "machines:sitemap_month": (200, 405),
    "machines:news_sitemap": (200, 405),
    "machines:robots_txt": (200, 405),
    "machines:security_txt": (200, 405),
}

# Admin pages: who may read (GET) and who may write (POST). Everybody else gets 403, or 404 where the thing is not
# theirs to know of; who is not logged in is sent to the login.
ADMIN = {
    "admin:index": (STAFF, STAFF),
    "admin:app_list": (STAFF, STAFF),
    "admin:waiting": (STAFF, ""),
    "admin:first_run_away": ("", "P"),
    "admin:calendar": (STAFF, ""),
    "admin:calendar_move": ("EP", "EP"),  # a draft of another reporter
    "admin:jsi18n": (STAFF, ""),
    "admin:password_change": (STAFF, STAFF),
    "admin:password_change_done": (STAFF, ""),
    "admin:articles_article_changelist": (STAFF, STAFF),
    "admin:articles_article_add": (STAFF, STAFF),
    "admin:articles_article_change": ("EP", "EP"),  # a draft of another reporter
    "admin:articles_article_history": ("EP", "EP"),
    "admin:articles_article_compare": ("EP", ""),
    "admin:articles_article_revision": ("EP", ""),
    "admin:articles_article_restore": ("EP", "EP"),
    "styleguide": (STAFF, ""),
    "admin:articles_article_settle": ("", "EP"),
    "admin:articles_article_notes": ("EP", "EP"),
    "admin:articles_article_note": ("", "EP"),
    "admin:articles_article_colleagues": ("EP", ""),
    "admin:articles_article_delete": ("", ""),
    "admin:articles_article_move": ("EP", "EP"),
    "admin:articles_article_live": ("EP", "EP"),
    "admin:articles_article_live_entry": ("EP", "EP"),
    "admin:articles_correction_changelist": ("REP", "REP"),
    "admin:articles_correction_add": ("EP", "EP"),
    "admin:articles_correction_change": ("EP", "EP"),  # of a story that is no reporter's here
    "admin:articles_correction_history": ("EP", "EP"),
    "admin:articles_correction_delete": ("", ""),
    "admin:articles_brand_changelist": ("P", "P"),
    "admin:articles_brand_preview": ("P", "P"),
    "admin:articles_article_channels": ("EP", ""),  # the ad desk: of what was paid for
    "admin:articles_article_share": ("", "EP"),
    **{f"admin:articles_channel_{page}": ("P", "P") for page in ("changelist", "add", "change", "history", "delete")},
    **{f"admin:articles_channel_{page}": ("", "P") for page in ("key", "test", "again")},
    "admin:articles_share_changelist": ("EAP", "EAP"),
    "admin:articles_share_add": ("", ""),
    "admin:articles_share_change": ("EP", ""),  # of a news story
    "admin:articles_share_history": ("EP", "EP"),
    "admin:articles_share_delete": ("", ""),
    "admin:articles_series_changelist": ("REP", "REP"),
    "admin:articles_series_add": ("EP", "EP"),
    "admin:articles_series_change": ("REP", "EP"),
    "admin:articles_series_history": ("REP", "REP"),
    "admin:articles_series_delete": ("EP", "EP"),
    "admin:articles_breakingnews_changelist": ("EP", "EP"),
    "admin:articles_breakingnews_add": ("EP", "EP"),
    "admin:articles_breakingnews_change": ("EP", "EP"),
    "admin:articles_breakingnews_history": ("EP", "EP"),
    "admin:articles_breakingnews_delete": ("EP", "EP"),
    "admin:articles_breakingnews_end": ("", "EP"),
    "admin:articles_article_preview": ("EP", "EP"),
    "admin:articles_article_preview_page": ("EP", "EP"),
    "admin:articles_article_preview_unsaved": ("", "EP"),
    "admin:articles_article_preview_links": ("EP", "EP"),
    "admin:articles_article_preview_revoke": ("", "EP"),
    "admin:articles_article_autosave": ("EP", "EP"),
    "admin:articles_article_checks": ("EP", ""),
    "admin:articles_article_words": ("", "EP"),
    "admin:articles_mediaasset_changelist": (STAFF, STAFF),
    "admin:articles_mediaasset_add": (STAFF, STAFF),
    "admin:articles_mediaasset_change": (STAFF, "EP"),
    "admin:articles_mediaasset_history": (STAFF, STAFF),
    "admin:articles_mediaasset_delete": ("EP", "EP"),
    "admin:articles_mediaasset_chooser": (STAFF, ""),
    "admin:articles_mediaasset_by_number": (STAFF, ""),
    "admin:articles_mediaasset_upload": (STAFF, STAFF),
    "admin:articles_mediaasset_describe": ("", STAFF),
    "admin:articles_mediaasset_replace": ("EP", "EP"),  # a picture of somebody else, on a live story
    "admin:articles_mediaasset_previous": ("", "EP"),
    "admin:articles_section_changelist": (STAFF, STAFF),
    "admin:articles_section_add": ("EP", "EP"),
    "admin:articles_section_change": (STAFF, "EP"),
    "admin:articles_section_history": (STAFF, STAFF),
    "admin:articles_section_delete": ("P", "P"),
    "admin:articles_tag_changelist": (STAFF, STAFF),
    "admin:articles_tag_add": (STAFF, STAFF),
    "admin:articles_tag_change": (STAFF, "EP"),
    "admin:articles_tag_history": (STAFF, STAFF),
    "admin:articles_tag_delete": ("EP", "EP"),
    "admin:articles_author_changelist": ("REP", "REP"),
    "admin:articles_author_add": ("EP", "EP"),
    "admin:articles_author_change": ("REP", "EP"),
    "admin:articles_author_history": ("REP", "REP"),
    "admin:articles_author_delete": ("P", "P"),
    "admin:articles_dueaction_changelist": ("EAP", "EAP"),  # the ad desk: of what was paid for
    "admin:articles_dueaction_add": ("", ""),
    "admin:articles_dueaction_change": ("EP", ""),
    "admin:articles_dueaction_history": ("EP", "EP"),
    "admin:articles_dueaction_delete": ("", ""),
    "admin:articles_dueaction_move": ("EP", "EP"),
    "admin:articles_searchmiss_changelist": ("EP", "EP"),
    "admin:articles_searchmiss_add": ("", ""),
    "admin:articles_searchmiss_change": ("EP", ""),
    "admin:articles_searchmiss_history": ("EP", "EP"),
    "admin:articles_searchmiss_delete": ("", ""),
    "admin:articles_redirect_changelist": ("EP", "EP"),
    "admin:articles_redirect_add": ("EP", "EP"),
    "admin:articles_redirect_change": ("EP", "EP"),
    "admin:articles_redirect_history": ("EP", "EP"),
    "admin:articles_redirect_delete": ("EP", "EP"),
    "admin:articles_user_changelist": ("P", "P"),
    "admin:articles_user_add": ("P", "P"),
    "admin:articles_user_change": ("P", "P"),
    "admin:articles_user_history": ("P", "P"),
    "admin:articles_user_delete": ("", ""),
    "admin:auth_user_password_change": ("P", "P"),
    "admin:admin_logentry_changelist": ("P", "P"),
    "admin:admin_logentry_add": ("", ""),
    "admin:admin_logentry_change": ("P", ""),
    "admin:admin_logentry_history": ("P", "P"),
    "admin:admin_logentry_delete": ("", ""),
    "admin:auth_group_changelist": ("", ""),
    "admin:auth_group_add": ("", ""),
    "admin:auth_group_change": ("", ""),
    "admin:auth_group_history": ("", ""),
    "admin:auth_group_delete": ("", ""),
    "admin:ads_adrequest_changelist": ("AP", "AP"),
    "admin:ads_adrequest_add": ("AP", "AP"),
    "admin:ads_adrequest_change": ("AP", "AP"),
    "admin:ads_adrequest_history": ("AP", "AP"),
    "admin:ads_adrequest_delete": ("", ""),
    "admin:ads_adrequest_move": ("AP", "AP"),
    "admin:ads_material_download": ("AP", "AP"),
    "admin:ads_material_open": ("", "AP"),
    "admin:ads_adrequest_release": ("", "AP"),
    "admin:ads_adrequest_write": ("", "AP"),
    "admin:ads_adrequest_link": ("", "AP"),
    "admin:ads_adrequest_revoke": ("", "AP"),
    "admin:ads_quote_changelist": ("AP", "AP"),
    "admin:ads_quote_add": ("", ""),
    "admin:ads_quote_change": ("AP", "AP"),
    "admin:ads_quote_history": ("AP", "AP"),
    "admin:ads_quote_delete": ("", ""),
    "admin:ads_quote_move": ("AP", "AP"),
    "admin:ads_quote_begin": ("", "AP"),
    "admin:ads_quote_preview": ("AP", "AP"),
    "admin:ads_inboundmail_changelist": ("AP", "AP"),
    "admin:ads_inboundmail_add": ("", ""),
    "admin:ads_inboundmail_change": ("AP", ""),
    "admin:ads_inboundmail_history": ("AP", "AP"),
    "admin:ads_inboundmail_delete": ("", ""),
    "admin:ads_inboundmail_move": ("AP", "AP"),
    "admin:ads_inboundmail_raw": ("AP", "AP"),
    "admin:ads_answer_times": ("AP", ""),
    "admin:ads_counting": ("AP", "P"),
    "admin:ads_counting_check": ("", "AP"),
    "admin:ads_booking_changelist": ("AP", "AP"),
    "admin:ads_booking_add": ("AP", "AP"),
    "admin:ads_booking_change": ("AP", "AP"),
    "admin:ads_booking_history": ("AP", "AP"),
    "admin:ads_booking_delete": ("", ""),
    "admin:ads_booking_move": ("AP", "AP"),
    "admin:ads_booking_targeting": ("AP", "AP"),
    "admin:ads_booking_turns": ("AP", "AP"),
    **{
        f"admin:ads_housecreative_{page}": ("AP", "AP") for page in ("changelist", "add", "change", "history", "delete")
    },
    **{
        f"admin:ads_wordlist_{page}": ("AP", "AP")
        for page in ("changelist", "add", "change", "history", "delete", "try")
    },
    "admin:ads_quietstory_changelist": ("EAP", "EAP"),
    "admin:ads_quietstory_add": ("", ""),
    "admin:ads_quietstory_change": ("EAP", ""),
    "admin:ads_quietstory_history": ("EAP", "EAP"),
    "admin:ads_quietstory_delete": ("", ""),
    "admin:ads_quietstory_of": ("EP", "EP"),
    "admin:ads_booking_sighting": ("AP", ""),
    "admin:ads_availability": ("AP", ""),
    "admin:ads_deliveryalarm_changelist": ("AP", "AP"),
    "admin:ads_deliveryalarm_add": ("", ""),
    "admin:ads_deliveryalarm_change": ("AP", ""),
    "admin:ads_deliveryalarm_history": ("AP", "AP"),
    "admin:ads_deliveryalarm_delete": ("", ""),
    "admin:ads_makegood_changelist": ("AP", "AP"),
    "admin:ads_makegood_add": ("", ""),
    "admin:ads_makegood_change": ("AP", "AP"),
    "admin:ads_makegood_history": ("AP", "AP"),
    "admin:ads_makegood_delete": ("", ""),
    "admin:ads_makegood_move": ("AP", "AP"),
    "admin:ads_overview": ("AP", ""),
    "admin:ads_overview_csv": ("AP", ""),
    "admin:ads_waitingentry_changelist": ("AP", "AP"),
    "admin:ads_waitingentry_add": ("AP", "AP"),
    "admin:ads_waitingentry_change": ("AP", "AP"),
    "admin:ads_waitingentry_history": ("AP", "AP"),
    "admin:ads_waitingentry_delete": ("", ""),
    "admin:ads_waitingentry_move": ("AP", "AP"),
    "admin:ads_invoice_changelist": ("AP", "AP"),
    "admin:ads_invoice_add": ("", ""),
    "admin:ads_invoice_change": ("AP", ""),
    "admin:ads_invoice_history": ("AP", "AP"),
    "admin:ads_invoice_delete": ("", ""),
    "admin:ads_invoice_move": ("P", "P"),  # a credit note
    "admin:ads_invoice_months": ("AP", ""),
    "admin:ads_invoice_csv": ("AP", ""),
    "admin:ads_payment_csv": ("AP", ""),
    "admin:ads_invoice_paper": ("AP", ""),
    "admin:ads_quote_paper": ("AP", ""),
    "admin:ads_creative_changelist": ("AP", "AP"),
    "admin:ads_creative_add": ("", ""),
    "admin:ads_creative_change": ("AP", ""),
    "admin:ads_creative_history": ("AP", "AP"),
    "admin:ads_creative_delete": ("", ""),
    "admin:ads_creative_move": ("AP", "AP"),
    "admin:ads_creative_file": ("AP", ""),
    "admin:ads_creative_send": ("AP", "AP"),
    "admin:ads_advertiser_changelist": ("AP", "AP"),
    "admin:ads_advertiser_add": ("AP", "AP"),
    "admin:ads_advertiser_change": ("AP", "AP"),
    "admin:ads_advertiser_history": ("AP", "AP"),
    "admin:ads_advertiser_delete": ("", ""),
    "admin:ads_advertiser_note": ("", "AP"),
    "admin:ads_advertiser_merge": ("P", "P"),
    "admin:ads_advertiser_export": ("", "P"),
    "admin:ads_nextaction_changelist": ("AP", "AP"),
    "admin:ads_nextaction_add": ("", ""),
    "admin:ads_nextaction_change": ("AP", "AP"),
    "admin:ads_nextaction_history": ("AP", "AP"),
    "admin:ads_nextaction_delete": ("", ""),
    "admin:ads_nextaction_write": ("", "AP"),
    "admin:ads_nextaction_finish": ("", "AP"),
    "admin:ads_search": ("AP", "AP"),
    "admin:ads_export": ("P", "P"),
    "admin:ads_report": ("AP", ""),
    "admin:ads_report_deal": ("AP", ""),
    "admin:ads_report_table": ("AP", ""),
    "admin:ads_report_paper": ("AP", ""),
    "admin:ads_position_changelist": ("AP", "AP"),
    "admin:ads_position_add": ("", ""),
    "admin:ads_position_change": ("AP", "P"),
    "admin:ads_position_history": ("AP", "AP"),
    "admin:ads_position_delete": ("", ""),
    "admin:ads_service_changelist": ("AP", "AP"),
    "admin:ads_service_add": ("", ""),
    "admin:ads_service_change": ("AP", "P"),
    "admin:ads_service_history": ("AP", "AP"),
    "admin:ads_service_delete": ("", ""),
    "admin:ads_postproduct_changelist": ("AP", "AP"),
    "admin:ads_postproduct_add": ("", ""),
    "admin:ads_postproduct_change": ("AP", "P"),
    "admin:ads_postproduct_history": ("AP", "AP"),
    "admin:ads_postproduct_delete": ("", ""),
    "admin:ads_sponsoredpost_changelist": ("AP", "AP"),
    "admin:ads_sponsoredpost_add": ("AP", "AP"),
    "admin:ads_sponsoredpost_change": ("AP", "AP"),
    "admin:ads_sponsoredpost_history": ("AP", "AP"),
    "admin:ads_sponsoredpost_delete": ("", ""),
    "admin:ads_sponsoredpost_move": ("P", "P"),  # to stand in for an order made elsewhere
    "admin:ads_sponsoredpost_begin": ("", "AP"),
    "admin:ads_promise_changelist": ("AP", "AP"),
    "admin:ads_promise_add": ("", ""),
    "admin:ads_promise_change": ("AP", ""),
    "admin:ads_promise_history": ("AP", "AP"),
    "admin:ads_promise_delete": ("", ""),
    "admin:ads_promise_move": ("AP", "AP"),
    "admin:audience_issue_report": ("EAP", ""),
    "admin:audience_issue_report_table": ("EAP", ""),
    "admin:audience_issue_sending": ("EP", "EP"),
    "admin:audience_contactmessage_changelist": ("EP", "EP"),
    "admin:audience_contactmessage_add": ("", ""),
    "admin:audience_contactmessage_change": ("EP", "EP"),
    "admin:audience_contactmessage_history": ("EP", "EP"),
    "admin:audience_contactmessage_delete": ("P", "P"),
    "admin:audience_newsletter_changelist": ("EAP", "EAP"),
    "admin:audience_newsletter_add": ("P", "P"),
    "admin:audience_newsletter_change": ("EAP", "P"),
    "admin:audience_newsletter_history": ("EAP", "EAP"),
    "admin:audience_newsletter_delete": ("", ""),  # somebody has it
    "admin:audience_subscriber_changelist": ("P", "P"),
    "admin:audience_subscriber_add": ("", ""),
    "admin:audience_subscriber_change": ("P", ""),
    "admin:audience_subscriber_history": ("P", "P"),
    "admin:audience_subscriber_delete": ("", ""),
    "admin:audience_subscriber_move": ("P", "P"),
    "admin:audience_subscriber_files": ("P", "P"),
    "admin:audience_subscriber_export": ("", "P"),
    "admin:audience_subscriber_import": ("P", "P"),
    "admin:audience_suppression_changelist": ("P", "P"),
    "admin:audience_suppression_add": ("", ""),
    "admin:audience_suppression_change": ("P", ""),
    "admin:audience_suppression_history": ("P", "P"),
    "admin:audience_suppression_delete": ("P", "P"),
    "admin:audience_issue_changelist": ("EAP", "EAP"),
    "admin:audience_issue_add": ("EP", "EP"),
    "admin:audience_issue_change": ("EAP", "EP"),
    "admin:audience_issue_history": ("EAP", "EAP"),
    "admin:audience_issue_delete": ("EP", "EP"),
    "admin:audience_issue_move": ("EP", "EP"),
    "admin:audience_issue_preview": ("EAP", "EAP"),  # what is typed is drawn, and nothing saved
    "admin:audience_issue_mentions": ("AP", ""),
    "admin:audience_issue_breaking": ("EP", "EP"),
}

ADMIN |= {
    "admin:newsroom_frontedition_changelist": ("EP", ""),  # leads to the desk
    "admin:front_desk": ("EP", "EP"),
    "admin:front_preview": ("EP", ""),
    "admin:front_preview_page": ("EP", ""),
    "admin:front_versions": ("EP", ""),
}

ADMIN |= {
    f"admin:django_tasks_database_dbtaskresult_{page}": ("", "")
    for page in ("changelist", "add", "change", "history", "delete")
}

# Patterns that are tested by name elsewhere, with the reason.
ELSEWHERE = {
    "admin:articles_mediaasset_chooser_upload": "an empty form is refused in words: tests/articles/test_editor.py",
    "admin:login": "open to all by its nature: tests/newsroom/test_login.py",
    "admin:logout": "POST ends any session: tests/newsroom/test_login.py",
    "admin:autocomplete": "answers by model and field: test_autocomplete_gives_only_what_a_person_may_open below",
}


def patterns(resolver=None, namespace="") -> set[str]:
    """Every named URL pattern; one without a name is listed by its route."""
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found |= patterns(entry, inner)
        elif isinstance(entry, URLPattern):
            found.add(f"{namespace}{entry.name or entry.pattern}")
    return found


# Django's own: a final catch-all that adds slashes, and the old address of a change page, which redirects to it.
UNNAMED = {
    "admin:(?P<url>.*)$",
    "admin:<path:object_id>/",
    r"admin:^(?P<app_label>auth|newsroom|ads|articles|audience)/$",
}


def test_every_pattern_has_a_row():
    rows = set(PUBLIC) | set(ADMIN) | set(ELSEWHERE)
    assert {name for name in patterns() - UNNAMED if name not in rows} == set()
    assert {name for name in rows if name not in patterns()} == set()


@pytest.fixture
def address(db, client):
    """The address of a pattern, with an object behind it that exists."""
    from tests.ads.test_intake import word_request

    asset = factories.picture()
    booking = factories.booking()
    creative = booking.creatives.get()
    bought = factories.deal().bookings.get()
    letter = factories.inbound_mail()
    material = word_request().material.get()
    story = factories.article(hero_id=asset.pk, tag_ids=[factories.tag().pk], series_id=factories.series().pk)
    entry = factories.live_entry(story)
    reporter = factories.user("Reporter")
    draft = factories.draft(by=reporter)
    message = ContactMessage.objects.create(
        form_key="k", name="N", email="n@reader.example", message="M", received_at=story.created_at
    )
    redirect = Redirect.objects.create(old_path="/old/", new_path="/contact/")
    letter_list = factories.newsletter()
    reader = factories.subscriber(letter_list)
    Subscriber.objects.filter(pk=reader.pk).update(new_email="new@reader.example", new_email_at=story.created_at)
    reader.refresh_from_db()
    suppressing.put("gone@reader.example", reason="bounce", at=story.created_at)
    brought = SubscriberImport.objects.create(name="list.csv", at=story.created_at, rows=0, state="done")
    code = booking.position.code
    waits = factories.waiting_entry(booking, deal=material.request)
    alarm, make_good = factories.alarm(booking), factories.make_good(booking)
    monday = free_weeks.monday(booking.first_day).isoformat()
    shown = factories.draft(hero_id=asset.pk)
    _link, token = factories.preview_link(shown)
    from ads import billing, tokens

    soon = timezone.localdate() + timedelta(days=30)
    draft_quote = factories.draft_quote()
    offer = factories.quote(factories.ad_request(first_day=soon, last_day=soon + timedelta(days=6)))

    later = timezone.localdate() + timedelta(days=60)
    deal = factories.deal(request=factories.ad_request(first_day=later, last_day=later + timedelta(days=6)))
    invoice = billing.issue(deal, by=None, at=timezone.now())
    deal = factories.post_deal()
    post = factories.offered_post(deal, hero_id=asset.pk)
    promises.make(post.line, at=story.created_at)
    of_post = [factories.deal_token(deal), post.line_id, 1]

    hook, network = factories.channel("webhook"), factories.channel("hand")
    share = sharing.prove(story, network, "https://x.example/1", by=None, at=timezone.now())
    issue = mailing.issue(state="sending", sent_as={"links": ["https://shop.example/"]})

    objects = {
        "articles_channel": factories.channel(),
        "articles_share": share,
        "articles_article": draft,
        "articles_mediaasset": asset,
        "articles_section": story.section,
        "articles_tag": story.tags.get(),
        "articles_author": story.bylines.get().author,
        "articles_redirect": redirect,
        "articles_searchmiss": SearchMiss.objects.create(day=timezone.localdate(), language="en", words="volcano"),
        "articles_dueaction": story.due_actions.get(),
        "articles_correction": factories.correction(story),
        "articles_series": story.series,
        "articles_breakingnews": factories.breaking_news(),
        "articles_user": reporter,
        "auth_group": reporter.groups.get(),
        "admin_logentry": LogEntry.objects.log_actions(reporter.pk, [redirect], 1, single_object=True),
        "ads_adrequest": material.request,
        "ads_inboundmail": letter,
        "ads_booking": booking,
        "ads_deliveryalarm": alarm,
        "ads_makegood": make_good,
        "ads_housecreative": factories.house(is_active=False),
        "ads_wordlist": factories.word_list(),
        "ads_quietstory": factories.quiet_story(),
        "ads_waitingentry": waits,
        "ads_creative": creative,
        "ads_invoice": invoice,
        "ads_advertiser": booking.advertiser,
        "ads_nextaction": factories.next_action(advertiser=booking.advertiser),
        "ads_position": booking.position,
        "ads_postproduct": factories.product(),
        "ads_service": Service.objects.first(),
        "ads_quote": draft_quote,
        "ads_sponsoredpost": post,
        "ads_promise": post.line.promises.first(),
        "audience_contactmessage": message,
        "audience_newsletter": letter_list,
        "audience_subscriber": reader,
        "audience_suppression": Suppression.objects.get(),
        "audience_issue": issues.issue(),
    }
    sent = issues.sent()
    special = {
        "newsletters:issue": [sent.newsletter.slug, sent.pk],
        "admin:audience_issue_breaking": [story.pk],
        "admin:audience_issue_move": [issues.issue().pk, "schedule"],
        "admin:audience_issue_preview": [issues.issue().pk],
        "delivery:go": [tokens.seal(tokens.Token(tokens.decision_id(timezone.now()), creative=creative.pk))],
        **{f"newsletters:{page}": [audience_links.token(reader)] for page in OF_READERS},
        "newsletters:forget": [audience_links.token(factories.subscriber(letter_list))],
        "newsletters:address": [audience_links.address_url(reader).split("/")[-2]],
        "newsletters:unsubscribe": [audience_links.token(reader), letter_list.slug],
        "post:hook": ["postmark"],
        "admin:audience_subscriber_move": [reader.pk, "suppress"],
        "admin:audience_subscriber_import": [brought.pk],
        "delivery:still": [code],
        "place": [sightings.token(creative.pk)],
        "delivery:visit": [code],
        "media": [creative.file.name],
        "ads:received": [material.request.reference],
        **{
            f"ads:request_{page}": [factories.request_draft()]
            for page in ("back", "what", "dates", "material", "check", "save")
        },
        "ads:request_draft_price": [factories.request_draft(), "dates"],
        "ads:request_file": [factories.request_draft(), code],
        "ads:deal": [factories.deal_token(material.request)],
        "ads:wait": [code, monday],
        "ads:wait_leave": [waiting.token(waits)],
        "ads:deal_wait": [factories.deal_token(factories.ad_request()), code],
        "ads:deal_unwait": [factories.deal_token(material.request), waits.pk],
        **{
            f"ads:deal{page}": [factories.deal_token(material.request)]
            for page in ("", "_ask", "_renew", "_renew_changed")
        },
        **{
            f"ads:deal_report_{page}": [factories.deal_token(bought.request)]
            for page in ("table", "paper", "stop", "resume")
        },
        **{f"admin:ads_report_{page}": [bought.request_id] for page in ("deal", "table", "paper")},
        "ads:quote_accept": [factories.deal_token(offer.request), offer.version],
        "ads:quote_paper": [factories.deal_token(deal), 1],
        "ads:invoice_paper": [factories.deal_token(invoice.request), invoice.number],
        "admin:ads_invoice_move": [invoice.pk, "credit"],
        "admin:ads_invoice_paper": [invoice.pk],
        "admin:ads_quote_paper": [invoice.quote_id],
        "ads:deal_artwork": [factories.deal_token(bought.request), bought.pk],
        "ads:deal_artwork_file": [factories.deal_token(bought.request), factories.creative(bought).pk, "art"],
        **{f"ads:deal_post_{name}": of_post for name in ("file", "brief", "approve", "say", "text")},
        "ads:deal_post_picture": [*of_post, asset.path("full", 320, "webp")],
        "admin:ads_sponsoredpost_begin": [post.line_id, 1],
        "admin:ads_sponsoredpost_move": [post.pk, "vouch"],
        "admin:ads_promise_move": [post.line.promises.first().pk, "keep"],
        "articles:article": [story.month.year, story.month.month, story.slug],
        "articles:lite": [story.month.year, story.month.month, story.slug],
        "articles:preview": [token],
        "articles:preview_received": [token],
        "articles:preview_picture": [token, asset.path("full", 320, "webp")],
        "admin:articles_article_preview": [draft.pk],
        "admin:articles_article_preview_page": [draft.pk],
        "admin:articles_article_preview_unsaved": [draft.pk],
        "admin:articles_article_preview_links": [draft.pk],
        "admin:articles_article_preview_revoke": [draft.pk, factories.preview_link(draft)[0].pk],
        "admin:articles_article_channels": [draft.pk],
        "admin:articles_article_share": [draft.pk, network.pk],
        "admin:articles_channel_key": [hook.pk],
        "admin:articles_channel_test": [hook.pk],
        "admin:articles_channel_again": [hook.pk, webhooks.test(hook, at=timezone.now()).pk],
        "api:article": [story.pk],
        "api:section": [story.section_id],
        "api:author": [story.bylines.get().author_id],
        "api:tag": [story.tags.get().pk],
        "api:one_series": [story.series_id],
        "articles:archive_month": [story.publish_at.year, story.publish_at.month],
        **{f"feeds:{name}": ["rss"] for name in ("site", "partners")},
        "feeds:section": [story.section.slug, "rss"],
        "feeds:tag": [story.tags.get().slug, "atom"],
        "feeds:author": [story.bylines.get().author.slug, "json"],
        "feeds:series": [story.series.slug, "rss"],
        "machines:sitemap_list": ["authors", 1],
        "machines:sitemap_month": [story.month.year, story.month.month, 1],
        "articles:section": [story.section.slug],
        "articles:tag": [story.tags.get().slug],
        "articles:author": [story.bylines.get().author.slug],
        "articles:series": [story.series.slug],
        "articles:live_entry": [story.month.year, story.month.month, story.slug, entry.number],
        "articles:live_since": [story.pk, 0],
        "admin:django_tasks_database_dbtaskresult_change": [DBTaskResult.objects.first().pk],
        "admin:django_tasks_database_dbtaskresult_history": [DBTaskResult.objects.first().pk],
        "admin:django_tasks_database_dbtaskresult_delete": [DBTaskResult.objects.first().pk],
        "icon": [180],
        "machines:indexnow_key": ["0123456789abcdef"],
        "machines:share_picture": [share_pictures.site_address("en").removeprefix("/share/").removesuffix(".jpg")],
        "post:click": [click_url(issue.pk, 0).rpartition("/")[2]],
        "admin:audience_issue_report": [issue.pk],
        "admin:audience_issue_report_table": [issue.pk],
        "admin:audience_issue_sending": [issue.pk, "pause"],
        "admin:app_list": ["articles"],
        "admin:calendar_move": [draft.pk],
        **{f"admin:front_{page}": ["en"] for page in ("desk", "preview", "preview_page", "versions")},
        "admin:ads_material_download": [material.pk],
        "admin:ads_material_open": [material.pk],
        "admin:ads_adrequest_release": [material.request.pk],
        "admin:ads_adrequest_write": [material.request.pk],
        "admin:ads_adrequest_link": [material.request.pk],
        "admin:ads_adrequest_revoke": [
            material.request.pk,
            links.make(material.request, by=None, at=timezone.now()).pk,
        ],
        **{f"admin:ads_advertiser_{page}": [booking.advertiser.pk] for page in ("note", "merge", "export")},
        "admin:ads_nextaction_finish": [factories.next_action(request=material.request).pk],
        "admin:auth_user_password_change": [reporter.pk],
        "admin:articles_article_move": [draft.pk, "submit"],
        "admin:articles_dueaction_move": [story.due_actions.get().pk, "again"],
        "admin:articles_article_compare": [draft.pk],
        "admin:articles_article_revision": [draft.pk, 1],
        "admin:articles_article_restore": [draft.pk, 1],
        "admin:articles_article_settle": [draft.pk, 1],
        "admin:articles_article_notes": [draft.pk],
        "admin:articles_article_note": [draft.pk, factories.note(draft, by=reporter).pk],
        "admin:articles_article_colleagues": [draft.pk],
        "admin:articles_article_live": [draft.pk],
        "admin:articles_article_live_entry": [draft.pk, factories.live_entry(draft).number],
        "admin:articles_breakingnews_end": [factories.breaking_news(language="ar").pk],
        "admin:articles_mediaasset_replace": [asset.pk],
        "admin:articles_mediaasset_previous": [asset.pk],
        "admin:articles_article_checks": [draft.pk],
        "admin:articles_article_autosave": [draft.pk],
        "admin:articles_article_words": [draft.pk],
        "admin:ads_inboundmail_move": [letter.pk, "aside"],
        "admin:ads_inboundmail_raw": [letter.pk],
        "admin:ads_adrequest_move": [material.request.pk, "answer"],
        "admin:ads_quote_move": [draft_quote.pk, "discard"],
        "admin:ads_quote_begin": [draft_quote.request.pk],
        "admin:ads_quote_preview": [draft_quote.pk],
        "admin:ads_booking_move": [booking.pk, "cancel"],
        "admin:ads_booking_targeting": [booking.pk],
        "admin:ads_booking_turns": [booking.pk],
        "admin:ads_quietstory_of": [draft.pk],
        "admin:ads_booking_sighting": [booking.pk, factories.sighting(creative).pk],
        "admin:ads_waitingentry_move": [waits.pk, "leave"],
        "admin:ads_makegood_move": [make_good.pk, "book"],
        "admin:ads_creative_move": [creative.pk, "refuse"],
        "admin:ads_creative_file": [creative.pk, "art"],
        "admin:ads_creative_send": [booking.pk],
    }

    def find(name: str) -> str:
        if name in special:
            return reverse(name, args=special[name])
        model, _, action = name.removeprefix("admin:").rpartition("_")
        if model in objects and action in ("change", "history", "delete"):
            return reverse(name, args=[objects[model].pk])
        return reverse(name)

    return find


def ask(client, method: str, address: str):
    response = getattr(client, method)(address)
    if response.streaming:
        list(response.streaming_content)  # a file is closed when it was read
    return response


def status(client, method: str, address: str) -> int:
    return ask(client, method, address).status_code


@pytest.mark.parametrize("role", ["", *ROLES])
def test_public_pages_answer_everybody_alike(client, address, role):
    if role:
        client.force_login(factories.user(ROLES[role]))
    answers = {name: (status(client, "get", address(name)), status(client, "post", address(name))) for name in PUBLIC}
    assert answers == PUBLIC


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_staff_pages_answer_by_role(client, address, role, method):
    client.force_login(factories.user(ROLES[role]))
    wrong = {}
    for name, allowed in ADMIN.items():
        response = ask(client, method, address(name))
        may = role in allowed[method == "post"]
        let_in = response.status_code in (200, 302, 400) and "login" not in response.get("Location", "")
        if let_in != may or (not may and response.status_code not in (403, 404, 405)):
            wrong[name] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_logged_in_is_sent_to_the_login(client, address, method):
    wrong = {}
    for name in ADMIN:
        response = ask(client, method, address(name))
        if response.status_code != 302 or not response["Location"].startswith("/admin/login/"):
            wrong[name] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_public_pages_take_no_other_method(client, address, method):
    answers = {name: status(client, method, address(name)) for name in PUBLIC}
    assert set(answers.values()) == {405}, answers


def test_autocomplete_gives_only_what_a_person_may_open(client):
    reporter = factories.user("Reporter")
    factories.draft(headline="Canary of another reporter")
    own = factories.draft(headline="Canary of mine", by=reporter)
    address = "/admin/autocomplete/?term=canary&app_label=articles&model_name=article&field_name=translation_of"
    client.force_login(reporter)
    assert [row["id"] for row in client.get(address).json()["results"]] == [str(own.pk)]
    client.force_login(factories.user("Ad manager"))
    assert client.get(address).json()["results"] == []
