#!/usr/bin/env python3
"""docs/api/openapi.yaml against a running server: every operation is sent its examples, a bad request, a request of nobody, cover
traffic where it has that, and once what succeeds; each answer must have a status and a body that stand in the file. And the file and
the server name the same routes.

Usage: openapi_test.py REPOSITORY BZ
"""
import base64
import datetime
import fcntl
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import warnings

import jsonschema
import yaml

sys.dont_write_bytecode = True
import campaign_walk

warnings.simplefilter("ignore")
REPOSITORY, BZ = pathlib.Path(sys.argv[1]), sys.argv[2]
SPEC = yaml.safe_load((REPOSITORY / "docs/api/openapi.yaml").read_text(encoding="utf-8"))
AUTHORITY = "vn-moh"

# Routes that are no interface: the portal's pages, and what parts of one server ask each other.
NOT_DESCRIBED = re.compile(r"^(GET|HEAD) /($|officer/?$|index|(wall|v|units|bodies|figures|report|call)/\{[a-z]+\}$|(targets|registers|inbox|reconciliation|codes|health-audit|people|account|audit|public|parts|sw\.js)$|assets/|favicon|\{)|/internal/")
PHONE = "+84900000001"

faults = []


def fault(text):
    faults.append(text)


# ---- the file

def resolve(node):
    while isinstance(node, dict) and "$ref" in node:
        where = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            where = where[part]
        node = where
    return node


OPERATIONS = {}
for path, item in SPEC["paths"].items():
    for method, operation in item.items():
        operation["method"], operation["path"] = method.upper(), path
        assert operation["operationId"] not in OPERATIONS, operation["operationId"]
        OPERATIONS[operation["operationId"]] = operation

RESOLVER = jsonschema.RefResolver("", SPEC)


def complaint(schema, value):
    validator = jsonschema.Draft202012Validator(schema, resolver=RESOLVER)
    error = next(iter(validator.iter_errors(value)), None)
    return None if error is None else f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


def request_schema(operation):
    body = resolve(operation.get("requestBody", {}))
    return body.get("content", {}).get("application/json", {})


succeeded = set()


def check(operation, answer, what):
    """The answer of an operation against the file."""
    name = f"{operation['operationId']} ({what})"
    responses = operation["responses"]
    if str(answer.status) not in responses:
        fault(f"{name}: status {answer.status} is not in the file: {answer.body[:300]!r}")
        return
    if 200 <= answer.status < 300 or answer.status in (302, 303):
        succeeded.add(operation["operationId"])
    response = resolve(responses[str(answer.status)])
    content = response.get("content")
    if not content:
        return
    kind = answer.headers.get("content-type", "").split(";")[0]
    if kind not in content:
        fault(f"{name}: {answer.status} is of type {kind!r}, not {list(content)}")
    elif kind in ("application/json", "application/problem+json", "application/geo+json"):
        try:
            said = complaint(content[kind]["schema"], json.loads(answer.body))
        except ValueError:
            said = "no JSON"
        if said:
            fault(f"{name}: {answer.status}: {said}")


# ---- the server

class Answer:
    def __init__(self, response):
        self.status, self.body = response.status, response.read()
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.cookies = dict(cookie.split(";")[0].split("=", 1) for cookie in response.headers.get_all("set-cookie", []))

    def json(self):
        return json.loads(self.body)


