import pytest
from django.core.management import CommandError, call_command

from articles.models import User

pytestmark = pytest.mark.django_db


def test_the_demo_with_its_known_passwords_does_not_get_onto_a_site_with_readers(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="password everybody knows"):
        call_command("demo")
    with pytest.raises(CommandError, match="password everybody knows"):
        call_command("serve", demo=True)
    assert not User.objects.exists()
