// The promise: whoever holds all complete databases and all logs, without the supervisors' key,
// cannot join an upload to a code. Sixty people go through the real server over HTTP; then a thief
// (thief.h) takes what lies on its disk and tries.
//
// Of the disk the master keys are left out, which are no database and belong elsewhere: they open
// tokens' and HMACs' secrets, and no test here says what could be done with them.
#include "tests/journeys/separation_here.h"

namespace bz {
namespace {

// Of an upload: what stands in its rows, and what is made from that.
std::vector<Needle> needles_of_upload(const Person& person) {
  std::vector<Needle> values{{"handle", person.handle}};
  for (const auto& key : person.keys) values.push_back({"key", key});
  for (auto& made : tests::made_from(values)) values.push_back(std::move(made));
  return values;
}

// Of a code: all of its row.
std::vector<Needle> needles_of_code(const Person& person, const Dump& codes) {
  std::vector<Needle> values;
  for (const auto& row : codes.at("codes")) {
    if (row.front().bytes != person.uuid) continue;
    for (const auto& cell : row) {
      if (cell.bytes.size() >= 16) values.push_back({"codes." + cell.column, cell.bytes});
    }
  }
  for (auto& made : tests::made_from(values)) values.push_back(std::move(made));
  return values;
}

std::set<std::string> values_in_common(const std::vector<Person>& people, const Loot& loot) {
  std::vector<Needle> of_keys =
      tests::values_of({{"keys", loot.keys.at("keys")}, {"chains", loot.keys.at("chains")}});
  std::vector<Needle> of_codes;
  for (const auto* table : {"codes", "used_tokens", "phones", "callbacks", "audit"}) {
    const auto rows = loot.codes.find(table);
    if (rows == loot.codes.end()) continue;
    for (auto& one : tests::values_of({*rows})) of_codes.push_back(std::move(one));
  }
  for (const auto& person : people) {
    for (auto& one : needles_of_upload(person)) of_keys.push_back(std::move(one));
    for (auto& one : needles_of_code(person, loot.codes)) of_codes.push_back(std::move(one));
  }
  auto common = tests::found_in(of_keys, loot.all_of_codes);
  common.merge(tests::found_in(of_codes, loot.all_of_keys));
  return common;
}

// What an upload says in numbers, by name: of all its rows each column, its day, and sums and
// differences of two of these.
using Numbers = std::map<std::string, std::set<std::int64_t>>;

void add_numbers(const tests::Row& row, Numbers& numbers) {
  std::vector<std::pair<std::string, std::int64_t>> single;
  for (const auto& cell : row) {
    if (!cell.number) continue;
    single.emplace_back(cell.column, *cell.number);
    if (cell.column == "start_interval") single.emplace_back("day", *cell.number / 144);
  }
  for (const auto& [a, first] : single) {
    numbers[a].insert(first);
    for (const auto& [b, second] : single) {
      numbers[a + "+" + b].insert(first + second);
      numbers[a + "-" + b].insert(first - second);
    }
  }
}

// Columns of a code's row whose number is equal to one of its upload far more often than to those
// of the other uploads of the hour. By chance the two rates differ, of 60 people, with a standard
// deviation of at most sqrt(1 / 4 / 60) = 0.065.
std::set<std::string> numbers_in_common(const std::vector<Person>& people, const Loot& loot) {
  std::map<Bytes, tests::Row> codes;
  for (const auto& row : loot.codes.at("codes")) codes[row.front().bytes] = row;
  std::map<Bytes, Numbers> uploads;
  for (const auto& row : loot.keys.at("keys")) add_numbers(row, uploads[bytes_in(row, "handle")]);

  std::map<std::string, std::pair<int, int>> equal;  // to its own, to others'
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto hour = i - i % kAnHour;
    for (const auto& cell : codes.at(people[i].uuid)) {
      if (!cell.number) continue;
      for (auto j = hour; j < hour + kAnHour; ++j) {
        for (const auto& [name, numbers] : uploads.at(people[j].handle)) {
          if (!numbers.contains(*cell.number)) continue;
          auto& [own, others] = equal[cell.column + " = " + name];
          ++(i == j ? own : others);
        }
      }
    }
  }
  std::set<std::string> common;
  const auto count = static_cast<double>(people.size());
  for (const auto& [pair, times] : equal) {
    if (times.first / count - times.second / count / (kAnHour - 1) < 0.4) continue;
    common.insert(pair.substr(0, pair.find(' ')));
  }
  return common;
}

// The ways by which files tell the order of things in an hour.
std::set<std::string> orders_told(const Hours& true_order, std::string_view of,
                                  const std::map<std::string, Bytes>& files) {
  std::set<std::string> told;
  for (const auto& [name, bytes] : files) {
    const auto orders = tests::orders_in(bytes, name.ends_with("-wal"), true_order);
    const std::array<std::pair<std::string_view, tests::Correlation>, 3> ways{
        {{"first places", orders.first},
         {"last places", orders.last},
         {"places in pages", orders.in_pages}}};
    for (const auto& [way, correlation] : ways) {
      if (!correlation.tells()) continue;
      told.insert(std::string(of) + ": " + std::string(way) + " in " + name + ", tau " +
                  std::to_string(correlation.tau) + " of " + std::to_string(correlation.pairs));
    }
  }
  return told;
}

TEST_F(Separation, WhoeverHoldsAllDatabasesAndLogsCannotJoinAnUploadToACode) {
  ASSERT_NO_FATAL_FAILURE(live());
  auto loot = steal();
  EXPECT_EQ(values_in_common(people_, loot), Told{});
  EXPECT_EQ(numbers_in_common(people_, loot), Told{});
  EXPECT_EQ(codes_times_.columns(), Told{});
  EXPECT_EQ(keys_times_.columns(), Told{});
  // Of a code the thief knows the row, and the handle that was sealed into it when it was used.
  const auto sealed = [&loot](const Person& person) {
    const auto& rows = loot.codes.at("codes");
    return bytes_in(*std::ranges::find_if(
                        rows, [&](const auto& row) { return row.front().bytes == person.uuid; }),
                    "handle");
  };
  const auto uuids = in_order([](const Person& person) { return person.uuid; });
  const auto handles = in_order([](const Person& person) { return person.handle; });
  EXPECT_EQ(orders_told(uuids, "codes", loot.files), Told{});
  EXPECT_EQ(orders_told(in_order(sealed), "used codes", loot.files), Told{});
  EXPECT_EQ(orders_told(handles, "uploads", loot.files), Told{});
  const auto keys = in_order([](const Person& person) { return person.keys[0]; });
  EXPECT_EQ(orders_told(keys, "keys", loot.files), Told{});

  // What the thief would have found: a shared value, one made from another, a number, an order.
  const auto& one = people_[17];
  auto leaky = loot;
  leaky.all_of_codes.insert(leaky.all_of_codes.end(), one.handle.begin(), one.handle.end());
  EXPECT_EQ(values_in_common(people_, leaky), Told{"keys.handle"});
  leaky = loot;
  const auto cut = sha256(one.uuid);
  leaky.all_of_keys.insert(leaky.all_of_keys.end(), cut.begin(), cut.begin() + 10);
  EXPECT_EQ(values_in_common(people_, leaky), Told{"SHA-256 of codes.uuid"});
  leaky = loot;
  for (auto& row : leaky.codes.at("codes")) {
    const auto whose = std::ranges::find(people_, row.front().bytes, &Person::uuid);
    for (const auto& key : loot.keys.at("keys")) {
      if (bytes_in(key, "handle") != whose->handle) continue;
      row.push_back({"planted", std::int64_t{whose->handle[0]} << 32U, {}});
    }
  }
  for (auto& key : leaky.keys.at("keys")) {
    const auto& handle = bytes_in(key, "handle");
    key.push_back({"planted", std::int64_t{handle[0]} << 32U, {}});
  }
  EXPECT_EQ(numbers_in_common(people_, leaky), Told{"planted"});
  Bytes in_order_of_upload;
  for (const auto& person : people_) {
    in_order_of_upload.insert(in_order_of_upload.end(), person.handle.begin(), person.handle.end());
  }
  EXPECT_EQ(orders_told(handles, "uploads", {{"a", in_order_of_upload}}).size(), 3U);
  tests::TimesTold times;
  for (int i = 0; i < 60; ++i) {
    const auto now = kNoon + minutes{7 * i};
    times.add({{"a",
                {{{"hour", to_ms(now) / 3'600'000 * 3'600, {}},
                  {"intervals", to_ms(now) / 600'000 - 144, {}},
                  {"left", 3'600'000 - to_ms(now) % 3'600'000, {}}}}}},
              now);
  }
  EXPECT_TRUE(times.columns().contains("a.intervals"));
  EXPECT_FALSE(times.columns().contains("a.hour"));
}

// A line that held any of it would show it to whoever reads logs.
TEST_F(Separation, LogsAndMetricsHoldNothingOfAnybody) {
  auto person = issue(3, 2);
  ASSERT_NO_FATAL_FAILURE(upload(3, person, kNoon + minutes{10}));
  ASSERT_NO_FATAL_FAILURE(leave_callback());
  // What goes wrong, too.
  const std::string account = "nguyen.thi.hoa";
  const auto wrong = [](std::string_view name, std::string_view value) {
    return wire::JsonWriter{}.text(name, value).done();
  };
  for (const auto* path : {"/api/verify", "/api/certificate", "/api/user-report", "/api/issue",
                           "/api/checkcodestatus", "/v1/publish", "/v1/publish-bluezone3",
                           "/v1/callback", "/v1/installs", "/v1/revoke", "/accounts/v1/login"}) {
    for (const auto& body :
         {wrong("code", person.code), wrong("token", person.said.at(0)),
          wrong("verificationPayload", person.said.at(2)), wrong("phone", person.phone_number),
          wrong("uuid", as_text(person.uuid)), wrong("name", account), std::string("{")}) {
      for (const auto& key : {std::string(), api_key_}) ASSERT_TRUE(post(path, body, key));
    }
  }
  auto login = wire::JsonWriter{};
  ASSERT_TRUE(post("/accounts/v1/login",
                   login.text("name", account).text("password", "khong dung").done()));
  desk_->at(kNoon + hours{3});

  const auto loot = steal();
  std::vector<Needle> needles{{"account", Bytes(account.begin(), account.end())},
                              {"API key", Bytes(api_key_.begin(), api_key_.end())}};
  const std::string address = "127.0.0.1";
  needles.push_back({"address", Bytes(address.begin(), address.end())});
  const auto number = person.phone_number.substr(1);
  needles.push_back({"phone number", Bytes(number.begin(), number.end())});
  needles.push_back({"code", Bytes(person.code.begin(), person.code.end())});
  ASSERT_EQ(person.said.size(), 4U);
  for (const auto& said : person.said) {
    const auto signature = said.substr(said.size() - std::min<std::size_t>(said.size(), 40));
    needles.push_back({"token or certificate", Bytes(signature.begin(), signature.end())});
  }
  Dump row{{"of the person",
            {{{"uuid", {}, person.uuid},
              {"handle", {}, person.handle},
              {"key", {}, person.keys[0]},
              {"another", {}, person.keys[1]}}}}};
  for (auto& one : tests::values_of(row)) needles.push_back(std::move(one));
  const auto& log = loot.files.at("server.log");
  EXPECT_NE(as_text(log).find("server started"), std::string::npos);
  EXPECT_EQ(tests::found_in(needles, log), Told{});
  EXPECT_EQ(tests::found_in(needles, loot.files.at("metrics")), Told{});
  // It would have been found.
  auto leaky = log;
  leaky.insert(leaky.end(), number.begin(), number.end());
  EXPECT_EQ(tests::found_in(needles, leaky), Told{"phone number"});
  // A log of three hours says that the server started and that batches were published.
  EXPECT_LT(std::ranges::count(log, '\n'), 8);
}

}  // namespace
}  // namespace bz
