#include "http/server_test.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "base/file.h"

namespace bz::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Handlers wait here until the test lets them go on.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

Response echo(const Request& request) {
  std::string text = request.method + " " + request.path + "\n";
  for (const auto& [name, value] : request.query) text += "?" + name + "=" + value + "\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\n";
  return text_response(200, text + request.address_prefix + "\n" + request.body);
}

class HttpServer : public ServerTest {
 protected:
  HttpServer() {
    router_.add("GET", "/echo/{name}", echo);
    router_.add("POST", "/echo/{name}", echo);
    router_.add("GET", "/health", [](const Request&) { return text_response(200, "ok"); });
  }
};

TEST_F(HttpServer, AnAnswerCarriesLengthAndDateAndNoBanner) {
  start();
  auto client = connect();
  const auto answer = client.ask(get("/health"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\ndate: ")) << answer;
  EXPECT_TRUE(says(answer, " GMT\r\n"));
  EXPECT_TRUE(says(answer, "\r\ncontent-length: 2\r\n"));
  EXPECT_TRUE(says(answer, "\r\ncontent-type: text/plain; charset=utf-8\r\n"));
  EXPECT_TRUE(says(answer, "\r\nx-content-type-options: nosniff\r\n"));
  EXPECT_FALSE(says(answer, "server:"));
  EXPECT_FALSE(says(answer, "connection:"));
  EXPECT_FALSE(says(answer, "x-story-clock:"));
  EXPECT_EQ(body_in(answer), "ok");
}

TEST_F(HttpServer, AStorysClockIsTheDateAndEveryAnswerSaysSo) {
  using std::chrono::sys_days;
  const SetClock story(sys_days{std::chrono::year{2020} / 8 / 26} + std::chrono::hours{9});
  settings_.story_clock = &story;
  start();
  auto client = connect();
  for (const auto* path : {"/health", "/nowhere"}) {
    const auto answer = client.ask(get(path));
    EXPECT_TRUE(says(answer, "\r\ndate: Wed, 26 Aug 2020 09:00:00 GMT\r\n")) << answer;
    EXPECT_TRUE(says(answer, "\r\nx-story-clock: 1\r\n")) << answer;
  }
}

TEST_F(HttpServer, ARequestArrivesDecodedWithItsNetworkOnly) {
  start();
  auto client = connect();
  const auto answer = client.ask(
      "POST /echo/Tr%C3%A0?a=1%202&a=3 HTTP/1.1\r\nHost: t\r\nX-UPPER: Value\r\nContent-Length: "
      "4\r\n\r\nbody");
  EXPECT_EQ(
      body_in(answer),
      "POST /echo/Trà\n?a=1 2\nhost: t\nx-upper: Value\ncontent-length: 4\n127.0.0.0/24\nbody");
}

TEST_F(HttpServer, HeadIsAnsweredAsGetWithoutTheBody) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send("HEAD /health HTTP/1.1\r\n\r\n"));
  const auto head = client.answer(false);
  EXPECT_EQ(status_in(head), 200);
  EXPECT_TRUE(says(head, "content-length: 2\r\n"));
  // Nothing is left over before the next answer.
  EXPECT_EQ(body_in(client.ask(get("/health"))), "ok");
}

TEST_F(HttpServer, UnknownPathsAndMethodsAreToldApartAndTheConnectionStays) {
  start();
  auto client = connect();
  EXPECT_EQ(status_in(client.ask(get("/none"))), 404);
  const auto answer = client.ask("DELETE /health HTTP/1.1\r\n\r\n");
  EXPECT_EQ(status_in(answer), 405);
  EXPECT_TRUE(says(answer, "\r\nallow: GET, HEAD\r\n"));
  EXPECT_EQ(body_in(client.ask(get("/health"))), "ok");
  // With a body, which is not read, it closes.
  EXPECT_EQ(status_in(client.ask(post("/none", "body"))), 404);
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServer, SeveralRequestsAtOnceAreAnsweredInTheirOrder) {
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(post("/echo/1", "first") + get("/health") + post("/echo/2", "second") +
                          get("/none") + get("/echo/3")));
  EXPECT_TRUE(body_in(client.answer()).ends_with("\nfirst"));
  EXPECT_EQ(body_in(client.answer()), "ok");
  EXPECT_TRUE(body_in(client.answer()).ends_with("\nsecond"));
  EXPECT_EQ(status_in(client.answer()), 404);
  EXPECT_TRUE(says(client.answer(), "GET /echo/3\n"));
}

