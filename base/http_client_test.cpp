// What an unfriendly server sends, from a socket of the test's own; a friendly one is tried in
// http/client_test.cpp.
#include "base/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace bz {
namespace {

// Answers one connection with fixed bytes, having read the request's head, and closes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string bytes, bool answers = true)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    port_ = ntohs(address.sin_port);
    if (answers) thread_ = std::thread([this, bytes = std::move(bytes)] { answer(bytes); });
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  ~OneAnswer() {
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  // Once the answer has been sent.
  const std::string& request() {
    thread_.join();
    return request_;
  }

 private:
  void answer(const std::string& bytes) {
    const int connection = ::accept(socket_, nullptr, nullptr);
    std::array<char, 4096> part{};
    while (request_.find("\r\n\r\n") == std::string::npos) {
      const auto count = ::recv(connection, part.data(), part.size(), 0);
      if (count <= 0) break;
      request_.append(part.data(), static_cast<std::size_t>(count));
    }
    ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::close(connection);
  }

  int socket_;
  int port_ = 0;
  std::string request_;
  std::thread thread_;
};

Code failure(const std::string& bytes) {
  OneAnswer server(bytes);
  const auto answer = HttpClient().send({.url = server.url(), .answer_limit = 10});
  EXPECT_FALSE(answer);
  return answer.error().code;
}

TEST(HttpClient, ReadsStatusHeadersAndBody) {
  OneAnswer server(
      "HTTP/1.1 404 Not Found\r\nX-One: a b \r\nX-ONE: c\r\nContent-Length: 2\r\n\r\nhi");
  const auto answer = HttpClient().send({.url = server.url(), .headers = {{"X-Empty", ""}}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->header("x-one"), "a b");
  EXPECT_EQ(answer->header("x-two"), std::nullopt);
  EXPECT_EQ(answer->body, "hi");
  const auto& request = server.request();
  EXPECT_TRUE(request.starts_with("GET / HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nX-Empty:"), std::string::npos) << request;
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_EQ(request.find("Content-Type"), std::string::npos);
}

TEST(HttpClient, OnlyTheLastOfSeveralHeadsCounts) {
  OneAnswer server(
      "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const auto answer = HttpClient().send({.url = server.url()});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_FALSE(answer->header("x-interim"));
}

TEST(HttpClient, ARedirectIsAnAnswerAndIsNotFollowed) {
  OneAnswer server("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(HttpClient().send({.url = server.url()})->status, 302);
}

TEST(HttpClient, ABodyOverTheLimitIsMalformed) {
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901"), Code::kMalformed);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\n\r\n12345678901"), Code::kMalformed);
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234567890");
  EXPECT_TRUE(HttpClient().send({.url = server.url(), .answer_limit = 10}));
}

TEST(HttpClient, AHeadWithoutEndIsMalformed) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() < 70'000) head += "X: 0123456789012345678901234567890123456789\r\n";
  EXPECT_EQ(failure(head), Code::kMalformed);
}

TEST(HttpClient, WhatIsNoHttpIsMalformed) {
  EXPECT_EQ(failure("SSH-2.0-OpenSSH\r\n"), Code::kMalformed);
}

TEST(HttpClient, AServerThatBreaksOffIsUnavailable) {
  EXPECT_EQ(failure(""), Code::kUnavailable);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), Code::kUnavailable);
}

TEST(HttpClient, AServerThatSaysNothingIsUnavailableAfterTheTime) {
  const OneAnswer server("", false);  // the kernel takes the connection, nobody reads it
  const auto answer =
      HttpClient().send({.url = server.url(), .timeout = std::chrono::milliseconds{50}});
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
}

TEST(HttpClient, NobodyListeningIsUnavailable) {
  std::string url;
  {
    const OneAnswer server("", false);
    url = server.url();
  }
  EXPECT_EQ(HttpClient().send({.url = url}).error().code, Code::kUnavailable);
}

TEST(HttpClient, SaysWhetherTheServerMayHaveSeenTheRequest) {
  HttpClient client;
  std::string url;
  {
    OneAnswer server("");  // reads the request and breaks off
    url = server.url();
    EXPECT_FALSE(client.send({.url = url}));
    EXPECT_TRUE(client.may_have_arrived());
  }
  EXPECT_FALSE(client.send({.url = url}));  // nobody listens any more
  EXPECT_FALSE(client.may_have_arrived());
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(client.send({.url = server.url()}));
  EXPECT_TRUE(client.may_have_arrived());
  EXPECT_FALSE(client.send({.url = "ftp://127.0.0.1/"}));
  EXPECT_FALSE(client.may_have_arrived());
}

TEST(HttpClient, WhatCannotBeSentIsInvalid) {
  HttpClient client;
  for (const auto* url : {"", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://"})
    EXPECT_EQ(client.send({.url = url}).error().code, Code::kInvalid) << url;
  const std::string url = "http://127.0.0.1/";
  EXPECT_EQ(client.send({.method = "G T", .url = url}).error().code, Code::kInvalid);
  EXPECT_EQ(client.send({.url = url, .headers = {{"A", "b\r\nC: d"}}}).error().code,
            Code::kInvalid);
  EXPECT_EQ(client.send({.url = url, .headers = {{"A b", "c"}}}).error().code, Code::kInvalid);
}

}  // namespace
}  // namespace bz
