"""A real mail server for tests, by aiosmtpd: keeps what it takes in a folder, ends when its input does.

    mail_server_here.py FOLDER plain|tls

"tls" makes a certificate of its own (FOLDER/server.pem), takes nothing before STARTTLS, and no letter without the login
user "kho" with password "mật khẩu". Prints its port. What the recipient's name asks for:
    no@…     is refused (550)       later@…   is asked to come back (451) after the letter's last byte
    grey@…   is asked to come back (450)
    gone@…   the connection breaks after the letter's last byte, before any answer
"""
import asyncio
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult

folder, kind = pathlib.Path(sys.argv[1]), sys.argv[2]


class Handler:
    count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("no@"):
            return "550 no such mailbox"
        if address.startswith("grey@"):
            return "450 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(to.startswith("later@") for to in envelope.rcpt_tos):
            return "451 busy"
        if any(to.startswith("gone@") for to in envelope.rcpt_tos):
            server.transport.abort()
            return "250 never arrives"
        self.count += 1
        (folder / f"{self.count}.eml").write_bytes(envelope.original_content)
        (folder / f"{self.count}.envelope").write_text("\n".join([envelope.mail_from, *envelope.rcpt_tos]))
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"kho", "mật khẩu".encode()), handled=False)


handler = Handler()
options = {}
if kind == "tls":
    certificate, key = folder / "server.pem", folder / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    options = dict(tls_context=context, require_starttls=True, auth_required=True, authenticator=login)


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, **options), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())