TEST_F(HttpServer, ARequestMayComeByteByByte) {
  start();
  auto client = connect();
  for (const char byte : post("/echo/1", "body")) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_TRUE(body_in(client.answer()).ends_with("\nbody"));
}

TEST_F(HttpServer, AConnectionIsClosedWhenTheClientSaysSo) {
  start();
  for (const auto* request :
       {"GET /health HTTP/1.1\r\nconnection: close\r\n\r\n", "GET /health HTTP/1.0\r\n\r\n",
        "GET /health HTTP/1.0\r\nconnection: keep-alive\r\n\r\n"}) {
    auto client = connect();
    const auto answer = client.ask(request);
    EXPECT_EQ(status_in(answer), 200);
    EXPECT_TRUE(says(answer, "\r\nconnection: close\r\n"));
    EXPECT_EQ(client.rest(), "");
  }
}

TEST_F(HttpServer, AChunkedBodyIsPutTogether) {
  start();
  auto client = connect();
  const auto answer = client.ask(
      "POST /echo/1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_TRUE(body_in(answer).ends_with("\nabcde")) << answer;
  EXPECT_EQ(body_in(client.ask(get("/health"))), "ok");
}

TEST_F(HttpServer, WhoWaitsToSendItsBodyIsToldToGoOn) {
  start();
  auto client = connect();
  EXPECT_EQ(
      client.ask("POST /echo/1 HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"),
      "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(body_in(client.ask("body")).ends_with("\nbody"));
}

TEST_F(HttpServer, WhatAHandlerThrowsIsCountedAndNotTold) {
  router_.add("GET", "/throws",
              [](const Request&) -> Response { throw std::runtime_error("the person's number"); });
  start();
  auto client = connect();
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.ask(get("/throws"));
    EXPECT_EQ(status_in(answer), 500);
    EXPECT_EQ(body_in(answer), R"({"error":"internal error"})");
  }
  EXPECT_EQ(body_in(client.ask(get("/health"))), "ok");
  EXPECT_TRUE(says(metrics_.text(), "bz_http_handler_failures_total 2\n"));
  const auto log = *read_file(temporary_.path() / "log", 100'000);
  EXPECT_TRUE(says(as_text(log), "/throws"));
  EXPECT_FALSE(says(as_text(log), "number"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
}

TEST_F(HttpServer, AHandlersHeaderCannotEndItsLine) {
  router_.add("GET", "/splits", [](const Request&) {
    auto response = text_response(200, "ok");
    response.set("x-good", "a\tb");
    response.set("x-bad", "a\r\nset-cookie: b");
    return response;
  });
  start();
  const auto answer = connect().ask(get("/splits"));
  EXPECT_TRUE(says(answer, "x-good: a\tb\r\n"));
  EXPECT_FALSE(says(answer, "x-bad"));
  EXPECT_FALSE(says(answer, "set-cookie"));
}

TEST_F(HttpServer, AnAnswerThatWaitsHoldsNoWorker) {
  settings_.workers = 1;
  constexpr milliseconds kLater{200};
  router_.add("GET", "/later", [&](const Request& request) {
    auto response = text_response(200, "later");
    response.not_before = request.received + kLater;
    return response;
  });
  start();
  auto waiting = connect();
  auto other = connect();
  const auto sent = steady_clock::now();
  ASSERT_TRUE(waiting.send(get("/later")));
  // The one worker is free meanwhile, however often it is asked.
  int answered = 0;
  while (!waiting.readable(milliseconds{0})) {
    ASSERT_EQ(body_in(other.ask(get("/health"))), "ok");
    ++answered;
  }
  EXPECT_GE(steady_clock::now() - sent, kLater);
  EXPECT_EQ(body_in(waiting.answer()), "later");
  EXPECT_GT(answered, 1);
}

TEST_F(HttpServer, BeyondTheQueueRequestsAreRefusedAtOnce) {
  Gate gate;
  router_.add("GET", "/gate", [&](const Request&) {
    gate.pass();
    return text_response(200, "passed");
  });
  settings_.workers = 1;
  settings_.queue = 1;
  start();
  auto running = connect();
  ASSERT_TRUE(running.send(get("/gate")));
  gate.await_waiting(1);
  // Of two more one waits and the other is refused, whichever was read first.
  std::vector<RawClient> two;
  for (int i = 0; i < 2; ++i) {
    two.push_back(connect());
    ASSERT_TRUE(two.back().send(get("/gate")));
  }
  ASSERT_TRUE(eventually(
      [&] { return two[0].readable(milliseconds{0}) || two[1].readable(milliseconds{0}); }));
  const std::size_t first = two[0].readable(milliseconds{0}) ? 0 : 1;
  const auto refusal = two[first].answer();
  EXPECT_EQ(status_in(refusal), 503);
  EXPECT_TRUE(says(refusal, "\r\nretry-after: 1\r\n"));
  EXPECT_EQ(refused("queue"), 1);
  gate.open();
  EXPECT_EQ(body_in(running.answer()), "passed");
  EXPECT_EQ(body_in(two[1 - first].answer()), "passed");
}

TEST_F(HttpServer, OnlyATrustedProxyMaySayWhoseRequestItIs) {
  settings_.trusted_proxies = {"127.0.0.1"};
  start();
  auto client = connect();
  EXPECT_TRUE(says(client.ask("GET /echo/1 HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9, "
                              "198.51.100.7\r\n\r\n"),
                   "\n198.51.100.0/24\n"));
  EXPECT_TRUE(says(client.ask(get("/echo/1")), "\n127.0.0.0/24\n"));
}

TEST_F(HttpServer, RequestsAreCountedByRouteAndClass) {
  start();
  auto client = connect();
  client.ask(get("/health"));
  client.ask(get("/health"));
  client.ask(get("/none/of/a/person"));
  const auto text = metrics_.text();
  EXPECT_TRUE(says(text, "bz_http_requests_total{route=\"/health\",status=\"2xx\"} 2\n")) << text;
  EXPECT_TRUE(says(text, "bz_http_requests_total{route=\"none\",status=\"4xx\"} 1\n"));
  EXPECT_TRUE(says(text, "bz_http_busy_microseconds_total{route=\"/health\"} "));
  EXPECT_FALSE(says(text, "person"));
  EXPECT_EQ(connections(), 1);
  client.close();
  EXPECT_TRUE(eventually([&] { return connections() == 0; }));
}

TEST_F(HttpServer, ATakenPortIsUnavailableAndNoAddressInvalid) {
  start();
  ServerSettings again = settings_;
  again.port = server_->port();
  EXPECT_EQ(Server::start(again, router_, log_, metrics_).error().code, Code::kUnavailable);
  again.address = "192.0.2.1";  // of no machine (RFC 5737)
  EXPECT_EQ(Server::start(again, router_, log_, metrics_).error().code, Code::kUnavailable);
  again.address = "localhost";
  EXPECT_EQ(Server::start(again, router_, log_, metrics_).error().code, Code::kInvalid);
  again = settings_;
  again.trusted_proxies = {"proxy"};
  EXPECT_EQ(Server::start(again, router_, log_, metrics_).error().code, Code::kInvalid);
}

// Draining.

TEST_F(HttpServer, DrainingClosesIdleConnectionsAndAnswersWhatIsUnderWay) {
  Gate gate;
  router_.add("GET", "/gate", [&](const Request&) {
    gate.pass();
    return text_response(200, "passed");
  });
  start();
  const auto port = server_->port();
  auto silent = connect();
  auto idle = connect();
  EXPECT_EQ(body_in(idle.ask(get("/health"))), "ok");
  auto busy = connect();
  ASSERT_TRUE(busy.send(get("/gate")));
  gate.await_waiting(1);

  std::thread drain([&] { server_->drain(); });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(silent.rest(), "");
  EXPECT_FALSE(RawClient(port).connected());
  gate.open();
  const auto answer = busy.answer();
  EXPECT_EQ(body_in(answer), "passed");
  EXPECT_TRUE(says(answer, "\r\nconnection: close\r\n"));
  EXPECT_EQ(busy.rest(), "");
  busy.close();
  drain.join();
  EXPECT_EQ(connections(), 0);
  server_->drain();  // again does nothing
}

TEST_F(HttpServer, DrainingWaitsForAHalfSentRequestButNotForEver) {
  settings_.drain_time = milliseconds{300};
  start();
  auto quick = connect();
  auto slow = connect();
  // Both have been read from once "100" has come.
  for (auto* client : {&quick, &slow})
    EXPECT_EQ(status_in(client->ask(
                  "POST /echo/1 HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")),
              100);
  std::thread drain([&] { server_->drain(); });
  ASSERT_TRUE(eventually([&] { return !RawClient(server_->port()).connected(); }));
  EXPECT_TRUE(body_in(quick.ask("hi")).ends_with("\nhi"));
  EXPECT_EQ(status_in(slow.answer()), 408);
  drain.join();
}

}  // namespace
}  // namespace bz::http
