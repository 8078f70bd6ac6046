// Letters that wait, as who is on duty sees them, and what is told when there is no room.
#include <algorithm>

#include "base/hash.h"
#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

std::string retry_after(const http::Response& response) {
  const auto header =
      std::ranges::find(response.headers, "retry-after", [](const auto& one) { return one.first; });
  return header == response.headers.end() ? "" : header->second;
}

class IntakeRoutes : public OnCampaign {
 protected:
  IntakeRoutes() {
    here_.grant("truc", "duty", kTraVinh);
    here_.grant("van", "duty", "viettel-84");
  }

  http::Response bring(const std::string& from, const std::string& id) {
    return here_.post("truc", "/mail",
                      "From: <" + from + ">\r\nTo: <nhan@vi.du>\r\nMessage-ID: <" + id +
                          ">\r\n\r\nkhông có gì\r\n",
                      {}, {{"content-type", "message/rfc822"}});
  }
  std::int64_t id_of(const http::Response& taken) {
    return object_in(taken, "mail").integer("id").value_or(0);
  }
  // As many of strangers as came before there was a bound, in the state of those set aside.
  void strangers_came(std::int64_t number) {
    here_.write([&](store::Sql& sql) -> Result<int> {
      for (std::int64_t id = 1; id <= number; ++id) {
        const auto digest = sha256(as_bytes("thư " + std::to_string(id)));
        const auto from = "ai" + std::to_string(id) + "@vi.du";
        auto original = sql.run("INSERT INTO original (digest, content) VALUES ($1, $2)",
                                {ByteView(digest), as_bytes("thư")});
        if (!original) return original.error();
        auto mail = sql.run(
            "INSERT INTO mail (id, by_key, content, state, received_ms, sender, subject, "
            "message_id, body, original, faults, report, decided_by, decided_ms, reason) VALUES "
            "($1, $2, $2, 6, $3, $4, '', '', '', $2, '{\"faults\":[]}', NULL, '', NULL, '')",
            {id, ByteView(digest), to_ms(here_.clock.now()), std::string_view(from)});
        if (!mail) return mail.error();
      }
      return 0;
    });
  }
  void strangers_wait() {
    here_.write(
        [](store::Sql& sql) { return sql.run("UPDATE mail SET state = 2 WHERE state = 6"); });
  }
  http::Response queue(std::string_view actor, const std::string& after = {}) {
    return here_.get(actor, "/mail/queue", {{"after", after}});
  }
};
BZ_ON_BOTH_STORES(IntakeRoutes);

TEST_P(IntakeRoutes, ALetterWithABodysAddressIsForWhoTakesThatBodysThoughNobodyVouchesForIt) {
  here_.put({"viettel-84", "operator", "Viettel", {}, "", kTraVinh, {}, {"bao-cao@viettel.vn"}});
  here_.grant("elsewhere", "duty", kBinhPhuoc);
  const auto taken = bring("Bao-Cao@viettel.vn", "1@viettel.vn");
  ASSERT_EQ(object_in(taken, "mail").text("state"), "unvouched_sender") << taken.body;
  const auto path = "/mail/" + std::to_string(id_of(taken));
  EXPECT_EQ(objects_in(queue("truc"), "mail").size(), 1U);
  EXPECT_EQ(objects_in(queue("van"), "mail").size(), 1U);
  EXPECT_TRUE(objects_in(queue("elsewhere"), "mail").empty());
  EXPECT_EQ(here_.get("elsewhere", path + "/original").status, 404);
  EXPECT_EQ(here_.post("elsewhere", path + "/set-aside", R"({"reason":"x"})").status, 404);
  // A stranger's is for whoever takes a territory's.
  ASSERT_EQ(bring("ai-do@vi.du", "2@vi.du").status, 201);
  EXPECT_EQ(objects_in(queue("elsewhere"), "mail").size(), 1U);
  EXPECT_EQ(objects_in(queue("van"), "mail").size(), 1U);
}

TEST_P(IntakeRoutes, ThousandsOfStrangersHideNoLetterOfABody) {
  strangers_came(1'100);
  const auto letter = id_of(bring("ai-do@vi.du", "1@vi.du"));
  ASSERT_EQ(letter, 1'101);
  const auto path = "/mail/" + std::to_string(letter);
  ASSERT_EQ(here_.post("truc", path + "/assign", R"({"body":"viettel-84"})").status, 200);
  strangers_wait();

  // Who takes mail for that body alone sees it, and nothing of strangers.
  const auto of_one = queue("van");
  const auto shown = objects_in(of_one, "mail");
  ASSERT_EQ(shown.size(), 1U) << of_one.body;
  EXPECT_EQ(of_one.body.find("strangers"), std::string::npos);
  EXPECT_EQ(of_one.body.find("next_after"), std::string::npos);

  // Who takes all sees it first, then every other once, the oldest first, page by page.
  std::vector<std::int64_t> ids;
  std::string after;
  std::size_t pages = 0;
  do {
    const auto page = queue("truc", after);
    ASSERT_EQ(page.status, 200) << page.body;
    for (auto& one : objects_in(page, "mail")) ids.push_back(one.integer("id").value_or(0));
    auto json = wire::JsonReader::parse(page.body, 1'000'000);
    ASSERT_TRUE(json);
    after = json->text("next_after").value_or("");
  } while (!after.empty() && ++pages < 20);
  EXPECT_EQ(pages, 5U);  // 1,101 letters, 200 a page, and the last one
  ASSERT_EQ(ids.size(), 1'101U);
  EXPECT_EQ(ids[0], letter);
  for (std::size_t i = 1; i < ids.size(); ++i) EXPECT_EQ(ids[i], static_cast<std::int64_t>(i));
  for (const auto* none : {"3-1", "1", "-", "0-x", "x-0", "0--1"})
    EXPECT_EQ(queue("truc", none).status, 400) << none;
}

TEST_P(IntakeRoutes, WhereThereIsNoRoomTheMailServerIsToldSoAndWhoLooksSeesIt) {
  strangers_came(999);
  strangers_wait();
  EXPECT_EQ(bring("ai-do@vi.du", "1@vi.du").status, 201);
  for (int i = 0; i < 2; ++i) {
    const auto refused = bring("ai-do@vi.du", "2@vi.du");
    EXPECT_EQ(refused.status, 429) << refused.body;
    EXPECT_EQ(retry_after(refused), "600");
  }
  // What was taken is taken: the mail server that did not hear it is told again.
  EXPECT_EQ(bring("ai-do@vi.du", "1@vi.du").status, 200);
  auto strangers = object_in(queue("truc"), "strangers");
  EXPECT_EQ(strangers.integer("waiting"), 1'000);
  EXPECT_EQ(strangers.integer("most"), 1'000);
  EXPECT_EQ(strangers.integer("turned_away"), 2);
  EXPECT_TRUE(strangers.text("turned_away_at"));
  // A week later that is over, but they still wait.
  here_.clock.set(here_.clock.now() + std::chrono::days{7});
  strangers = object_in(queue("truc"), "strangers");
  EXPECT_EQ(strangers.integer("turned_away"), 0);
  EXPECT_EQ(strangers.integer("waiting"), 1'000);
  ASSERT_EQ(here_.post("truc", "/mail/1/set-aside", R"({"reason":"thư rác"})").status, 200);
  EXPECT_EQ(bring("ai-do@vi.du", "2@vi.du").status, 201);
}

}  // namespace
}  // namespace bz::campaign
