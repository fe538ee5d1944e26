"""Exports: everything, in open formats, without secrets, harmless in a spreadsheet, and one advertiser alone."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ads import exporting, records, spreadsheet
from ads.models import AdRequest, Advertiser, AdvertiserNote, DealLink, Position, PositionDay, PostProduct
from tests import factories
from tests.ads.test_intake import word_request

pytestmark = pytest.mark.django_db


def unpacked(pieces) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name) for name in zipped.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"), newline="")))


def lines(files: dict[str, bytes], name: str) -> list[dict]:
    return [json.loads(line) for line in files[f"{name}.jsonl"].splitlines()]


@pytest.fixture
def publisher(client):
    client.force_login(factories.user("Publisher", username="boss"))
    return client


def test_an_export_has_every_table_twice_and_its_files():
    deal = factories.deal()
    material = word_request().material.get()
    files = unpacked(exporting.archive(at=timezone.now(), with_files=True))
    names = {model.__name__ for model in exporting.tables()}
    assert {name for name in files if "/" not in name} == (
        {"README.txt"} | {f"{name}.csv" for name in names} | {f"{name}.jsonl" for name in names}
    )
    assert {"AdRequest", "Quote", "QuoteLine", "Booking", "Contact", "AdvertiserNote", "DealMessage"} <= names
    row = next(row for row in lines(files, "AdRequest") if row["id"] == deal.pk)
    assert (row["reference"], row["status"], row["owner"]) == (deal.reference, "accepted", None)
    assert row["received_at"].endswith("+00:00")
    line = deal.quotes.get().lines.get()
    assert lines(files, "QuoteLine")[0]["unit_price"] == str(line.unit_price)
    kept = next(row for row in table(files, "Material") if row["id"] == str(material.pk))["file"]
    assert kept == f"files/Material/{material.pk}-file.docx"
    with material.file.open("rb") as file:
        assert files[kept] == file.read()


def test_no_secret_is_in_it():
    deal = factories.deal()
    token = factories.deal_token(deal)
    link = DealLink.objects.get()
    user = factories.user("Ad manager")
    AdRequest.objects.filter(pk=deal.pk).update(owner=user)
    everything = b"".join(unpacked(exporting.archive(at=timezone.now())).values()).decode()
    for secret in (token, link.key, link.token_hash, deal.form_key, user.password):
        assert secret not in everything
    assert user.username in everything
    names = {name for model in exporting.tables() for name, _lookup in exporting.columns(model)}
    assert [name for name in names if re.search(r"key|token|hash|password|secret", name)] == []


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_a_spreadsheet_runs_nothing_and_json_keeps_what_was_written(evil):
    factories.advertiser(company=evil + " Ltd")
    files = unpacked(exporting.archive(at=timezone.now()))
    assert table(files, "Advertiser")[0]["company"] == f"'{evil} Ltd"
    assert lines(files, "Advertiser")[0]["company"] == f"{evil} Ltd"


def test_amounts_below_zero_stay_numbers():
    assert [spreadsheet.harmless(value) for value in (-5, None, "-5", "text")] == [-5, "", "'-5", "text"]


def test_one_advertiser_gets_its_own_and_nothing_of_another():
    firm, other = factories.advertiser(company="Mine"), factories.advertiser(company="Canary")
    for owner in (firm, other):
        deal = factories.deal()
        AdRequest.objects.filter(pk=deal.pk).update(advertiser=owner, company=owner.company, message=owner.company)
        deal.bookings.update(advertiser=owner)
        factories.contact(owner, name=owner.company)
        records.write_note(owner, owner.company, by=None, at=timezone.now())
        factories.next_action(owner.company, request=deal)
        factories.next_action(owner.company, advertiser=owner)
        PositionDay.objects.all().delete()  # so that the same days can be sold again
    Advertiser.objects.exclude(pk__in=[firm.pk, other.pk]).delete()
    files = unpacked(exporting.archive(at=timezone.now(), advertiser=firm))
    assert "Canary" not in b"".join(files.values()).decode()
    counts = {
        name: len(lines(files, name))
        for name in ("Advertiser", "AdRequest", "Quote", "QuoteLine", "Hold", "Booking", "Contact", "NextAction")
    }
    assert counts == {
        "Advertiser": 1,
        "AdRequest": 1,
        "Quote": 1,
        "QuoteLine": 1,
        "Hold": 1,
        "Booking": 1,
        "Contact": 1,
        "NextAction": 2,
    }
    assert "Position.csv" not in files
    assert {model for model in exporting.tables() if not exporting.paths_to_firm(model)} >= {Position, PostProduct}


def test_a_large_desk_is_never_in_memory_as_a_whole(monkeypatch):
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 100)
    firm, at = factories.advertiser(), timezone.now()
    notes = [AdvertiserNote(advertiser=firm, text="A note. " * 500, at=at) for _n in range(3000)]  # 12 MB, twice
    AdvertiserNote.objects.bulk_create(notes)
    del notes
    tracemalloc.start()
    assert sum(len(piece) for piece in exporting.archive(at=at)) > 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


def test_the_publisher_downloads_everything_and_what_is_chosen_in_a_list(publisher):
    request = factories.ad_request()
    factories.ad_request()
    assert "Download everything" in publisher.get("/admin/ads/export/").content.decode()
    files = unpacked(publisher.post("/admin/ads/export/", {}).streaming_content)
    assert len(table(files, "AdRequest")) == 2
    chosen = publisher.post("/admin/ads/adrequest/", {"action": "export_as_csv", "_selected_action": [request.pk]})
    text = b"".join(chosen.streaming_content).decode("utf-8-sig")
    assert [row["reference"] for row in csv.DictReader(io.StringIO(text))] == [request.reference]
    assert chosen["Content-Disposition"].startswith('attachment; filename="adrequest-')
    firm = factories.advertiser()
    answer = publisher.post(f"/admin/ads/advertiser/{firm.pk}/export/")
    assert len(table(unpacked(answer.streaming_content), "Advertiser")) == 1


@pytest.mark.parametrize("model", ["adrequest", "booking", "advertiser"])
def test_the_ad_desk_is_not_offered_to_export(client, model):
    client.force_login(factories.user("Ad manager"))
    factories.booking()
    factories.ad_request()
    assert "export_as_csv" not in client.get(f"/admin/ads/{model}/").content.decode()


def test_the_command_writes_into_an_empty_folder_only(tmp_path, capsys):
    factories.deal()
    call_command("export_desk", str(tmp_path / "out"), files=True)
    assert (tmp_path / "out" / "AdRequest.csv").read_bytes().count(b"\n") == 2
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("export_desk", str(tmp_path / "out"))
