"""The list of deals and what is next for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from ads import deals, next_actions
from ads.models import AdRequest, NextAction
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/admin/ads/adrequest/"
NEXT = "/admin/ads/nextaction/"


@pytest.fixture
def seller():
    return factories.user("Ad manager", username="desk", first_name="Amina", last_name="Bello")


@pytest.fixture
def desk(client, seller):
    client.force_login(seller)
    return client


def shown(client, query: str = "") -> set[AdRequest]:
    return set(client.get(f"{LIST}{query}").context["cl"].result_list)


def test_who_waits_longest_stands_first_and_the_newest_follow(desk):
    at = timezone.now()
    answered, urgent, fresh = (factories.ad_request(at=at - timedelta(hours=hours)) for hours in (1, 40, 2))
    deals.answer(answered, by=None, at=at)
    older = factories.ad_request(at=at - timedelta(days=9))
    deals.answer(older, by=None, at=at)
    assert list(desk.get(LIST).context["cl"].result_list) == [urgent, fresh, answered, older]


def test_it_filters_by_where_a_deal_stands_by_owner_source_and_what_was_held(desk, seller):
    at = timezone.now()
    waiting = factories.ad_request()
    talking, over, agreed, live, held, renewal = (factories.ad_request() for _n in range(6))
    deals.answer(talking, by=None, at=at)
    deals.decline(over, by=None, at=at)
    for deal, values in (
        (agreed, {"status": "paid", "answer_due_at": None, "owner": seller}),
        (live, {"status": "live", "answer_due_at": None, "owner": factories.user("Ad manager")}),
        (held, {"suspected": "too fast"}),
        (renewal, {"source": "renewal", "answer_due_at": None}),
    ):
        AdRequest.objects.filter(pk=deal.pk).update(**values)
    assert shown(desk, "?state=to-answer") == {waiting}
    assert shown(desk, "?state=in-talks") == {waiting, talking, held, renewal}
    assert shown(desk, "?state=agreed") == {agreed, live}
    assert shown(desk, "?state=running") == {live}
    assert shown(desk, "?state=over") == {over}
    assert shown(desk, "?state=is-paid") == {agreed}
    assert shown(desk, "?owner=me") == {agreed}
    assert shown(desk, "?owner=none") == {waiting, talking, over, held, renewal}
    assert shown(desk, "?source=renewal") == {renewal}
    assert shown(desk, "?held=1") == {held}
    assert desk.get(f"{LIST}?state=canary").status_code == 302


def test_a_row_says_what_it_is_worth_and_who_looks_after_it(desk, seller):
    first = timezone.localdate() + timedelta(days=7)
    request = factories.ad_request(first_day=first, last_day=first)
    quote = factories.quote(request)
    AdRequest.objects.update(owner=seller)
    html = desk.get(LIST).content.decode()
    assert f"<bdi>{quote.totals().total} USD</bdi> (Sent)" in html
    assert "<bdi>Amina Bello</bdi>" in html


def test_several_are_assigned_and_put_on_file_at_once(desk, seller):
    requests = [factories.ad_request() for _n in range(3)]
    chosen = [request.pk for request in requests[:2]]
    answer = desk.post(LIST, {"action": "assign_to_me", "_selected_action": chosen}, follow=True)
    assert "2 requests are yours now." in answer.content.decode()
    assert set(AdRequest.objects.filter(owner=seller).values_list("pk", flat=True)) == set(chosen)
    desk.post(LIST, {"action": "put_on_file", "_selected_action": chosen})
    firms = {request.advertiser.company for request in AdRequest.objects.filter(pk__in=chosen)}
    assert firms == {request.company for request in requests[:2]}


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_the_same_number_of_questions(desk, django_assert_num_queries, count):
    first = timezone.localdate() + timedelta(days=7)
    for n in range(count):
        days = {"first_day": first + timedelta(days=7 * n), "last_day": first + timedelta(days=7 * n + 6)}
        factories.quote(factories.ad_request(**days))
    desk.get(LIST)
    with django_assert_num_queries(11):
        assert desk.get(LIST).status_code == 200


def test_what_is_next_is_written_down_on_the_screen_of_a_deal_and_finished_once(desk, seller):
    request = factories.ad_request()
    home = f"{LIST}{request.pk}/change/"
    typed = {"request": request.pk, "what": "Call Ada", "due_on": "2026-12-01", "owner": seller.pk}
    assert desk.post(f"{NEXT}write/", typed)["Location"] == f"{home}#next-actions"
    action = NextAction.objects.get()
    assert (action.request, action.what, action.owner, action.created_by) == (request, "Call Ada", seller, seller)
    assert "Call Ada" in desk.get(home).content.decode()
    at = timezone.now()
    desk.post(f"{NEXT}{action.pk}/finish/")
    assert next_actions.finish(action, by=None, at=at) is False
    action.refresh_from_db()
    assert (action.done_by, action.done_at is not None) == (seller, True)
    assert desk.post(f"{NEXT}{action.pk}/change/", {"what": "Canary", "due_on": "2026-12-01"}).status_code == 403


@pytest.mark.parametrize("typed", [{}, {"what": ""}, {"due_on": "soon"}, {"owner": "0"}])
def test_half_an_action_is_refused_in_words(desk, typed):
    request = factories.ad_request()
    values = {"request": request.pk, "what": "Call", "due_on": "2026-12-01"} | typed
    if not typed:
        del values["request"]
    answer = desk.post(f"{NEXT}write/", values, follow=True)
    assert 'class="error"' in answer.content.decode()
    assert NextAction.objects.count() == 0


@pytest.mark.parametrize("both", [True, False])
def test_an_action_is_for_a_deal_or_for_a_firm(both):
    target = {"request": factories.ad_request(), "advertiser": factories.advertiser()} if both else {}
    with pytest.raises(IntegrityError):
        factories.next_action(**target)


def test_the_list_of_what_is_next_filters_and_finds(desk, seller):
    at = timezone.now()
    today = timezone.localdate(at)
    firm = factories.advertiser(company="Teneru Mills")
    late = factories.next_action("Late", due_on=today - timedelta(days=1), advertiser=firm)
    mine = factories.next_action("Mine", owner=seller, request=factories.ad_request())
    far = factories.next_action("Far", due_on=today + timedelta(days=30), advertiser=factories.advertiser())
    done = factories.next_action("Done", advertiser=factories.advertiser())
    next_actions.finish(done, by=None, at=at)

    def rows(query: str = "") -> list[NextAction]:
        return list(desk.get(f"{NEXT}{query}").context["cl"].result_list)

    assert rows() == [late, mine, far]
    assert rows("?which=overdue") == [late]
    assert rows("?which=week") == [late, mine]
    assert rows("?which=done") == [done]
    assert rows("?mine=1") == [mine]
    assert rows("?q=teneru") == [late]
    assert rows("?q=far") == [far]
    desk.post(NEXT, {"action": "finish_chosen", "_selected_action": [late.pk, far.pk]})
    assert rows() == [mine]
