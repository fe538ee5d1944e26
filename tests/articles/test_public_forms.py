import pytest
from django.test import RequestFactory

from articles.public_forms import same_site


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
