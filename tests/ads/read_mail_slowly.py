"""For test_mailbox.py: reads the mailbox and files what came, standing still for a moment at every step, to be killed
anywhere. Says "step" at each one, so that who kills knows where."""

import time

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db.backends.utils import CursorWrapper
    from imapclient import IMAPClient

    def slowed(function):
        def slow(*args, **kwargs):
            print("step", flush=True)
            time.sleep(0.02)
            return function(*args, **kwargs)

        return slow

    for name in ("fetch", "add_flags", "move"):
        setattr(IMAPClient, name, slowed(getattr(IMAPClient, name)))
    CursorWrapper.execute = slowed(CursorWrapper.execute)
    call_command("read_mail", once=True)
    print("done", flush=True)


if __name__ == "__main__":
    main()
