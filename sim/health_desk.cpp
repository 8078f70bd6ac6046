#include "sim/health_desk.h"

#include <algorithm>

#include "base/base64.h"
#include "base/date.h"
#include "codes/api_keys.h"
#include "codes/authorities.h"
#include "keys/authorities.h"
#include "keys/revocations.h"
#include "keys/signing_keys.h"
#include "server/first_start.h"
#include "wire/json_reader.h"
#include "wire/sealed_message.h"

namespace bz::sim {
HealthDesk::HealthDesk(std::filesystem::path folder, Random& random, Instant now, Result<Log> log)
    : folder_(std::move(folder)),
      random_(random),
      clock_(now),
      log_(std::move(*log)),
      supervisors_(AgreementKey::draw(random)) {}

Result<std::unique_ptr<HealthDesk>> HealthDesk::open(const std::filesystem::path& folder,
                                                     Random& random, Instant now,
                                                     std::int64_t least_keys) {
  static const SystemClock log_clock;
  auto log = Log::to_file(log_clock, folder / "server.log");
  if (!log) return log.error();
  std::unique_ptr<HealthDesk> desk(new HealthDesk(folder / "server", random, now, std::move(log)));
  if (auto ok = desk->start(least_keys); !ok) return ok.error();
  return desk;
}

Result<void> HealthDesk::start(std::int64_t least_keys) {
  server::Settings settings;
  settings.data = folder_;
  settings.tick_every = std::chrono::milliseconds{0};
  settings.config.http.port = 0;
  settings.config.http.workers = 4;
  settings.config.secure_cookies = false;
  settings.config.least_keys = least_keys;
  auto application = server::Application::start(settings, clock_, random_, log_);
  if (!application) return application.error();
  application_ = std::move(*application);

  auto& store = *application_->codes_store();
  const auto key = [&](codes::KeyKind kind, std::string& into) -> Result<void> {
    const auto added = codes::add_api_key(store, random_, server::kDefaultAuthority, "town", kind,
                                          "town", clock_.now());
    if (!added) return added.error();
    into = added->text;
    return {};
  };
  auto authorities = codes::list_authorities(store);
  if (!authorities) return authorities.error();
  auto authority = authorities->front();
  authority.test_types = {"confirmed", "likely", "negative", "contact"};
  authority.supervisors_key = supervisors_.public_key().to_pem();
  if (auto ok = codes::put_authority(store, authority, "town", clock_.now()); !ok) return ok;
  auto known = keys::list_authorities(*application_->keys_store());
  if (!known) return known.error();
  known->front().supervisor_key = authority.supervisors_key;
  if (auto ok = keys::change_authority(*application_->keys_store(), known->front()); !ok) return ok;
  application_->tick();
  if (auto ok = key(codes::KeyKind::kAdmin, admin_key_); !ok) return ok;
  return key(codes::KeyKind::kDevice, device_key_);
}

Result<std::string> HealthDesk::issue_code(Day onset, wire::TestType type) {
  const bool contact = type == wire::TestType::kContact;
  HttpRequest request;
  request.method = "POST";
  request.url = application_->url() + "/api/issue";
  request.headers = {{"Content-Type", "application/json"}, {"X-API-Key", admin_key_}};
  request.body = "{\"" + std::string(contact ? "testDate" : "symptomDate") + "\":\"" +
                 to_text(onset) + "\",\"testType\":\"" + std::string(wire::word(type)) + "\"}";
  const auto answer = officer_.send(request);
  if (!answer) return answer.error();
  auto reader = wire::JsonReader::parse(answer->body, 64'000);
  if (!reader || answer->status != 200)
    return Error{Code::kUnavailable,
                 "no code was issued: status " + std::to_string(answer->status)};
  auto code = reader->text("code");
  if (!code) return Error{Code::kMalformed, "the server's answer has no code"};
  return *code;
}

Result<void> HealthDesk::take_chains() {
  auto& codes = *application_->codes_store();
  auto issuer = codes::list_authorities(codes);
  if (!issuer) return issuer.error();
  issuer->front().bluezone3 = true;
  if (auto ok = codes::put_authority(codes, issuer->front(), "town", clock_.now()); !ok) return ok;
  auto& keys = *application_->keys_store();
  auto publisher = keys::list_authorities(keys);
  if (!publisher) return publisher.error();
  publisher->front().chains = true;
  if (auto ok = keys::change_authority(keys, publisher->front()); !ok) return ok;
  application_->tick();
  return {};
}

Result<void> HealthDesk::revoke_all_cases() {
  std::vector<wire::RevocationHandle> handles;
  const auto read = application_->codes_store()->read([&](store::Sql& sql) {
    return sql.each("SELECT handle, chains_handle FROM codes WHERE handle IS NOT NULL", {},
                    [&](const store::Row& row) -> Result<bool> {
                      for (const int column : {0, 1}) {
                        if (row.is_null(column)) continue;  // no chains are taken
                        const auto plain = wire::open_message(supervisors_, wire::kForRevocation,
                                                              row.blob(column));
                        if (!plain) return plain.error();
                        std::ranges::copy(*plain, handles.emplace_back().begin());
                      }
                      return true;
                    });
  });
  if (!read) return read;
  const auto signer = SigningKey::from_pem(supervisors_.to_pem());
  if (!signer) return signer.error();
  const auto time_s = to_ms(clock_.now()) / 1'000;
  std::string list;
  for (const auto& handle : handles)
    list += (list.empty() ? "\"" : ",\"") + to_base64(handle) + '"';
  const auto text = keys::revocation_text(server::kDefaultAuthority, time_s, handles);
  HttpRequest request;
  request.method = "POST";
  request.url = application_->url() + "/v1/revoke";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{\"healthAuthorityID\":\"" + std::string(server::kDefaultAuthority) +
                 "\",\"time\":" + std::to_string(time_s) + ",\"handles\":[" + list +
                 "],\"signature\":\"" + to_base64(signer->sign(sha256(as_bytes(text)))) + "\"}";
  const auto answer = officer_.send(request);
  if (!answer) return answer.error();
  if (answer->status != 200)
    return Error{Code::kUnavailable,
                 "nothing was revoked: status " + std::to_string(answer->status)};
  return {};
}

void HealthDesk::at(Instant now) {
  // Two days at a time: a server doubts a clock that is more than three ahead of its last batch.
  constexpr std::chrono::hours kStep{48};
  while (clock_.now() + kStep < now) {
    clock_.advance(kStep);
    application_->tick();
  }
  clock_.set(now);
  application_->tick();
}

phone::ServerAddress HealthDesk::address(std::optional<std::uint16_t> port,
                                         std::string region) const {
  phone::ServerAddress address;
  address.codes = "http://127.0.0.1:" + std::to_string(port.value_or(application_->port()));
  address.keys = address.codes;
  address.api_key = device_key_;
  address.authority = server::kDefaultAuthority;
  address.region = std::move(region);
  address.accept_contact = true;
  return address;
}

phone::HttpTransport HealthDesk::line(std::optional<std::uint16_t> port, std::string region) {
  return {address(port, std::move(region)), random_};
}

Result<wire::Trust> HealthDesk::trust() {
  const auto keys = keys::list_signing_keys(*application_->keys_store());
  if (!keys) return keys.error();
  wire::Trust trust;
  for (const auto& key : *keys) trust.keys.push_back({key.public_key, key.version, key.key_id});
  return trust;
}

}  // namespace bz::sim
