import pytest
from django.test import RequestFactory

from articles.public_forms import network, same_site


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("http://testserver", True),
        ("http://testserver.evil.example", False),
        ("http://[", False),
        ("http://[::1", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_our_own_origin_is_the_same_site(origin, ours):
    assert same_site(RequestFactory().post("/", headers={"origin": origin})) is ours


def of(address: str) -> str:
    return network(RequestFactory().get("/", REMOTE_ADDR=address))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.254"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("192.0.2.1", "::ffff:c000:0201"),
        ("192.0.2.1", "192.0.2.1:50000"),
        ("2001:db8:1::5", "2001:0DB8:0001:ffff::9"),
        ("2001:db8:1::5", "[2001:db8:1::5]:50000"),
        ("2001:db8::1", "2001:db8:0:ffff::1"),
        ("no address", ""),
        ("no address", "999.1.1.1"),
    ],
)
def test_two_ways_to_write_one_network_are_counted_together(one, other):
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.3.1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.3.1"),
        ("2001:db8:1::5", "2001:db8:2::5"),
        ("192.0.2.1", "no address"),
    ],
)
def test_two_networks_are_counted_apart(one, other):
    assert of(one) != of(other)
