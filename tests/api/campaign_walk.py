"""What succeeds under /campaign/v1: each operation once, as people would do it. Part of openapi_test.py."""
import datetime
import json
import time

VINH_LONG = "86@2025-07-01"
DEPARTMENT, SCHOOL = "so-86", "truong-86"
LOCAL = datetime.timezone(datetime.timedelta(hours=7))


def local(moment):
    return moment.astimezone(LOCAL)


def phrase(moment):
    """As a letter says it."""
    return f"trước {moment.hour}h{moment.minute:02d} ngày {moment.day}/{moment.month}/{moment.year}"


def key_of(task, moment):
    return f"{task}:{SCHOOL}:{int(moment.timestamp()) * 1000}"


class Officer:
    """A browser that also sends files and headers."""

    def __init__(self, browser, openapi):
        self.browser, self.openapi = browser, openapi

    def send(self, operation_id, body=None, query="", kind="application/json", headers=None, expect=None, path=None, **parameters):
        operation = self.openapi.OPERATIONS[operation_id]
        path = operation["path"].format(**parameters, **(path or {})) + query
        sent = {**self.browser.headers(), **(headers or {})}
        if operation["method"] == "GET":
            data = None
        else:
            data = body.encode() if isinstance(body, str) else json.dumps({} if body is None else body).encode()
            sent["Content-Type"] = kind
        if kind == "application/json" and data is not None and not isinstance(body, str) and body:
            said = self.openapi.complaint(self.openapi.request_schema(operation)["schema"], body)
            if said:
                self.openapi.fault(f"{operation_id}: a real request is not as the file says: {said}")
        answer = self.browser.server.raw(operation["method"], path, data, sent)
        self.openapi.check(operation, answer, "real")
        if expect is None and answer.status >= 300 or expect is not None and answer.status != expect:
            self.openapi.fault(f"{operation_id}: {answer.status}, {answer.body[:400]!r}")
        return answer


def figures(first):
    """An administrator's and an officer's day: units, bodies, figures, targets."""
    first.send("listUnits", query="?q=vinh long")
    first.send("showUnit", code="86")
    first.send("showBorders", code="86")
    first.send("showCrosswalk", query="?on=2020-08-19&to=2026-01-01", code="84")
    staged = first.send("stageImport", "effective_date,act,title\n2025-06-12,202/2025/QH15,Nghị quyết\n", "?day=2025-07-01", "text/csv", path={"kind": "acts"}).json()
    first.send("confirmImport", id=staged["id"])
    first.send("stageImport", "unit,installs\n86,37\n", "?day=2026-11-20", "text/csv", path={"kind": "installs"})
    for body in ({"slug": DEPARTMENT, "kind": "department", "name": "Sở Khoa học và Công nghệ", "unit": VINH_LONG, "answers_for": [VINH_LONG]},
                 {"slug": SCHOOL, "kind": "school", "name": "Trường Trung học phổ thông", "aliases": ["THPT"], "parent": DEPARTMENT, "unit": VINH_LONG}):
        first.send("putBody", body)
    first.send("listBodies", query="?unit=" + VINH_LONG)
    first.send("putPost", {"post": "Người phụ trách báo cáo", "account": "chi-huong"}, slug=SCHOOL)
    first.send("showBody", slug=SCHOOL)
    first.send("showMe")
    first.send("listCampaignGrants")
    cut_off = "2026-11-20T00:00+07:00"
    entered = first.send("enterFigures", {"figures": [
        {"subject": VINH_LONG, "measure": "population", "source": "department:" + DEPARTMENT, "cut_off": cut_off, "value": 4000000,
         "origin": "illustrative", "reference": "ví dụ"},
        {"subject": VINH_LONG, "measure": "app_installed", "source": "department:" + DEPARTMENT, "cut_off": cut_off, "value": 271120,
         "origin": "illustrative", "reference": "ví dụ"}]}).json()["ids"]
    first.send("correctFigure", {"value": 272000, "reason": "đếm lại"}, id=entered[1])
    shown = first.send("showFigure", id=entered[1]).json()
    if shown["is_newest"] or len(shown["versions"]) != 2:
        first.openapi.fault(f"a corrected figure has its versions: {shown}")
    first.send("listFigures", query="?subject=86&on=2026-11-20")
    rate = first.send("showRates", query="?subject=86&on=2026-11-20&children=1").json()["rate"]
    if rate["shown"] != "6,80 %":  # 272,000 of 4,000,000
        first.openapi.fault(f"272.000 of 4.000.000 is shown as {rate['shown']}")
    wall = first.send("showWall", query="?unit=86&on=2026-11-20&as_of=2026-12-01")
    first.send("showWall", query="?unit=86&on=2026-11-20&as_of=2026-12-01", headers={"If-None-Match": wall.headers["etag"]}, expect=304)
    target = first.send("addTarget", {"indicator": "install_rate.population", "subject": VINH_LONG, "due_before": "đến ngày 31/12/2027",
                                      "hundredths": 5000, "start": "2026-11-01T00:00+07:00", "source": "department:" + DEPARTMENT,
                                      "reading_of": "tỷ lệ người dân"}).json()["target"]
    first.send("listTargets", query="?subject=" + VINH_LONG)
    first.send("showTargetStatus", id=target["id"])
    first.send("chooseTarget", id=target["id"])
    first.send("showSeries", query="?subject=86&on=2026-11-20&days=7")
    first.send("listMeasures")
    first.send("listFigures", query="?subject=86&on=2026-11-20&latest=1")
    if first.send("showWall", query="?unit=86&on=2026-11-20&rank=1").json()["rank"]["place"] != 1:
        first.openapi.fault("the one unit with a rate has the first rank")
    screen(first)
    first.send("publicAdoption", query="?unit=86&on=2026-11-20")
    first.send("publicUnits", query="?q=vinh")


