#include "keys/publish.h"

#include <algorithm>

#include "keys/answers.h"
#include "keys/certificate_check.h"
#include "keys/slots.h"
#include "keys/upload_rules.h"
#include "keys/uploads.h"
#include "wire/tekmac.h"

namespace bz::keys {
namespace {

constexpr std::size_t kShortestSecret = 16;  // bytes of the phone's HMAC secret

bool fits(const wire::PublishRequest& request, const Digest& tekmac) {
  std::vector<wire::KeyText> texts;
  auto without_risk = true;
  for (const auto& key : request.keys) {
    texts.push_back({.key = key.key,
                     .rolling_start = key.rolling_start,
                     .rolling_period = key.rolling_period,
                     .transmission_risk = key.transmission_risk});
    without_risk = without_risk && key.transmission_risk == 0;
  }
  if (wire::tekmac(texts, request.hmac_secret, true) == tekmac) return true;
  return without_risk && wire::tekmac(texts, request.hmac_secret, false) == tekmac;
}

int days_since(Interval then, Instant now) {
  return static_cast<int>((day_of(now) - day_of(start_of(then))).count());
}

// For the next revision: the keys of this upload first, then what the token listed before.
std::vector<KeyTag> tags_of(const Upload& upload) {
  std::vector<KeyTag> tags;
  for (const auto& key : upload.keys) tags.push_back(tag_of(key.key.bytes));
  if (!upload.may_revise) return tags;
  for (const auto& tag : *upload.may_revise) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

Counted counted(const http::Request& request, const CheckedUpload& checked, const Kept& kept,
                Instant now) {
  Counted count{.platform = platform_of(request.header("user-agent").value_or("")),
                .keys = kept.added,
                .has_revisions = kept.revised > 0,
                .key_ages = {},
                .onset_days = {}};
  if (kept.added > 0) {
    for (const auto& key : checked.keys) count.key_ages.push_back(days_since(key.key.start, now));
  }
  if (checked.onset) count.onset_days = days_since(*checked.onset, now);
  return count;
}

// What can be said of a request without looking into its body; nothing: go on. A limit puts its
// headers into `response`.
std::optional<Refusal> check_request(const UploadDesk& desk, const http::Request& request,
                                     http::Response& response) {
  if (desk.settings.maintenance) return maintenance();
  if (!is_json(request)) return wrong_content_type();
  if (desk.limit == nullptr) return {};
  const auto now = desk.world.clock.now();
  const auto verdict = desk.limit->take(request.address_prefix, now);
  http::put_headers(verdict, now, response);
  if (verdict.allowed) return {};
  return Refusal{
      .status = 429, .code = {}, .error = "too many uploads from this network: try again later"};
}

}  // namespace

void note_failure(const UploadDesk& desk) {
  desk.world.metrics.counter("bz_uploads_failed_total", "Uploads that the store could not take.")
      .add();
}

std::variant<const KnownAuthority*, Refusal> find_authority(const Directory& directory,
                                                            std::string_view id) {
  const auto* authority = directory.find(id);
  if (authority == nullptr) {
    return Refusal{.status = 401,
                   .code = "unknown_health_authority_id",
                   .error = "the healthAuthorityID is not known here"};
  }
  if (authority->regions == 0) {
    return Refusal{.status = 500,
                   .code = "health_authority_missing_region_config",
                   .error = "the authority has no region yet: try again later"};
  }
  return authority;
}

std::int64_t regions_of(const Directory& directory, const KnownAuthority& authority,
                        wire::TestType type, bool traveler) {
  if (type == wire::TestType::kContact) return authority.contact_regions;
  return authority.regions | (traveler ? directory.traveler_regions : 0);
}

http::Response answer_upload(const UploadDesk& desk, const http::Request& request,
                             const std::function<Taken(const http::Request&)>& take) {
  http::Response limits;
  if (const auto refusal = check_request(desk, request, limits)) {
    auto response = answer(*refusal);
    response.headers.insert(response.headers.end(), limits.headers.begin(), limits.headers.end());
    return response;
  }
  const auto taken = take(request);
  if (const auto* refusal = std::get_if<Refusal>(&taken)) return answer(*refusal);
  return answer(std::get<wire::PublishAnswer>(taken));
}

std::variant<wire::Certificate, Refusal> certificate_of(
    const UploadDesk& desk, const KnownAuthority& authority, const Shown& shown, Instant now,
    const std::function<bool(const Digest&)>& fits) {
  if (auto refusal = check_number(shown.entries)) return std::move(*refusal);
  if (shown.secret.size() < kShortestSecret) {
    return invalid_certificate("hmacKey is not at least 16 bytes in base64");
  }
  auto kid_is_unknown = false;
  auto certificate =
      check_certificate(authority, shown.certificate, shown.chains, now, fits, kid_is_unknown);
  if (kid_is_unknown) desk.asks_for_new_keys = true;
  return certificate;
}

http::Response Publish::operator()(const http::Request& request) {
  return answer_upload(desk_, request, [this](const http::Request& r) { return take(r); });
}

std::variant<wire::PublishAnswer, Refusal> Publish::take(const http::Request& http_request) {
  const auto request = wire::parse_publish_request(http_request.body);
  if (!request) return bad_request(request.error().what);
  const auto directory = desk_.directory.get();
  const auto found = find_authority(*directory, request->health_authority);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const auto& authority = *std::get<const KnownAuthority*>(found);
  const auto now = desk_.world.clock.now();
  const auto certificate = certificate_of(
      desk_, authority, {request->keys.size(), request->hmac_secret, request->certificate, false},
      now, [&](const Digest& tekmac) { return fits(*request, tekmac); });
  if (const auto* refusal = std::get_if<Refusal>(&certificate)) return *refusal;
  const auto& report = std::get<wire::Certificate>(certificate);

  const auto checked = check_keys(*request, report, now);
  if (const auto* refusal = std::get_if<Refusal>(&checked)) return *refusal;
  const auto& keys = std::get<CheckedUpload>(checked);

  Upload upload{.keys = keys.keys,
                .handle = report.handle,
                .authority = authority.number,
                .regions = regions_of(*directory, authority, report.report, request->traveler),
                .may_revise = {}};
  if (!request->revision_token.empty()) {
    auto tags = tokens_.read(authority.authority.id, request->revision_token);
    if (!tags) {
      return Refusal{.code = "invalid_revision_token", .error = tags.error().what};
    }
    upload.may_revise = std::move(*tags);
  }
  const auto stored = keep_upload(desk_.store, desk_.revoked, upload, desk_.settings.period, now);
  if (!stored) {
    note_failure(desk_);
    return internal_error();
  }
  if (const auto* refusal = std::get_if<Refusal>(&*stored)) return *refusal;
  const auto& kept = std::get<Kept>(*stored);
  // The same upload sent again is counted once.
  if (kept.before == 0)
    statistics_.count(authority.number, counted(http_request, keys, kept, now), now);

  wire::PublishAnswer answer;
  answer.revision_token = tokens_.write(authority.authority.id, tags_of(upload));
  answer.inserted = static_cast<std::int64_t>(kept.inserted());
  answer.warnings = keys.warnings;
  if (keys.is_partial) {
    answer.code = "partial_failure";
    answer.error = "some keys could not be taken, the others were: see warnings";
  }
  return answer;
}

}  // namespace bz::keys