class Server:
    def __init__(self, data):
        self.data = data
        self.process = subprocess.Popen([BZ, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            sys.exit(f"the server does not come up: {line!r}")
        self.address = line.split()[-1]
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.address).netloc, timeout=60)

    def call(self, method, path, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        headers = dict(headers or {})
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        return self.raw(method, path, data, headers)

    def raw(self, method, path, data, headers):
        self.connection.request(method, urllib.parse.quote(path, safe="/?=&,:.%{}"), data, headers)
        return Answer(self.connection.getresponse())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != 0:
            fault(f"the server ends with {self.process.returncode} when told to stop")


class Catcher:
    """A server for what bz sends elsewhere: each POST's object goes to `take`, which gives status and body of the answer."""

    def __init__(self, take):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                status, body = take(self.path, json.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Postgres:
    """A PostgreSQL of this test's own, with an empty database."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="bluezone-openapi-")
        self.users = open(os.path.join(self.folder, "users"), "w")
        fcntl.flock(self.users, fcntl.LOCK_SH)
        log = open(os.path.join(self.folder, "log"), "w")
        self.keeper = subprocess.Popen([REPOSITORY / "tests/postgres_here.sh", self.folder], stdout=log, stderr=log)
        until = time.monotonic() + 60
        words = ["-h", self.folder, "-U", "postgres"]
        while subprocess.run(["/usr/lib/postgresql/15/bin/createdb", *words, "bz"], capture_output=True).returncode != 0:
            if time.monotonic() > until:
                sys.exit(f"PostgreSQL does not start: {self.folder}/log")
            time.sleep(0.1)
        self.url = f"postgresql://postgres@/bz?host={self.folder}"

    def end(self):
        self.keeper.terminate()
        self.keeper.wait()
        self.users.close()


sms = []


def take_sms(_, message):
    sms.append(message)
    return 200, b"{}"


# Who may read the key server's statistics: a key of their own, made and used by openssl.
class StatsKey:
    def __init__(self, data):
        self.file = os.path.join(data, "stats.pem")
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.file)
        point = self.openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
        self.jwks = json.dumps([{"kty": "EC", "crv": "P-256", "kid": "dashboard", "x": self.base64(point[:32]), "y": self.base64(point[32:])}])

    @staticmethod
    def openssl(*words, input=b""):
        return subprocess.run(["openssl", *words], input=input, capture_output=True, check=True).stdout

    @staticmethod
    def base64(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()

    def token(self, authority):
        now = int(time.time())
        claims = {"iss": authority["issuer"], "aud": authority["audience"], "iat": now, "exp": now + 600}
        text = ".".join(self.base64(json.dumps(part).encode()) for part in ({"alg": "ES256", "kid": "dashboard"}, claims))
        der = self.openssl("dgst", "-sha256", "-sign", self.file, input=text.encode())  # SEQUENCE of two INTEGERs
        first = der[4:4 + der[3]]
        numbers = (int.from_bytes(first, "big"), int.from_bytes(der[4 + len(first) + 2:], "big"))
        return text + "." + self.base64(b"".join(number.to_bytes(32, "big") for number in numbers))


def bz(*words):
    """A command of bz with --json; its objects."""
    done = subprocess.run([BZ, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bz {' '.join(words)}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


# What has to be there before: in one place, since it is the command line's and not the interface's.
def prepare(data):
    shares, stats_key, signing = os.path.join(data, "shares"), StatsKey(data), os.path.join(data, "settings.pem")
    bz("supervisors", "make", "--folder", shares)
    bz("authority", "put", "--id", AUTHORITY, "--data", data, "--set", "bluezone3=true", "--set", f"supervisors_key=@{shares}/supervisors.pub",
       "--set", "test_types=confirmed,likely,negative,user-report", "--set", f"stats_keys={stats_key.jwks}",
       "--set", f"sms_url={Catcher(take_sms).url}")
    subprocess.run([BZ, "keygen", "--signing", signing], check=True, capture_output=True)
    values, signed = os.path.join(data, "settings.json"), os.path.join(data, "settings.bzs")
    pathlib.Path(values).write_bytes(subprocess.run([BZ, "settings", "example"], check=True, capture_output=True).stdout)
    bz("settings", "sign", "--values", values, "--key", signing, "--out", signed)
    bz("settings", "put", "--data", data, "--file", signed)
    keys = {kind: bz("apikey", "add", "--data", data, "--authority", AUTHORITY, "--kind", kind, "--name", kind)[0]["key"]
            for kind in ("device", "admin", "stats")}
    passwords = {name: bz("account", "add", "--name", name, "--administrator", "--data", data)[0]["password"] for name in ("chi-huong", "anh-nam")}
    # On the portal one would make the other a supervisor, and then they count as one person.
    for name in passwords:
        for role in ("supervisor", "administrator"):
            bz("grant", "add", "--data", data, "--authority", AUTHORITY, "--account", name, "--role", role)
    authority = next(one for one in bz("authority", "list", "--data", data) if one["id"] == AUTHORITY)
    keys["statistics"] = stats_key.token(authority)
    return keys, passwords, shares


# ---- a browser with a session

def totp(secret, steps=0):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000)


class Browser:
    def __init__(self, server):
        self.server, self.cookies, self.csrf = server, {}, None

    def headers(self):
        headers = {}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        return headers

    def call(self, operation_id, body=None, what="real", query="", **parameters):
        operation = OPERATIONS[operation_id]
        if body is None and operation["method"] == "POST":
            body = {}
        path = operation["path"].format(**parameters) + query
        answer = self.server.call(operation["method"], path, body, self.headers())
        check(operation, answer, what)
        self.cookies.update(answer.cookies)
        if answer.headers.get("content-type", "").startswith("application/json"):
            token = answer.json().get("csrf_token") if isinstance(answer.json(), dict) else None
            self.csrf = token or self.csrf
        return answer

    def set_up(self, name, password):
        """First login; returns the secret and the recovery codes."""
        self.call("logIn", {"name": name, "password": password})
        secret = self.call("showSetUp").json()["secret"]
        ready = self.call("setUp", {"code": totp(secret), "new_password": f"mật khẩu rất dài của cán bộ {len(name)}"}).json()
        return secret, ready.get("recovery_codes", [])


# ---- what is sent

def fill(operation):
    """The path with the examples of its parameters."""
    path = operation["path"]
    query = []
    for parameter in map(resolve, operation.get("parameters", [])):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(parameter["example"]))
        elif parameter["in"] == "query" and "example" in parameter:
            query.append(f"{parameter['name']}={parameter['example']}")
    return path + ("?" + "&".join(query) if query else "")


def secured_by(operation):
    return {name for choice in operation.get("security", []) for name in choice}


def credentials(operation, keys, browser):
    kinds = secured_by(operation)
    for kind in ("device", "admin", "stats"):
        if f"{kind}Key" in kinds:
            return {"X-API-Key": keys[kind], "Accept": "application/json"}
    if "statsToken" in kinds:
        return {"Authorization": "Bearer " + keys["statistics"]}
    return browser.headers() if "session" in kinds else {}


def walk(server, keys, browser):
    """Every operation by itself: examples, a bad request, nobody, cover traffic."""
    for operation in OPERATIONS.values():
        method, path, kinds = operation["method"], fill(operation), secured_by(operation)
        content = request_schema(operation)
        headers = credentials(operation, keys, browser)
        examples = {name: example["value"] for name, example in content.get("examples", {}).items()}
        if content and not examples:
            fault(f"{operation['operationId']}: no example in the file")
        if operation["operationId"] in ("logOut", "endAllSessions", "disableAccount"):
            continue  # they end what the walk needs; lives() has them
        for name, example in (examples or {"as it is": None}).items():
            body = example if method != "POST" or example is not None else {}
            check(operation, server.call(method, path, body, headers), f"example {name}")
        if content:
            answer = server.call(method, path, {"nobody_asked": 1}, headers)
            check(operation, answer, "an unknown member")
            if not 400 <= answer.status < 500:
                fault(f"{operation['operationId']}: an unknown member gives {answer.status}")
            if complaint(content["schema"], {"nobody_asked": 1}) is None:
                fault(f"{operation['operationId']}: the file allows an unknown member")
        if kinds:
            answer = server.call(method, path, None if method == "GET" else {}, {"Accept": "application/json"})
            check(operation, answer, "nobody")
            if answer.status != 401:
                fault(f"{operation['operationId']}: nobody gets {answer.status}, not 401")
        if any(resolve(p).get("name") == "X-Chaff" for p in operation.get("parameters", [])):
            answer = server.call(method, path, {"anything": True}, {**headers, "X-Chaff": "1"})
            check(operation, answer, "cover traffic")
            if answer.status != 200 or set(answer.json()) != {"padding"}:
                fault(f"{operation['operationId']}: cover traffic gets {answer.status} {answer.body[:80]!r}")
        if method == "POST":
            answer = server.call("PATCH", path, {}, headers)
            if answer.status != 405:
                fault(f"{operation['operationId']}: PATCH gives {answer.status}, not 405")


# ---- what succeeds

def call(server, operation_id, body, headers, what="real"):
    operation = OPERATIONS[operation_id]
    said = complaint(request_schema(operation)["schema"], body)
    if said:
        fault(f"{operation_id}: a real request is not as the file says: {said}")
    answer = server.call("POST", operation["path"], body, headers)
    check(operation, answer, what)
    return answer


def tek_hmac(secret, entries):
    text = ",".join(sorted(".".join(map(str, entry)) for entry in entries))
    return base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()


def publish(server, keys, issued):
    """A code to published keys, as a phone does it; twice, as after a lost answer."""
    device = {"X-API-Key": keys["device"]}
    verified = call(server, "verifyCode", {"code": issued["code"], "accept": ["likely"]}, device).json()
    if "token" not in verified:
        return fault(f"no token for a fresh code: {verified.get('errorCode')}")
    today = int(time.time()) // 86400
    secret = os.urandom(16)
    entries = [(base64.b64encode(os.urandom(16)).decode(), (today - day) * 144, 144, 0) for day in (1, 2, 3)]
    made = call(server, "makeCertificate", {"token": verified["token"], "ekeyhmac": tek_hmac(secret, entries)}, device).json()
    upload = {
        "temporaryExposureKeys": [{"key": k, "rollingStartNumber": s, "rollingPeriod": p, "transmissionRisk": r} for k, s, p, r in entries],
        "healthAuthorityID": AUTHORITY, "verificationPayload": made.get("certificate", ""),
        "hmacKey": base64.b64encode(secret).decode(), "padding": "AAAA"}
    for what in ("first", "again after a lost answer"):
        answer = call(server, "publish", upload, {}, what)
        if answer.status != 200 or answer.json().get("insertedExposures") != 3:
            fault(f"publish, {what}: {answer.status} {answer.json().get('code')} {answer.json().get('error')}")
    if "bluezone3Token" not in verified:
        return fault("no bluezone3Token although the authority takes chains")
    chains = [(base64.b64encode(os.urandom(32)).decode(), (today - day) * 86400, (today - day) * 86400 + 86399, 96) for day in (1, 2)]
    made = call(server, "makeCertificate", {"token": verified["bluezone3Token"], "ekeyhmac": tek_hmac(secret, chains)}, device, "chains").json()
    answer = call(server, "publishChains", {
        "entries": [{"key": k, "timeStart": s, "timeEnd": e, "max": m} for k, s, e, m in chains],
        "healthAuthorityID": AUTHORITY, "verificationPayload": made.get("certificate", ""),
        "hmacKey": base64.b64encode(secret).decode()}, {})
    if answer.status != 200:
        fault(f"publish-bluezone3: {answer.status} {answer.json().get('code')} {answer.json().get('error')}")
    return None


def phones(server, keys):
    admin = {"X-API-Key": keys["admin"]}
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    issued = call(server, "issueCode", {"testType": "confirmed", "symptomDate": today, "tzOffset": 0}, admin).json()
    call(server, "issueCodes", {"codes": [{"testType": "confirmed"}, {"testType": "likely"}]}, admin)
    publish(server, keys, issued)
    call(server, "checkCodeStatus", {"uuid": issued["uuid"]}, admin)
    second = call(server, "issueCode", {"testType": "likely"}, admin).json()
    call(server, "expireCode", {"uuid": second["uuid"]}, admin)
    message = base64.b64encode(os.urandom(256)).decode()
    call(server, "askForACall", {"message": message, "authority": AUTHORITY}, {})
    return issued


def self_report(server, keys):
    """Somebody asks for a code; it comes by SMS and works with the nonce alone that asked."""
    device, nonce = {"X-API-Key": keys["device"]}, base64.b64encode(os.urandom(256)).decode()
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    call(server, "userReport", {"phone": PHONE, "testDate": today, "nonce": nonce}, device)
    sent = [message for message in sms if message["to"] == PHONE]
    code = re.search(r"\b[a-z0-9]{16}\b|\b\d{8}\b", sent[0]["text"]) if len(sent) == 1 else None
    if not code:
        return fault(f"{len(sent)} SMS to who reports themselves")
    report = {"code": code.group(), "accept": ["user-report"]}
    if call(server, "verifyCode", report, device, "without its nonce").status != 400:
        fault("a self-report's code works without its nonce")
    verified = call(server, "verifyCode", {**report, "nonce": nonce}, device)
    if verified.json().get("testtype") != "user-report":
        fault(f"a self-report's code is refused: {verified.json().get('errorCode')}")
    return None


def revoke(server, shares, handles):
    """The command of two supervisors, through a server in between that looks at what is asked and answered."""
    answers = []

    def pass_on(path, body):
        answer = call(server, "revoke", body, {}, "by two supervisors") if path == OPERATIONS["revoke"]["path"] else None
        answers.append(answer)
        return (answer.status, answer.body) if answer else (404, b"{}")

    words = [word for handle in handles for word in ("--handle", handle)]
    said = bz("supervisors", "revoke", "--server", Catcher(pass_on).url, "--authority", AUTHORITY, "--share", f"{shares}/share-1.txt",
              "--share", f"{shares}/share-3.txt", "--public-key", f"{shares}/supervisors.pub", *words)
    # The handles of both certificates; chains are no keys of an export, and are not among the three.
    if len(handles) != 2 or [answer.json().get("revoked") for answer in answers] != [3]:
        fault(f"the three keys of a case are not revoked: {said}")


def statistics(server, data, keys):
    stats = {"X-API-Key": keys["stats"]}
    program = bz("apikey", "list", "--data", data)[0]["id"]
    for operation_id, file in (("statsUser", "chi-huong.json"), ("statsUser", "chi-huong.csv"), ("statsApiKey", program + ".json")):
        operation = OPERATIONS[operation_id]
        check(operation, server.call("GET", operation["path"].format(file=file), None, stats), file)


def officers(server, browsers):
    """Two officers with all roles: what one asks the other approves."""
    first, second = browsers
    for browser, name in zip(browsers, ("chi-huong", "anh-nam")):
        for role in ("issuer", "supervisor", "administrator", "auditor"):
            first.call("addGrant", {"account": name, "role": role}, query=f"?authority={AUTHORITY}")
    first.call("listGrants")
    first.call("addGrant", {"account": "chi-lan", "role": "issuer"})
    first.call("removeGrant", {"account": "chi-lan", "role": "issuer"})
    first.call("whoAmI")
    issued = first.call("officerIssueCode", {"testType": "confirmed"}).json()
    first.call("officerIssueCodes", {"codes": [{"testType": "confirmed"}, {"testType": "likely"}]})
    first.call("officerCodeState", uuid=issued["uuid"])


def officers_end(first, second, published, shares):
    asked = first.call("askRevocation", {"uuid": published["uuid"], "reason": "nhầm mẫu xét nghiệm"})
    first.call("listRevocations")
    if asked.status == 201:
        number = asked.json()["id"]
        if first.call("approveRevocation", id=number).status != 403:
            fault("who asked for a revocation may approve it")
        second.call("approveRevocation", id=number)
        revoke(first.server, shares, second.call("fetchRevocation", id=number).json()["handles"])
    else:
        fault(f"askRevocation: {asked.status} {asked.body[:200]!r}")
    first.call("officerExpireCode", uuid=first.call("officerIssueCode", {"testType": "likely"}).json()["uuid"])
    first.call("officerToday")
    waiting = first.call("listCallbacks").json().get("callbacks", [])
    if not waiting:
        fault("the callback that was sent does not wait")
    for callback in waiting:
        first.call("fetchCallback", id=callback["id"])
    first.call("officerAudit")


def accounts(server, browser, name, secret, recovery_codes):
    """The second login, a changed password, sessions, other accounts."""
    password = f"mật khẩu rất dài của cán bộ {len(name)}"
    other = Browser(server)
    other.call("logIn", {"name": name, "password": password})
    other.call("secondFactor", {"code": totp(secret, 1)})
    third = Browser(server)
    third.call("logIn", {"name": name, "password": password})
    third.call("recover", {"code": recovery_codes[0] if recovery_codes else ""})
    sessions = browser.call("listSessions").json()["sessions"]
    for session in sessions:
        if not session["this"]:
            browser.call("endSession", label=session["id"])
    browser.call("showSession")
    browser.call("addAccount", {"name": "chi-lan"})
    browser.call("listAccounts")
    browser.call("resetAccount", name="chi-lan")
    browser.call("disableAccount", name="chi-lan")
    browser.call("accountsAudit")
    browser.call("renewSecondFactor", {"password": password})
    browser.call("changePassword", {"old_password": password, "new_password": "một mật khẩu khác cũng rất dài"})
    browser.call("logOut")


def trusted_browser(server):
    """A browser that needs the password alone, until all sessions are ended; and what asks for the second factor all the same."""
    name, browser = "chi-mai", Browser(server)
    first = bz("account", "add", "--name", name, "--data", server.data)[0]["password"]
    secret, _ = browser.set_up(name, first)
    password = f"mật khẩu rất dài của cán bộ {len(name)}"
    browser.call("logOut")
    browser.call("logIn", {"name": name, "password": password})
    if "trusted_until" not in browser.call("secondFactor", {"code": totp(secret, 1), "trust_device": True}).json():
        fault("a browser is not trusted that was to be")
    browser.call("logOut")
    ready = browser.call("logIn", {"name": name, "password": password}).json()
    if ready["next"] != "ready" or not ready["by_trusted_browser"]:
        fault(f"a trusted browser is asked for more than the password: {ready}")
    if len(browser.call("listSessions").json()["trusted_browsers"]) != 1:
        fault("the trusted browser is not in the list")
    refused = browser.call("officerToday")
    if refused.status != 403 or refused.json()["errorCode"] != "second_factor_needed":
        fault(f"health work by the password alone: {refused.status} {refused.body[:200]!r}")
    browser.call("endAllSessions")
    if browser.call("logIn", {"name": name, "password": password}).json()["next"] != "second_factor":
        fault("a browser is trusted after all sessions were ended")


def routes(data):
    known = {line.strip() for line in subprocess.run([BZ, "serve", "--data", data, "--listen", "127.0.0.1:0", "--print-routes"],
                                                     capture_output=True, text=True, check=True).stdout.splitlines() if line.strip()}
    known = {re.sub(r"\.\.\.\}", "}", route) for route in known if not NOT_DESCRIBED.search(route)}
    described = {f"{o['method']} {o['path']}" for o in OPERATIONS.values()}
    names = lambda route: re.sub(r"\{[^}]*\}", "{}", route)  # what stands in {…} may be called otherwise
    for route in sorted(known):
        if names(route) not in set(map(names, described)) and not route.startswith("HEAD "):
            fault(f"the server has {route}, the file has not")
    for route in sorted(described):
        if names(route) not in set(map(names, known)):
            fault(f"the file has {route}, the server has not")


def main():
    for operation in OPERATIONS.values():
        for example in request_schema(operation).get("examples", {}):
            said = complaint(request_schema(operation)["schema"], request_schema(operation)["examples"][example]["value"])
            if said and example not in ("short",):
                fault(f"{operation['operationId']}: its example {example} is not as its schema says: {said}")
    live("")
    succeeded_on_sqlite, here = set(succeeded), Postgres()
    succeeded.clear()
    try:
        live(here.url)
    finally:
        here.end()
    for name in OPERATIONS:
        for store, well in (("SQLite", succeeded_on_sqlite), ("PostgreSQL", succeeded)):
            if name not in well:
                fault(f"{name}: no call succeeded on {store}")
    print("\n".join(faults) or f"openapi: {len(OPERATIONS)} operations are as the file says, on SQLite and on PostgreSQL")
    return bool(faults)


def live(database):
    """Everything once, on a server with that store."""
    sms.clear()
    with tempfile.TemporaryDirectory() as data:
        if database:
            config = pathlib.Path(data, "bz.toml")
            config.write_text(f'database = "{database}"\n')
            config.chmod(0o600)
        Server(data).stop()  # makes the authority and its keys
        keys, passwords, shares = prepare(data)
        server = Server(data)
        try:
            browsers = [Browser(server), Browser(server)]
            secrets = [browser.set_up(name, password) for browser, (name, password) in zip(browsers, passwords.items())]
            officers(server, browsers)
            officers_end(*browsers, phones(server, keys), shares)
            self_report(server, keys)
            statistics(server, data, keys)
            campaign_walk.campaign(browsers, sys.modules[__name__])
            walk(server, keys, browsers[0])
            accounts(server, browsers[1], "anh-nam", *secrets[1])
            trusted_browser(server)
        finally:
            server.stop()
        routes(data)


if __name__ == "__main__":
    sys.exit(main())
