#include "http/file_answer.h"

#include <sys/stat.h>

#include "base/file.h"
#include "http/date.h"
#include "http/server_test.h"

namespace bz::http {
namespace {

using namespace std::chrono_literals;

TEST(HttpDate, IsWrittenAndReadAsTheStandardHasIt) {
  // RFC 9110 section 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT is 784,111,777 s after 1970.
  const std::chrono::sys_seconds time{784'111'777s};
  EXPECT_EQ(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), time);
  for (const auto* text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 24:00:00 GMT", "Thu, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_date(text)) << text;
}

class HttpFile : public ServerTest {
 protected:
  HttpFile() {
    std::filesystem::create_directory(folder_);
    router_.add("GET", "/files/{rest...}", [this](const Request& request) {
      Response response;
      response.set("content-type", "application/zip");
      response.file = folder_ / std::string(request.parameter("rest"));
      return response;
    });
  }

  std::filesystem::path folder_ = temporary_.path() / "files";
};

std::string header_in(const std::string& answer, const std::string& name) {
  const auto begin = answer.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "none";
  const auto start = begin + name.size() + 4;
  return answer.substr(start, answer.find("\r\n", start) - start);
}

TEST_F(HttpFile, IsSentAsItLiesThere) {
  Bytes content(3'000'000);
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i % 251);
  ASSERT_TRUE(write_file(folder_ / "a.zip", content));
  ASSERT_TRUE(write_file(folder_ / "empty", {}));
  start();
  auto client = connect();
  const auto answer = client.ask(get("/files/a.zip"));
  EXPECT_EQ(header_in(answer, "content-length"), "3000000");
  EXPECT_EQ(header_in(answer, "content-type"), "application/zip");
  EXPECT_TRUE(body_in(answer) == as_text(content));
  EXPECT_EQ(body_in(client.ask(get("/files/empty"))), "");
  ASSERT_TRUE(client.send("HEAD /files/a.zip HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(header_in(client.answer(false), "content-length"), "3000000");
}

TEST_F(HttpFile, WhatIsNoFileIsNotFound) {
  start();
  auto client = connect();
  std::filesystem::create_directory(folder_ / "folder");
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  for (const auto* path : {"/files/none", "/files/folder", "/files/pipe", "/files/none/none"}) {
    const auto answer = client.ask(get(path));
    EXPECT_EQ(status_in(answer), 404) << path;
    EXPECT_FALSE(says(answer, "zip"));
  }
}

TEST_F(HttpFile, IsNotSentAgainToWhoHasIt) {
  ASSERT_TRUE(write_file(folder_ / "a", as_bytes("one")));
  start();
  auto client = connect();
  const auto answer = client.ask(get("/files/a"));
  const auto tag = header_in(answer, "etag");
  const auto changed = header_in(answer, "last-modified");
  EXPECT_TRUE(tag.starts_with('"') && tag.ends_with('"') && tag.size() > 2) << tag;
  const auto ask = [&](const std::string& line) {
    return client.ask("GET /files/a HTTP/1.1\r\n" + line + "\r\n\r\n");
  };
  const auto unchanged = ask("if-none-match: " + tag);
  EXPECT_EQ(status_in(unchanged), 304);
  EXPECT_EQ(header_in(unchanged, "etag"), tag);
  EXPECT_EQ(header_in(unchanged, "content-length"), "none");
  EXPECT_EQ(status_in(ask("if-none-match: \"x\", W/" + tag)), 304);
  EXPECT_EQ(status_in(ask("if-none-match: *")), 304);
  EXPECT_EQ(status_in(ask("if-modified-since: " + changed)), 304);
  EXPECT_EQ(status_in(ask("if-none-match: \"x\"")), 200);
  EXPECT_EQ(status_in(ask("if-modified-since: Sun, 06 Nov 1994 08:49:37 GMT")), 200);
  EXPECT_EQ(status_in(ask("if-modified-since: yesterday")), 200);
  // The tag, which is exact, is asked before the date.
  EXPECT_EQ(status_in(ask("if-none-match: \"x\"\r\nif-modified-since: " + changed)), 200);

  ASSERT_TRUE(write_file(folder_ / "a", as_bytes("two")));
  const auto again = ask("if-none-match: " + tag);
  EXPECT_EQ(status_in(again), 200);
  EXPECT_EQ(body_in(again), "two");
}

TEST_F(HttpFile, OneThatIsReplacedMeanwhileIsSentAsItWas) {
  // Far more than the kernel holds for a client that does not read: half of it is still unread.
  const Bytes old(60'000'000, 'o');
  ASSERT_TRUE(write_file(folder_ / "a", old));
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(get("/files/a")));
  ASSERT_TRUE(client.readable(30s));
  ASSERT_TRUE(write_file(folder_ / "a", Bytes(1'000, 'n')));
  EXPECT_TRUE(body_in(client.answer()) == as_text(old));
  EXPECT_EQ(body_in(client.ask(get("/files/a"))), std::string(1'000, 'n'));
}

TEST_F(HttpFile, OneThatIsCutShortMeanwhileEndsTheConnection) {
  ASSERT_TRUE(write_file(folder_ / "a", Bytes(60'000'000, 'o')));
  start();
  auto client = connect();
  ASSERT_TRUE(client.send(get("/files/a")));
  ASSERT_TRUE(client.readable(30s));
  std::filesystem::resize_file(folder_ / "a", 1'000);
  EXPECT_LT(client.rest().size(), 60'000'000U);
}

}  // namespace
}  // namespace bz::http
