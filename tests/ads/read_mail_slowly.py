"""For test_mailbox.py: reads the mailbox and files what came, standing still for a moment at every step, to be killed
anywhere.

Each line on its standard input starts one, in a process forked from this one. It says "<pid>", then "step" at each
step, then "gone".
"""

import os
import sys
import time

import django


def slowed(function):
    def slow(*args, **kwargs):
        print("step", flush=True)
        time.sleep(0.01)
        return function(*args, **kwargs)

    return slow


def main() -> None:
    django.setup()
    from django.core.management import call_command
    from django.db.backends.utils import CursorWrapper
    from imapclient import IMAPClient

    for name in ("fetch", "add_flags", "move"):
        setattr(IMAPClient, name, slowed(getattr(IMAPClient, name)))
    CursorWrapper.execute = slowed(CursorWrapper.execute)
    for _line in sys.stdin:
        child = os.fork()
        if not child:
            print(os.getpid(), flush=True)
            with open(os.devnull, "w") as nowhere:
                call_command("read_mail", once=True, stdout=nowhere)
            os._exit(0)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
