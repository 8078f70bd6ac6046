// For the tests of separation: people who go through the real server over HTTP, and what a thief
// finds on its disk.
#pragma once

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

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::Dump;
using tests::Hours;
using tests::Needle;

inline constexpr Day kDay{days{18'493}};  // 19 August 2020
inline constexpr Instant kNoon = Instant{kDay} + hours{12};
inline constexpr int kHours = 5;
inline constexpr int kAnHour = 12;

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

inline const Bytes& bytes_in(const tests::Row& row, std::string_view column) {
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

using Told = std::set<std::string>;

}  // namespace bz
