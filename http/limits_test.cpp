// What the server does with clients that send too much, too slowly, or what is no HTTP.
#include <sys/resource.h>

#include <vector>

#include "http/server_test.h"

namespace bz::http {
namespace {

using std::chrono::milliseconds;

class HttpLimits : public ServerTest {
 protected:
  HttpLimits() {
    const auto length = [](const Request& request) {
      return text_response(200, std::to_string(request.body.size()));
    };
    router_.add({"POST", "/small", length, {10}, {}});
    router_.add({"POST", "/own", length, {10}, [] { return json_response(400, R"({"own":1})"); }});
    router_.add("GET", "/health", [](const Request&) { return text_response(200, "ok"); });
    router_.add("GET", "/big",
                [](const Request&) { return text_response(200, std::string(50'000'000, 'x')); });
  }

  // Sends one byte at a time until the server says something.
  static std::string drip(RawClient& client, char byte) {
    while (!client.readable(milliseconds{5})) {
      if (!client.send({&byte, 1})) break;
    }
    return client.rest();
  }
};

TEST_F(HttpLimits, AHeadOverItsBytesIsAnswered431) {
  settings_.header_bytes = 1'000;
  start();
  const auto request = [](std::size_t size) {
    std::string head = "GET /health HTTP/1.1\r\nx: ";
    return head + std::string(size - head.size() - 4, 'y') + "\r\n\r\n";
  };
  EXPECT_EQ(status_in(connect().ask(request(900))), 200);
  for (const std::size_t size : {1'100U, 30'000U, 3'000'000U}) {
    auto client = connect();
    client.send(request(size));  // the server may close before all is sent
    EXPECT_EQ(status_in(client.rest()), 431) << size;
  }
  EXPECT_EQ(refused("header_bytes"), 3);
}

TEST_F(HttpLimits, ABodyOverTheRoutesLimitIsNotWaitedFor) {
  start();
  const std::string head = " HTTP/1.1\r\ncontent-length: 11\r\n\r\n";
  EXPECT_EQ(body_in(connect().ask(post("/small", "0123456789"))), "10");
  auto client = connect();
  ASSERT_TRUE(client.send("POST /small" + head));  // and no byte of the body
  EXPECT_EQ(status_in(client.answer()), 413);
  client.finish();
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(body_in(connect().ask("POST /own" + head)), R"({"own":1})");
  EXPECT_EQ(status_in(connect().ask("POST /small HTTP/1.1\r\ncontent-length: "
                                    "18446744073709551615\r\n\r\n")),
            413);
}

TEST_F(HttpLimits, AChunkedBodyIsBoundToo) {
  start();
  const auto ask = [&](const std::string& chunks) {
    return connect().ask("POST /small HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n" + chunks);
  };
  EXPECT_EQ(body_in(ask("5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n")), "10");
  EXPECT_EQ(status_in(ask("5\r\n01234\r\n6\r\n")), 413);
  EXPECT_EQ(status_in(ask("ffffffffffffffff\r\n")), 413);
  EXPECT_EQ(status_in(ask("5\r\n01234\r\n6;" + std::string(40'000, 'x'))), 431);
  EXPECT_EQ(status_in(ask("0\r\n" + std::string(40'000, 'x'))), 431);
  for (const auto* broken :
       {"x\r\n", "5\r\n012345\r\n0\r\n\r\n", "5\r\n01234\r\n\r\n", "-1\r\n", "\r\n"})
    EXPECT_EQ(status_in(ask(broken)), 400) << broken;
}

TEST_F(HttpLimits, AHeadThatDripsIsAnswered408WhateverComes) {
  settings_.header_time = milliseconds{150};
  start();
  auto client = connect();
  ASSERT_TRUE(client.send("GET /health HTTP/1.1\r\nx: "));
  const auto answer = drip(client, 'y');
  EXPECT_EQ(status_in(answer), 408);
  EXPECT_TRUE(says(answer, "\r\nconnection: close\r\n"));
  EXPECT_EQ(refused("header_time"), 1);
}

TEST_F(HttpLimits, ABodyThatDripsIsAnswered408) {
  settings_.body_time = milliseconds{150};
  router_.add({"POST", "/large", [](const Request&) { return text_response(200, ""); }, {}, {}});
  start();
  auto client = connect();
  ASSERT_TRUE(client.send("POST /large HTTP/1.1\r\ncontent-length: 60000\r\n\r\n"));
  EXPECT_EQ(status_in(drip(client, 'y')), 408);
  EXPECT_EQ(refused("body_time"), 1);
}

TEST_F(HttpLimits, AnIdleConnectionIsClosedWithoutAWord) {
  settings_.idle_time = milliseconds{100};
  start();
  EXPECT_EQ(connect().rest(), "");
  auto client = connect();
  EXPECT_EQ(status_in(client.ask(get("/health"))), 200);
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpLimits, WhoDoesNotTakeItsAnswerIsCutOff) {
  settings_.write_time = milliseconds{150};
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(get("/big")));
  EXPECT_TRUE(eventually([&] { return refused("write_time") == 1; }));
  EXPECT_TRUE(eventually([&] { return connections() == 0; }));
}

TEST_F(HttpLimits, ALargeAnswerIsSentWhole) {
  start();
  EXPECT_EQ(body_in(connect().ask(get("/big"))).size(), 50'000'000U);
}

TEST_F(HttpLimits, BeyondTheConnectionsThereMayBeAnotherIsRefused) {
  settings_.connections = 2;
  start();
  auto first = connect();
  auto second = connect();
  EXPECT_EQ(status_in(first.ask(get("/health"))), 200);
  EXPECT_EQ(status_in(second.ask(get("/health"))), 200);
  auto third = connect();
  const auto answer = third.rest();
  EXPECT_EQ(status_in(answer), 503);
  EXPECT_TRUE(says(answer, "\r\nretry-after: 1\r\n"));
  EXPECT_EQ(refused("connections"), 1);
  first.close();
  EXPECT_TRUE(eventually([&] { return connections() == 1; }));
  EXPECT_EQ(status_in(connect().ask(get("/health"))), 200);
}

TEST_F(HttpLimits, WhatIsNoHttpIsAnswered400AndClosed) {
  start();
  const std::vector<std::string> requests{
      "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n",  // TLS
      "GET /health\r\n\r\n",
      "GET /health HTTP/2.0\r\n\r\n",
      "GET  /health HTTP/1.1\r\n\r\n",
      "GET health HTTP/1.1\r\n\r\n",
      "GET /%2e%2e/etc/passwd HTTP/1.1\r\n\r\n",
      "GET /a%2fb HTTP/1.1\r\n\r\n",
      "GET /%00 HTTP/1.1\r\n\r\n",
      "GET /health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
      "GET /health HTTP/1.1\r\nno colon\r\n\r\n",
      "GET /health HTTP/1.1\r\nname : x\r\n\r\n",
      "GET /health HTTP/1.1\r\n: x\r\n\r\n",
      "GET /health HTTP/1.1\nx: y\n\n",
      "CONNECT host:443 HTTP/1.1\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\n\r\n",
  };
  for (const auto& request : requests) {
    auto client = connect();
    ASSERT_TRUE(client.send(request + get("/health")));
    const auto all = client.rest();
    EXPECT_EQ(status_in(all), 400) << request << all;
    EXPECT_EQ(body_in(all), R"({"error":"this is no HTTP request that can be read"})") << request;
  }
}

// Heads that a proxy and a server may read differently, so that the second would see a request
// which the first did not (RFC 9112 section 11.2).
TEST_F(HttpLimits, AHeadWithTwoLengthsIsRefused) {
  start();
  const std::vector<std::string> lines{
      "content-length: 3\r\ntransfer-encoding: chunked",
      "transfer-encoding: chunked\r\ncontent-length: 3",
      "content-length: 3\r\ncontent-length: 4",
      "content-length: 3\r\ncontent-length: 3",
      "content-length: 3, 3",
      "content-length: +3",
      "content-length: 3 0",
      "content-length: 0x3",
      "content-length: -3",
      "content-length:",
      "content-length: 99999999999999999999999",
      "transfer-encoding: gzip",
      "transfer-encoding: identity",
      "transfer-encoding: gzip, chunked",
      "transfer-encoding: chunked, gzip",
      "transfer-encoding: xchunked",
      "transfer-encoding: chunked\r\ntransfer-encoding: identity",
      "transfer-encoding: identity\r\ntransfer-encoding: chunked",
      "transfer-encoding : chunked",
      "transfer-encoding:\x0b"
      "chunked",
  };
  for (const auto& line : lines) {
    auto client = connect();
    ASSERT_TRUE(client.send("POST /small HTTP/1.1\r\nhost: t\r\n" + line + "\r\n\r\n0\r\n\r\n" +
                            get("/health")));
    const auto all = client.rest();
    EXPECT_EQ(status_in(all), 400) << line << "\n" << all;
    EXPECT_FALSE(says(all, "200 OK")) << line;
  }
  auto client = connect();
  ASSERT_TRUE(client.send("POST /small HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"));
  EXPECT_EQ(status_in(client.rest()), 400);
}

TEST_F(HttpLimits, AClientThatGoesInTheMiddleLeavesNothing) {
  start();
  for (const auto* part : {"", "GET", "GET /health HTTP/1.1\r\n",
                           "POST /small HTTP/1.1\r\n"
                           "content-length: 5\r\n\r\n12",
                           "GET /big HTTP/1.1\r\n\r\n"}) {
    auto client = connect();
    ASSERT_TRUE(client.send(part));
    client.close();
  }
  EXPECT_EQ(status_in(connect().ask(get("/health"))), 200);
  EXPECT_TRUE(eventually([&] { return connections() == 0; }));
}

TEST_F(HttpLimits, FiveThousandIdleConnectionsDoNotKeepTheNextOneWaiting) {
  start();  // raises this process's bound on open files
  constexpr std::size_t kIdle = 5'000;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_cur < 2 * kIdle + 500)
    GTEST_SKIP() << "only " << limit.rlim_cur << " open files are allowed here";
  std::vector<RawClient> idle;
  for (std::size_t i = 0; i < kIdle; ++i) {
    idle.push_back(connect());
    if (i % 2 != 0) continue;
    ASSERT_EQ(status_in(idle.back().ask(get("/health"))), 200);
  }
  EXPECT_EQ(status_in(connect().ask(get("/health"))), 200);
  EXPECT_TRUE(eventually([&] { return connections() == kIdle; }));
  EXPECT_EQ(refused("connections"), 0);
  EXPECT_EQ(status_in(idle.front().ask(get("/health"))), 200);
  EXPECT_EQ(status_in(idle.back().ask(get("/health"))), 200);
  server_->drain();
  EXPECT_EQ(connections(), 0);
}

}  // namespace
}  // namespace bz::http
