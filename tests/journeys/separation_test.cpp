// The promise: whoever holds all complete databases and all logs, without the supervisors' key,
// cannot join an upload to a code. Sixty people go through the real server over HTTP; then a thief
// (thief.h) takes what lies on its disk and tries.
//
// Of the disk the master keys are left out, which are no database and belong elsewhere: they open
// tokens' and HMACs' secrets, and no test here says what could be done with them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>

#include "base/base64.h"
#include "base/ecdh.h"
#include "base/file.h"
#include "base/sqlite.h"
#include "base/temp_folder.h"
#include "codes/api_keys.h"
#include "codes/authorities.h"
#include "keys/authorities.h"
#include "phone/phone.h"
#include "server/first_start.h"
#include "sim/health_desk.h"
#include "tests/journeys/thief.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"
#include "wire/tekmac.h"

namespace bz {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::Dump;
using tests::Hours;
using tests::Needle;

constexpr Day kDay{days{18'493}};  // 19 August 2020
constexpr Instant kNoon = Instant{kDay} + hours{12};
constexpr int kHours = 5;
constexpr int kAnHour = 12;

// The line of a phone on which a test listens.
class Overheard final : public phone::Transport {
 public:
  Overheard(const sim::HealthDesk& desk, Random& random) : line_(desk.address(), random) {}
  Result<std::vector<std::string>> export_names() override { return line_.export_names(); }
  Result<Bytes> fetch(const std::string& name) override { return line_.fetch(name); }
  Result<Bytes> settings() override { return line_.settings(); }
  Result<wire::VerifyAnswer> verify(std::string_view code) override {
    auto answer = line_.verify(code);
    if (answer) said = {answer->token, answer->chains_token};
    return answer;
  }
  Result<std::string> certificate(std::string_view token, const Digest& tekmac) override {
    auto answer = line_.certificate(token, tekmac);
    if (answer) said.push_back(*answer);
    return answer;
  }
  Result<wire::PublishAnswer> publish(const phone::Upload& upload, std::string_view certificate,
                                      ByteView secret) override {
    auto answer = line_.publish(upload, certificate, secret);
    if (answer) said.push_back(answer->revision_token);
    return answer;
  }
  Result<wire::PublishAnswer> publish_chains(const phone::ChainUpload& upload,
                                             std::string_view certificate,
                                             ByteView secret) override {
    return line_.publish_chains(upload, certificate, secret);
  }
  Result<void> cover(Call call) override { return line_.cover(call); }

  std::vector<std::string> said;  // token, token for chains, certificate, revision token

 private:
  phone::HttpTransport line_;
};

struct Person {
  std::string code;
  Bytes uuid;
  std::string phone_number;
  Bytes handle;
  std::vector<Bytes> keys;
  std::vector<std::string> said;
};

const Bytes& bytes_in(const tests::Row& row, std::string_view column) {
  return std::ranges::find(row, column, &tests::Cell::column)->bytes;
}

// What the thief has: the databases as they lie there, with their write-ahead logs.
struct Loot {
  Bytes all_of_codes;  // accounts too, with the logs and what /metrics says
  Bytes all_of_keys;   // with the published files
  std::map<std::string, Bytes> files;
  Dump codes;
  Dump keys;
};

class Separation : public testing::Test {
 protected:
  Separation() {
    auto desk = sim::HealthDesk::open(folder_, random_, kNoon - hours{1}, 100);
    EXPECT_TRUE(desk) << (desk ? "" : desk.error().what);
    desk_ = std::move(*desk);
    auto& codes = *desk_->server().codes_store();
    auto authority = codes::list_authorities(codes)->front();
    authority.test_types = {"confirmed", "likely", "user-report", "contact"};
    authority.bluezone3 = true;
    authority.short_minutes = 60;
    authority.supervisors_key = AgreementKey::draw(random_).public_key().to_pem();
    EXPECT_TRUE(codes::put_authority(codes, authority, "test", kNoon));
    api_key_ = codes::add_api_key(codes, random_, server::kDefaultAuthority, "laboratory",
                                  codes::KeyKind::kAdmin, "test", kNoon)
                   ->text;
    auto& keys = *desk_->server().keys_store();
    auto publisher = keys::list_authorities(keys)->front();
    publisher.chains = true;
    EXPECT_TRUE(keys::change_authority(keys, publisher));
    desk_->at(kNoon);
  }

  Result<HttpAnswer> post(const std::string& path, std::string body, const std::string& key = {}) {
    HttpRequest request;
    request.method = "POST";
    request.url = desk_->server().url() + path;
    request.headers = {{"Content-Type", "application/json"}};
    if (!key.empty()) request.headers.emplace_back("X-API-Key", key);
    request.body = std::move(body);
    return client_.send(request);
  }

  // The person of this number is ill since some day of the last week; most are confirmed.
  Person issue(int number, int days_ill) {
    Person person;
    wire::JsonWriter body;
    body.text("symptomDate", "2020-08-" + std::to_string(19 - days_ill));
    if (number % 10 == 3) {
      person.phone_number = "+8490123" + std::to_string(4'000 + number);
      body.text("testType", "user-report").text("phone", person.phone_number);
      body.boolean("onlyGenerateSMS", true);
    } else {
      body.text("testType", number % 4 == 1 ? "likely" : "confirmed");
    }
    const auto before = codes_now();
    const auto answer = post("/api/issue", body.done(), api_key_);
    EXPECT_TRUE(answer && answer->status == 200) << (answer ? answer->body : answer.error().what);
    auto json = wire::JsonReader::parse(answer->body, 64'000);
    person.code = json->text("code").value_or("");
    person.uuid = tests::difference(before, codes_now()).at("codes").front().front().bytes;
    return person;
  }

  // Code, consent and upload, one after the other, as fast as a hurried person could.
  void upload(int number, Person& person, Instant now) {
    desk_->at(now);
    SealKey key;
    random_.fill(key);
    auto phone = phone::Phone::open(folder_ / (std::to_string(number) + ".db"), key, random_, {});
    ASSERT_TRUE(phone);
    for (int ago = 2; ago >= 0; --ago)
      ASSERT_TRUE(phone->advertisement(now - days{ago} - hours{1}));
    const auto codes_before = codes_now();
    const auto keys_before = keys_now();
    Overheard line(*desk_, random_);
    const auto test = phone->report().enter_code(line, person.code, now);
    ASSERT_TRUE(test) << test.error().what;
    auto preview = phone->preview_upload(kDay - days{14}, now);
    ASSERT_TRUE(preview);
    ASSERT_TRUE(phone->report().agree(std::move(*preview).agreed(), now));
    const auto sent = phone->report().send(line);
    ASSERT_TRUE(sent) << sent.error().what;
    ASSERT_EQ(sent->inserted, 3);
    person.said = line.said;
    const auto written = tests::difference(keys_before, keys_now());
    for (const auto& row : written.at("keys")) {
      person.handle = bytes_in(row, "handle");
      person.keys.push_back(bytes_in(row, "key"));
    }
    codes_times_.add(tests::difference(codes_before, codes_now()), now);
    keys_times_.add(written, now);
  }

  // The same person's phone was one of the 2020 app's, too.
  void upload_chain(const Person& person, Instant now) {
    std::array<std::uint8_t, 32> key{};
    random_.fill(key);
    Digest secret{};
    random_.fill(secret);
    const auto text = to_base64(key);
    const auto start = to_ms(Instant{kDay}) / 1'000;
    wire::PublishChainsRequest request{.entries = {{text, start, to_ms(now) / 1'000 - 60, 96}},
                                       .health_authority = server::kDefaultAuthority,
                                       .certificate = {},
                                       .hmac_secret = {secret.begin(), secret.end()}};
    const std::vector<wire::ChainText> texts{{text, start, request.entries[0].time_end_s, 96}};
    auto line = desk_->line();
    const auto certificate = line.certificate(person.said.at(1), chain_tekmac(texts, secret));
    ASSERT_TRUE(certificate) << certificate.error().what;
    request.certificate = *certificate;
    const auto answer =
        post("/v1/publish-bluezone3", wire::write_publish_chains_request(request, ""));
    ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : answer.error().what);
  }

  void leave_callback() {
    Bytes message(256);
    random_.fill(message);
    const auto answer =
        post("/v1/callback", wire::JsonWriter{}.text("message", to_base64(message)).done());
    ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : answer.error().what);
  }

  // Twelve codes at the beginning of each of five hours; they are used from minute 10 to 58, four
  // minutes from one to the next, in an order that has nothing to do with that of the codes.
  void live() {
    std::mt19937 order(1);
    for (int hour = 0; hour < kHours; ++hour) {
      const auto start = kNoon + hours{hour};
      std::vector<Person> people;
      for (int i = 0; i < kAnHour; ++i) {
        desk_->at(start + seconds{5 + 7 * i});
        people.push_back(issue(hour * kAnHour + i, (i + hour) % 7));
      }
      std::ranges::shuffle(people, order);
      for (int i = 0; i < kAnHour; ++i) {
        const auto now = start + minutes{10 + 4 * i} + seconds{3 + 5 * i};
        ASSERT_NO_FATAL_FAILURE(
            upload(hour * kAnHour + i, people[static_cast<std::size_t>(i)], now));
        if (i % 6 == 0) leave_callback();
        if (hour == 2 && i == 5) upload_chain(people[5], now);
        if (HasFatalFailure()) return;
      }
      std::ranges::move(people, std::back_inserter(people_));
    }
    desk_->at(kNoon + hours{kHours} + minutes{1});
  }

  [[nodiscard]] Dump codes_now() const {
    return tests::read_database(desk_->folder() / "codes.db");
  }
  [[nodiscard]] Dump keys_now() const { return tests::read_database(desk_->folder() / "keys.db"); }

  Loot steal() {
    Loot loot;
    const auto copy = folder_ / "loot";
    std::filesystem::create_directories(copy);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(desk_->folder())) {
      const auto name = entry.path().lexically_relative(desk_->folder()).string();
      if (!entry.is_regular_file() || name.ends_with("master.key")) continue;
      auto bytes = read_file(entry.path(), std::size_t{1} << 26U);
      if (!bytes) continue;
      const bool of_keys = name.starts_with("keys");
      auto& all = of_keys ? loot.all_of_keys : loot.all_of_codes;
      all.insert(all.end(), bytes->begin(), bytes->end());
      loot.files[name] = std::move(*bytes);
      if (name.find(".db") != std::string::npos) {
        std::filesystem::copy_file(entry.path(), copy / name);
      }
    }
    loot.files["server.log"] = *read_file(folder_ / "server.log", std::size_t{1} << 26U);
    HttpRequest request;
    request.url = desk_->server().url() + "/metrics";
    const auto metrics = client_.send(request);
    EXPECT_TRUE(metrics);
    loot.files["metrics"] = {metrics->body.begin(), metrics->body.end()};
    for (const auto* name : {"server.log", "metrics"}) {
      const auto& bytes = loot.files[name];
      loot.all_of_codes.insert(loot.all_of_codes.end(), bytes.begin(), bytes.end());
    }
    loot.codes = tests::read_database(copy / "codes.db");
    loot.keys = tests::read_database(copy / "keys.db");
    return loot;
  }

  // The people's things by the hour, in the order in which they were there.
  template <class Thing>
  Hours in_order(Thing thing) const {
    Hours all(kHours);
    for (std::size_t i = 0; i < people_.size(); ++i) {
      all[i / kAnHour].push_back(thing(people_[i]));
    }
    return all;
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
  SystemRandom random_;
  std::unique_ptr<sim::HealthDesk> desk_;
  HttpClient client_;
  std::string api_key_;
  std::vector<Person> people_;
  tests::TimesTold codes_times_;
  tests::TimesTold keys_times_;
};

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

using Told = std::set<std::string>;

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
