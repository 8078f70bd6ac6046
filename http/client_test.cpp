// base/http_client against this server.
#include "base/http_client.h"

#include "http/server_test.h"

namespace bz::http {
namespace {

class HttpClientAndServer : public ServerTest {
 protected:
  HttpClientAndServer() {
    router_.add("POST", "/echo", [](const Request& request) {
      auto response = text_response(201, request.body);
      response.set("x-type", std::string(request.header("content-type").value_or("none")));
      return response;
    });
    router_.add("GET", "/large",
                [](const Request&) { return text_response(200, std::string(2'000'000, 'x')); });
    start();
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  HttpClient client_;
};

TEST_F(HttpClientAndServer, ABodyGoesThereAndBackWithItsType) {
  const std::string body("a\0b\xFF", 4);
  const auto answer = client_.send({.method = "POST",
                                    .url = url("/echo"),
                                    .headers = {{"content-type", "application/octet-stream"}},
                                    .body = body});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, body);
  EXPECT_EQ(answer->header("x-type"), "application/octet-stream");
  const auto empty = client_.send({.method = "POST", .url = url("/echo")});
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->status, 201);
  EXPECT_EQ(empty->header("x-type"), "none");
}

TEST_F(HttpClientAndServer, SeveralCallsAreOneVisitUntilItHangsUp) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client_.send({.method = "POST", .url = url("/echo"), .body = "x"}));
    EXPECT_EQ(connections(), 1);
  }
  client_.hang_up();
  EXPECT_TRUE(eventually([&] { return connections() == 0; }));
  EXPECT_TRUE(client_.send({.method = "POST", .url = url("/echo")}));
}

TEST_F(HttpClientAndServer, AHeadHasALengthAndNoBody) {
  const auto answer = client_.send({.method = "HEAD", .url = url("/large")});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->header("content-length"), "2000000");
  EXPECT_EQ(answer->body, "");
}

TEST_F(HttpClientAndServer, AnAnswerOverTheLimitIsMalformedAndTheNextCallWorks) {
  EXPECT_EQ(client_.send({.url = url("/large")}).error().code, Code::kMalformed);
  EXPECT_TRUE(client_.send({.url = url("/large"), .answer_limit = 2'000'000}));
}

TEST_F(HttpClientAndServer, ALargeRefusedBodyStillGetsItsAnswer) {
  const auto answer =
      client_.send({.method = "POST", .url = url("/echo"), .body = std::string(200'000, 'x')});
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->status, 413);
}

}  // namespace
}  // namespace bz::http
