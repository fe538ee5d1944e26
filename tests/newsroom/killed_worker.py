"""For test_worker.py: a worker that stands still in the middle of its work, to be killed there.

Each line on its standard input starts one, in a process forked from this one: "publish" stands still where a story is
announced, inside the transaction; "mail" where the mail server has taken a mail and the job is not marked as done;
"share" where a network has a post and nobody wrote that down. It says "<pid>", then "middle" when it stands still, then
"gone". "work" stands still nowhere.
"""

import os
import sys
import time

import django


def stand_still(*args, **kwargs) -> None:
    print("middle", flush=True)
    time.sleep(600)


def main() -> None:
    django.setup()
    from django.core.mail.backends.smtp import EmailBackend
    from django.core.management import call_command

    from articles import mail, sharing
    from articles.signals import article_published

    def announce(article, **kwargs) -> None:
        mail.post(subject="Published", body=article.headline, to=["list@reader.example"])

    def send_and_stand_still(backend, messages, send=EmailBackend.send_messages):
        sent = send(backend, messages)
        stand_still()
        return sent

    article_published.connect(announce)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            if line.strip() == "publish":
                article_published.connect(stand_still)
            if line.strip() == "mail":
                EmailBackend.send_messages = send_and_stand_still
            if line.strip() == "share":
                sharing._sent = stand_still
            call_command("work", once=True)
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
