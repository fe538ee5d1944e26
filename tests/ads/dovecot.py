"""A Dovecot of the system with one mailbox, on a free port of this machine, for as long as it is needed."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAM = next(filter(None, map(shutil.which, ["dovecot", "/usr/sbin/dovecot"])), None)
OPENSSL = shutil.which("openssl")
USER, PASSWORD = "partners@news.example", "only:for/tests@here"

CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 0
first_valid_gid = 0
last_valid_uid = 0
mail_location = maildir:{home}/mail
mail_max_userip_connections = 100
mailbox_list_index = no
disable_plaintext_auth = yes
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service auth {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """`url` and `starttls_url` are what MAILBOX_URL takes; `certificate` is a file to be trusted."""

    def __init__(self) -> None:
        # Not one of pytest's, which only their owner may enter.
        self.home = home = Path(tempfile.mkdtemp(prefix="newsroom-imap-"))
        self.certificate = home / "cert.pem"
        self.port, self.tls_port = _free_port(), _free_port()
        login = f"{USER.replace('@', '%40')}:{PASSWORD.replace(':', '%3A').replace('/', '%2F').replace('@', '%40')}"
        self.url = f"imaps://{login}@localhost:{self.tls_port}/INBOX"
        self.starttls_url = f"imap+starttls://{login}@localhost:{self.port}"
        wanted = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
        files = ["-keyout", home / "key.pem", "-out", self.certificate, "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run([OPENSSL, "req", "-x509", *wanted.split(), *files], check=True, capture_output=True)
        user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
        is_root = os.getuid() == 0  # then logins are taken by users that the package made
        names = {
            "home": home,
            "internal_user": "dovecot" if is_root else user,
            "internal_group": "dovecot" if is_root else group,
            "login_user": "dovenull" if is_root else user,
            "uid": pwd.getpwnam("dovecot").pw_uid if is_root else os.getuid(),
            "gid": pwd.getpwnam("dovecot").pw_gid if is_root else os.getgid(),
            "port": self.port,
            "tls_port": self.tls_port,
            "password": PASSWORD,
        }
        (home / "mail").mkdir()
        if is_root:  # mails are nobody's business but of a user without rights, who must get there
            for path in (home, home / "mail"):
                shutil.chown(path, "dovecot", "dovecot")
        (home / "dovecot.conf").write_text(CONFIG.format(**names))
        self.start()

    def start(self) -> None:
        (self.home / "run").mkdir(exist_ok=True)
        self.process = subprocess.Popen([PROGRAM, "-F", "-c", self.home / "dovecot.conf"])
        for _attempt in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        log = self.home / "log"
        raise AssertionError(log.read_text() if log.exists() else "Dovecot did not start.")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def empty(self) -> None:
        """No mail and no folder but the inbox, and new numbers for what comes."""
        shutil.rmtree(self.home / "mail", ignore_errors=True)
        (self.home / "mail").mkdir()
        if os.getuid() == 0:
            shutil.chown(self.home / "mail", "dovecot", "dovecot")

    def client(self) -> imaplib.IMAP4_SSL:
        """A mail client of a person."""
        context = ssl.create_default_context(cafile=self.certificate)
        client = imaplib.IMAP4_SSL("localhost", self.tls_port, ssl_context=context, timeout=10)
        client.login(USER, PASSWORD)
        client.select("INBOX")
        return client

    def put(self, *mails: bytes, flags: str = "") -> None:
        client = self.client()
        for mail in mails:
            client.append("INBOX", flags or None, None, mail)
        client.logout()

    def count(self, folder: str = "INBOX", criterion: str = "ALL") -> int:
        client = self.client()
        client.select(folder, readonly=True)
        found = client.search(None, criterion)[1][0].split()
        client.logout()
        return len(found)

    def renumber(self) -> None:
        """All mails get new numbers, as after a move to another server."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
            "dovecot-uidvalidity",
        ):
            (self.home / "mail" / name).unlink(missing_ok=True)
        for path in (self.home / "mail").glob("dovecot-uidvalidity.*"):
            path.unlink()
        time.sleep(1.1)  # the new validity is the time in seconds


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
