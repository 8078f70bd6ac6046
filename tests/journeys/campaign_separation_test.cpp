// Of tracing nothing reaches the campaign but counts.
#include "campaign/service.h"
#include "keys/installs.h"
#include "tests/journeys/separation_here.h"

namespace bz {
namespace {

// The campaign's half: what crosses is a day's file of installs by unit, and nothing else.
TEST_F(Separation, OfTracingOnlyCountsOfTenAndMoreReachTheCampaign) {
  std::vector<Person> people;
  for (const int number : {3, 4}) {
    desk_->at(kNoon + minutes{20 * number});
    people.push_back(issue(number, 2));
    ASSERT_NO_FATAL_FAILURE(
        upload(number, people.back(), kNoon + minutes{20 * number + 5} + seconds{7}));
  }
  const auto installed = [this](const std::string& unit, int times) {
    for (int i = 0; i < times; ++i) {
      wire::JsonWriter body;
      body.text("unit", unit).text("platform", "android").text("version", "4.0");
      const auto answer = post("/v1/installs", body.done());
      ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
    }
  };
  installed("842", 12);
  installed("844", 9);
  const auto counted = keys::installs_of_day(*desk_->server().keys_store(), kDay);
  ASSERT_TRUE(counted);
  std::string file = "unit,installs\n";
  for (const auto& unit : *counted) file += unit.unit + "," + std::to_string(unit.count) + "\n";
  EXPECT_EQ(file, "unit,installs\n842,12\n");

  // It is handed over as by `bz figures import --installs`.
  auto& server = desk_->server();
  SetClock clock(kNoon + hours{3});
  auto log = *Log::to_file(clock, folder_ / "campaign.log");
  Metrics metrics;
  const Surroundings world{clock, random_, log, metrics};
  campaign::Settings settings;
  settings.asks_for_all = true;
  const auto as_operator = [](const http::Request&) -> Result<http::Session> {
    return http::Session{"command line"};
  };
  const auto service =
      campaign::Service::open(*server.campaign_store(), settings, as_operator, world);
  ASSERT_TRUE(service);
  http::Router router;
  (*service)->add_routes(router);
  http::Request import;
  import.method = "POST";
  import.path = "/campaign/v1/imports/installs";
  import.query = {{ "day", "2020-08-19" }};
  import.body = file;
  EXPECT_EQ(router.handle(import).body, R"({"day":"2020-08-19","kept":1,"same":0,"unknown":[]})");
  ASSERT_TRUE((*service)->tick());

  // All that the campaign keeps, logs and answers.
  Bytes all;
  const auto add = [&all](ByteView bytes) { all.insert(all.end(), bytes.begin(), bytes.end()); };
  auto dump = tests::read_database(desk_->folder() / "campaign.db");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(desk_->folder())) {
    const auto name = entry.path().lexically_relative(desk_->folder()).string();
    if (!entry.is_regular_file() || !name.starts_with("campaign")) continue;
    const auto bytes = read_file(entry.path(), std::size_t{1} << 26U);
    ASSERT_TRUE(bytes);
    add(*bytes);
  }
  for (const auto* name : {"server.log", "campaign.log"})
    add(*read_file(folder_ / name, std::size_t{1} << 26U));
  int answers = 0;
  for (const auto* query : {"subject=84", "subject=842", "unit=84", "unit=842", "q=tra"}) {
    for (const auto& route : router.routes()) {
      if (route.method != "GET" || route.pattern.find('{') != std::string::npos) continue;
      http::Request request;
      request.method = "GET";
      request.path = route.pattern;
      const std::string_view text = query;
      request.query = {{std::string(text.substr(0, text.find('='))),
                        std::string(text.substr(text.find('=') + 1))},
                       {"on", "2020-08-20"}};
      add(as_bytes(router.handle(request).body));
      ++answers;
    }
  }
  EXPECT_GT(answers, 50);

  std::vector<Needle> needles;
  const auto look_for = [&needles](std::string from, Bytes bytes) {
    for (auto& made : tests::made_from({{from, bytes}})) needles.push_back(std::move(made));
    needles.push_back({std::move(from), std::move(bytes)});
  };
  for (const auto& person : people) {
    const auto text = [](std::string_view words) { return Bytes(words.begin(), words.end()); };
    look_for("code", text(person.code));
    if (!person.phone_number.empty()) look_for("phone number", text(person.phone_number.substr(1)));
    for (const auto& said : person.said) {
      look_for("token or certificate", text(said));
      look_for("its end", text(said.substr(said.size() - std::min<std::size_t>(said.size(), 40))));
    }
    Dump row{{"of the person", {{{"uuid", {}, person.uuid}, {"handle", {}, person.handle}}}}};
    for (const auto& key : person.keys) row["of the person"][0].push_back({"key", {}, key});
    for (auto& one : tests::values_of(row)) look_for(one.from, std::move(one.bytes));
  }
  EXPECT_EQ(tests::found_in(needles, all), Told{});
  // It would have been found: raw, written out, or hashed.
  for (const auto& one : {people[0].keys[0], Bytes(people[0].code.begin(), people[0].code.end())}) {
    auto leaky = all;
    const auto hash = sha256(one);
    leaky.insert(leaky.end(), hash.begin(), hash.end());
    EXPECT_FALSE(tests::found_in(needles, leaky).empty());
    leaky = all;
    leaky.insert(leaky.end(), one.begin(), one.end());
    EXPECT_FALSE(tests::found_in(needles, leaky).empty());
  }
  // The unit of nine has no series of installs.
  int series = 0;
  for (const auto& row : dump.at("series")) {
    const auto text = [&row](std::string_view column) { return as_text(bytes_in(row, column)); };
    if (text("measure") != "app_installs") continue;
    EXPECT_EQ(text("subject").find("844"), std::string_view::npos);
    ++series;
  }
  EXPECT_GE(series, 1);
}

}  // namespace
}  // namespace bz