def screen(first):
    """A wall in a meeting room: a link, what it shows, and its end."""
    until = (datetime.datetime.now(LOCAL) + datetime.timedelta(days=365)).date().isoformat()
    made = first.send("makeViewerLink", {"unit": VINH_LONG, "name": "Phòng họp tầng 2", "until": until}).json()

    class Screen:
        server = first.browser.server

        @staticmethod
        def headers():
            return {"X-Viewer-Link": made["token"]}

    wall = Officer(Screen, first.openapi)
    wall.send("showViewerLink")
    wall.send("showWall", query="?unit=86&on=2026-11-20")
    wall.send("showDeadlines", query="?unit=86")
    wall.send("showMe", expect=401)
    wall.send("showWall", query="?unit=79", expect=403)
    first.send("listViewerLinks")
    first.send("revokeViewerLink", id=made["link"]["id"])
    wall.send("showWall", query="?unit=86", expect=401)


def rows(count):
    words = {"headcount": count, "owners": count - 5, "installed": count - 10, "bluetooth_on": count - 12}
    return [{"subject": SCHOOL, "values": [{"column": column, "number": number} for column, number in words.items()]}]


def reports(first, second):
    """A school reports by telephone and by file; the department decides and drafts."""
    now = datetime.datetime.now(LOCAL).replace(second=0, microsecond=0)
    soon, past = now + datetime.timedelta(minutes=30), now - datetime.timedelta(days=2)
    for task, due, issued in (("m-1", soon, now - datetime.timedelta(days=1)), ("m-2", past, past - datetime.timedelta(days=1))):
        first.send("putTask", {"id": task, "letter": "3065/UBND", "form": "owners", "legs": "phone+file", "due": phrase(due),
                               "issued": issued.isoformat(timespec="minutes"), "receiver": DEPARTMENT, "bodies": [SCHOOL]})
    first.send("listTasks")
    first.send("listForms")
    for kind in ("csv", "xlsx"):
        first.send("showTemplate", query=f"?body={SCHOOL}&form=owners&type={kind}")
    first.send("listDues", query=f"?body={SCHOOL}&from={past.date()}&to={soon.date()}")
    first.send("showDueForm", id=key_of("m-1", soon))
    first.send("showDeadlines", query="?unit=86")
    first.send("showRegisters", query=f"?body={SCHOOL}&from={past.date()}&to={soon.date()}")
    first.send("listAlerts", query=f"?from={past.date()}&to={soon.date()}")
    first.send("excuseDue", {"due": key_of("m-2", past), "reason": "mất điện"})
    # A reminder lies in the inbox by the next look, 20 seconds after the last.
    until = time.monotonic() + 60
    while not (entries := first.send("showInbox").json()["entries"]) and time.monotonic() < until:
        time.sleep(0.5)
    if entries:
        first.send("readInbox", id=entries[0]["id"])
    else:
        first.openapi.fault("no reminder in a minute")

    due = key_of("m-1", soon)
    call = first.send("beginCall", {"body": SCHOOL, "form": "owners", "dues": [due], "spoken_with": "văn thư"}, headers={"Idempotency-Key": "goi-1"}).json()["call"]
    first.send("listCalls")
    first.send("showCall", id=call["id"])
    first.send("enterCall", {"lines": [{**line, "agreed": True} for line in rows(40)]}, id=call["id"])
    report = {"body": SCHOOL, "form": "owners", "dues": [due], "lines": rows(41)}
    first.send("checkReport", report)
    receipts = [first.send("handInReport", report, headers={"Idempotency-Key": "bao-cao-1"}) for _ in range(2)]
    if [answer.status for answer in receipts] != [201, 200] or len({answer.json()["receipt"] for answer in receipts}) != 1:
        first.openapi.fault(f"the same report twice: {[answer.body for answer in receipts]}")
    number = receipts[0].json()["report"]
    for suffix in ("", ".pdf", ".xlsx", ".csv"):
        first.send("showReport", id=f"{number}{suffix}")
    first.send("showOriginal", id=number)
    first.send("listReconciliations")
    cells = first.send("listReconciliations", query=f"?due={due}").json()["reconciliations"][0]["cells"]
    flagged = [cell for cell in cells if cell["is_flagged"]]
    if len(flagged) != 4:
        first.openapi.fault(f"each of four numbers differs by one: {cells}")
    first.send("decideCell", {"cell": flagged[0]["cell"], "value": flagged[0]["file"], "reason": "hỏi lại"}, id=due)
    first.send("decideReport", {"accept": True}, expect=403, id=number)  # one's own
    shown = second.send("showReport", id=number).json()["report"]
    second.send("decideReport", {"accept": True, "seen": shown["seen"]}, id=number)
    second.send("decideReport", {"accept": False, "reason": "đã nhận"}, expect=409, id=number)
    draft = first.send("draftConsolidated", {"task": "m-1", "due_before": soon.isoformat(timespec="minutes")}).json()["consolidated"]
    first.send("listConsolidated")
    for suffix in ("", ".pdf", ".xlsx", ".csv"):
        first.send("showConsolidated", id=f"{draft['id']}{suffix}")


