// A keys side for tests: a real store, a clock that is set, and uploads as phones make them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base64.h"
#include "base/file.h"
#include "base/temp_folder.h"
#include "keys/authorities.h"
#include "keys/revocations.h"
#include "keys/service.h"
#include "keys/signing_keys.h"
#include "keys/slots.h"
#include "tests/postgres_here.h"
#include "wire/certificate.h"
#include "wire/compact_export.h"
#include "wire/export_file.h"
#include "wire/json_reader.h"
#include "wire/publish_message.h"
#include "wire/tekmac.h"

namespace bz::keys {

// 2020-08-01 10:10:00 UTC: a batch of an hour ends at 11:00, 50 minutes later.
inline const Instant kTen = Instant{std::chrono::seconds{1'596'276'600}};
inline constexpr std::chrono::hours kHour{1};

enum class On { kSqlite, kPostgres };

// An upload as its phone has it before it is signed.
struct Draft {
  std::vector<wire::UploadedKey> keys = {};
  wire::TestType report = wire::TestType::kConfirmed;
  wire::RevocationHandle handle = {};
  Bytes secret = Bytes(32, 7);
  std::optional<Interval> onset = {};            // in the certificate
  std::optional<std::int64_t> phone_onset = {};  // beside it
  bool traveler = false;
  std::string token = {};
  std::string authority = "vn-moh";
  std::string issuer = "vn-moh-codes";
  std::string audience = "vn-moh-keys";
  std::string kid = "k1";
  Instant issued = {};
  Instant expires = {};
  bool short_tekmac = false;
};

class Desk {
 public:
  explicit Desk(On on = On::kSqlite) : clock(kTen), log(make_log(clock, folder())) {
    if (on == On::kPostgres) {
      auto made = tests::PostgresHere::make();
      EXPECT_TRUE(made) << made.error().what;
      postgres.emplace(std::move(*made));
    }
    settings.folder = folder();
    settings.running = [this] { return running; };
    settings.least_keys = 0;
    store = open_store();
    const auto added = add_authority(*store, {.id = "vn-moh",
                                              .issuer = "vn-moh-codes",
                                              .audience = "vn-moh-keys",
                                              .regions = {"VN"},
                                              .chains = true,
                                              .supervisor_key = supervisor.public_key().to_pem()});
    EXPECT_TRUE(added) << added.error().what;
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return temporary.path(); }
  [[nodiscard]] std::filesystem::path exports() const { return settings.folder / "exports"; }

  std::unique_ptr<store::Store> open_store() {
    store::Place place{.folder = folder()};
    if (postgres) place.database_url = postgres->url();
    auto opened = store::Store::open(place, "keys", migrations());
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(*opened);
  }

  std::unique_ptr<Service> open_service(const Settings& how) {
    auto opened =
        Service::open(*store, how,
                      [this](std::string_view) -> Result<std::vector<wire::Jwk>> {
                        return std::vector<wire::Jwk>{{"k1", certificate_key.public_key()}};
                      },
                      {.clock = clock, .random = random, .log = log, .metrics = metrics});
    EXPECT_TRUE(opened) << opened.error().what;
    return std::move(*opened);
  }

  void start() {
    service.reset();
    router = std::make_unique<http::Router>();
    service = open_service(settings);
    service->add_routes(*router);
  }

  void tick() {
    const auto done = service->tick();
    EXPECT_TRUE(done) << done.error().what;
  }
  // Time goes on; clock.set() alone is a clock that jumps.
  void wait(std::chrono::milliseconds time) {
    clock.advance(time);
    running += time;
  }
  void go_to(Instant time) { wait(time - clock.now()); }
  // So that no day is without a batch.
  void go_day_by_day_to(Instant time) {
    while (clock.now() + std::chrono::days{1} < time) {
      wait(std::chrono::days{1});
      tick();
    }
    go_to(time);
    tick();
  }
  // On to the next boundary, and ten seconds more; the batch is closed.
  void next_batch() {
    const std::chrono::seconds period = settings.period;
    go_to(from_s(boundary_after(to_s(clock.now()), period) + 10));
    tick();
  }

  http::Response post(std::string path, std::string body, http::Headers headers = {}) const {
    http::Request request;
    request.method = "POST";
    request.path = std::move(path);
    request.headers = {{"content-type", "application/json"}};
    for (auto& header : headers) {
      if (header.first == "content-type") request.headers.clear();
    }
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    request.body = std::move(body);
    request.address_prefix = "192.0.2.0/24";
    request.received = std::chrono::steady_clock::now();
    return router->handle(request);
  }
  http::Response get(std::string path, http::Headers headers = {}) const {
    http::Request request;
    request.method = "GET";
    request.path = std::move(path);
    request.headers = std::move(headers);
    return router->handle(request);
  }

  // A key of the day that is `days_ago`, whole.
  wire::UploadedKey key(int days_ago, std::int64_t risk = 0) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    const auto start = first_interval(day_of(clock.now()) - std::chrono::days{days_ago});
    return {.key = to_base64(bytes),
            .rolling_start = start.number,
            .rolling_period = 144,
            .transmission_risk = risk};
  }

  // A case with `count` keys of as many days, the youngest yesterday's.
  Draft draft(int count = 3, wire::TestType report = wire::TestType::kConfirmed) {
    Draft draft{.report = report};
    random.fill(draft.handle);
    for (int i = 0; i < count; ++i) draft.keys.push_back(key(i + 1));
    draft.issued = std::chrono::floor<std::chrono::hours>(clock.now());
    draft.expires = draft.issued + 2 * kHour;
    return draft;
  }

  wire::PublishRequest request(const Draft& draft) const {
    std::vector<wire::KeyText> texts;
    for (const auto& key : draft.keys) {
      texts.push_back({key.key, key.rolling_start, key.rolling_period, key.transmission_risk});
    }
    const wire::Certificate certificate{
        .issuer = draft.issuer,
        .audience = draft.audience,
        .issued = draft.issued,
        .expires = draft.expires,
        .tekmac = wire::tekmac(texts, draft.secret, !draft.short_tekmac),
        .report = draft.report,
        .symptom_onset = draft.onset,
        .handle = draft.handle};
    return {.keys = draft.keys,
            .health_authority = draft.authority,
            .certificate = wire::write_certificate(certificate, draft.kid, certificate_key),
            .hmac_secret = draft.secret,
            .symptom_onset_interval = draft.phone_onset,
            .traveler = draft.traveler,
            .revision_token = draft.token};
  }

  http::Response send(const wire::PublishRequest& request) const {
    return post("/v1/publish", wire::write_publish_request(request, "AAAA"));
  }
  http::Response publish(const Draft& draft) const { return send(request(draft)); }

  static wire::PublishAnswer answer_in(const http::Response& response) {
    auto parsed = wire::parse_publish_answer(response.body);
    EXPECT_TRUE(parsed) << response.body;
    return parsed ? *parsed : wire::PublishAnswer{};
  }

  // Sends it and expects that all went well.
  wire::PublishAnswer published(const Draft& draft) const {
    const auto response = publish(draft);
    EXPECT_EQ(response.status, 200) << response.body.substr(0, 400);
    return answer_in(response);
  }

  // A call of the supervisors, signed by `key`.
  std::string revocation(const std::vector<wire::RevocationHandle>& handles) const {
    return revocation(handles, to_s(clock.now()), supervisor);
  }
  static std::string revocation(const std::vector<wire::RevocationHandle>& handles,
                                std::int64_t time, const SigningKey& key) {
    const auto signature = key.sign(sha256(as_bytes(revocation_text("vn-moh", time, handles))));
    std::string list;
    for (const auto& handle : handles) {
      list += (list.empty() ? "\"" : ",\"") + to_base64(handle) + "\"";
    }
    return R"({"healthAuthorityID":"vn-moh","handles":[)" + list + R"(],"time":)" +
           std::to_string(time) + R"(,"signature":")" + to_base64(signature) + "\"}";
  }
  http::Response revoke(const std::vector<wire::RevocationHandle>& handles) const {
    return post("/v1/revoke", revocation(handles));
  }
  static std::int64_t revoked_in(const http::Response& response,
                                 std::string_view what = "revoked") {
    auto json = wire::JsonReader::parse(response.body, 64'000);
    return json ? json->integer(what).value_or(-1) : -1;
  }

  wire::Trust trust() const {
    const auto all = list_signing_keys(*store);
    EXPECT_TRUE(all);
    wire::Trust trust;
    for (const auto& k : *all) {
      trust.keys.push_back({.key = k.public_key, .version = k.version, .id = k.key_id});
    }
    return trust;
  }

  static std::vector<std::string> lines(const std::filesystem::path& file) {
    const auto bytes = read_file(file, 1U << 22U);
    EXPECT_TRUE(bytes) << file;
    std::vector<std::string> all;
    std::string_view text = bytes ? as_text(*bytes) : std::string_view{};
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      all.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
  }
  std::vector<std::string> index(const std::string& region = "VN",
                                 const std::string& name = "index.txt") const {
    return lines(exports() / region / name);
  }

  // Every file of a region's index, read back and verified.
  std::vector<wire::Export> files(const std::string& region = "VN") const {
    std::vector<wire::Export> all;
    for (const auto& name : index(region)) all.push_back(file(name));
    return all;
  }
  wire::Export file(const std::string& name) const {
    const auto path = exports() / name;
    auto read = name.ends_with(".zip") ? wire::read_whole_export(wire::ZipSource{path}, trust())
                                       : wire::read_whole_compact_export(
                                             *read_file(path, wire::kMaxCompactExport), trust());
    EXPECT_TRUE(read) << read.error().what;
    return read ? *read : wire::Export{};
  }

  TempFolder temporary = std::move(*TempFolder::make());
  SetClock clock;
  std::chrono::steady_clock::time_point running{};
  SystemRandom random;
  Metrics metrics;
  Log log;
  std::optional<tests::PostgresHere> postgres;
  SigningKey certificate_key = SigningKey::generate();
  SigningKey supervisor = SigningKey::generate();
  Settings settings;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<Service> service;

 private:
  static Log make_log(const Clock& clock, const std::filesystem::path& folder) {
    return std::move(*Log::to_file(clock, folder / "log"));
  }
};

// Of an upload: with this status and word, as every answer of this interface looks.
inline void expect_refused(const http::Response& response, int status, std::string_view code) {
  EXPECT_EQ(response.status, status) << response.body.substr(0, 300);
  EXPECT_EQ(Desk::answer_in(response).code, code);
  EXPECT_FALSE(Desk::answer_in(response).error.empty());
  EXPECT_NE(response.body.find("\"padding\""), std::string::npos);
  const auto version = std::find(response.headers.begin(), response.headers.end(),
                                 std::pair<std::string, std::string>{"x-api-version", "v1"});
  EXPECT_NE(version, response.headers.end());
}

}  // namespace bz::keys