def letters(first):
    def letter(number):
        text = f"From: <van-thu@vi.du>\r\nTo: <nhan@vi.du>\r\nSubject: bao cao\r\nMessage-ID: <{number}@vi.du>\r\n\r\nkhong co tep\r\n"
        return first.send("takeMail", text, kind="message/rfc822").json()["mail"]["id"]

    one, other = letter(1), letter(2)
    first.send("showMailQueue")
    first.send("showLetter", id=one)
    first.send("setMailAside", {"reason": "không phải báo cáo"}, id=one)
    first.send("assignMail", {"body": SCHOOL, "form": "owners", "remember_sender": True}, id=other)


def campaign(browsers, openapi):
    first, second = (Officer(browser, openapi) for browser in browsers)
    for role in ("clerk", "approver", "duty", "officer", "leader", "admin", "auditor"):
        first.send("giveGrant", {"account": "chi-huong", "role": role, "scope": "VN"})
    first.send("giveGrant", {"account": "anh-nam", "role": "approver", "scope": VINH_LONG})
    ended = first.send("giveGrant", {"account": "anh-nam", "role": "viewer", "scope": VINH_LONG}).json()["grant"]["number"]
    first.send("endGrant", number=ended)
    figures(first)
    reports(first, second)
    letters(first)
    first.send("campaignAudit")
    if not first.send("verifyAudit").json()["is_whole"]:
        openapi.fault("the campaign's audit trail is not whole")
