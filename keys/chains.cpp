#include "keys/chains.h"

#include <algorithm>

#include "base/base64.h"
#include "engine/bluezone3_ids.h"
#include "keys/batches.h"
#include "keys/certificate_check.h"
#include "keys/slots.h"
#include "keys/upload_rules.h"
#include "wire/tekmac.h"
#include "wire/trace_envelope.h"

namespace bz::keys {
namespace {

using engine::PublishedChain;
using store::Parameter;

constexpr std::int64_t kDay = 86'400;

// Why one chain cannot be taken; empty when it can. Nothing before `first` is.
std::string_view fault_of(const wire::UploadedChain& chain, const Result<Bytes>& bytes,
                          const std::optional<Instant>& first, Instant now) {
  if (!bytes || bytes->size() != std::tuple_size_v<decltype(PublishedChain::daily_key)>) {
    return "not 32 bytes in base64";
  }
  if (chain.time_start_s < 0 || chain.time_start_s % kDay != 0) {
    return "timeStart is not 00:00 UTC of a day";
  }
  const auto start = chain.time_start_s;
  if (start < to_s(Instant{day_of(now) - kOldestKey})) return "begins more than 15 days ago";
  if (chain.time_end_s <= start) return "timeEnd is not after timeStart";
  if (chain.time_end_s > to_s(now + kClockTolerance)) return "timeEnd is in the future";
  if (chain.max < wire::kFewestIdsPerDay || chain.max > wire::kMostIdsPerDay) {
    return "max is not 2 to 1440";
  }
  if (first && start < to_s(*first)) return "before the first infectious day";
  return {};
}

bool fits(const wire::PublishChainsRequest& request, const Digest& tekmac) {
  std::vector<wire::ChainText> texts;
  for (const auto& entry : request.entries) {
    texts.push_back({.key = entry.key,
                     .time_start_s = entry.time_start_s,
                     .time_end_s = entry.time_end_s,
                     .max = entry.max});
  }
  return wire::chain_tekmac(texts, request.hmac_secret) == tekmac;
}

struct ChainUpload {
  std::vector<PublishedChain> chains;
  wire::RevocationHandle handle{};
  std::int64_t authority = 0;
  std::int64_t regions = 0;
};

struct KeptChains {
  std::size_t chains = 0;     // that are there now, by this upload or its first coming
  std::size_t of_others = 0;  // that were there under another certificate
};
using Answer = std::variant<KeptChains, Refusal>;

// To the second it would be the moment at which the phone changed its root. One second before the
// hour, since phones believe every name whose time begins at the end or before.
Instant shown_end(const PublishedChain& chain) {
  return std::chrono::ceil<std::chrono::hours>(chain.end) - seconds{1};
}

// When the last of the chain's names is over: it is as long as a day of few names makes it.
std::int64_t last_name_until(const PublishedChain& chain) {
  const engine::Slots slots{chain.ids_per_day};
  const auto end = shown_end(chain);
  return to_s(std::chrono::ceil<seconds>(slots.end(day_of(end), slots.index_at(end))));
}

Result<Answer> keep(store::Sql& sql, RevokedHandles& revoked, const ChainUpload& upload,
                    std::chrono::seconds period, Instant now) {
  const auto state = shared_state(sql);
  if (!state) return state.error();
  const auto is_revoked = revoked.has(sql, *state, upload.authority, upload.handle, now);
  if (!is_revoked) return is_revoked.error();
  if (*is_revoked) return Answer{KeptChains{}};  // as of a negative test
  std::vector<const PublishedChain*> fresh;
  KeptChains kept;
  for (const auto& chain : upload.chains) {
    auto is_there = false;
    auto is_ours = false;
    const auto read =
        sql.each("SELECT handle FROM chains WHERE key = $1", {ByteView{chain.daily_key}},
                 [&](const store::Row& row) -> Result<bool> {
                   const auto handle = row.blob(0);
                   is_there = true;
                   is_ours = std::equal(handle.begin(), handle.end(), upload.handle.begin(),
                                        upload.handle.end());
                   return true;
                 });
    if (!read) return read.error();
    // By a phone that lost every answer to it, and has another code now: what it said since counts.
    if (is_there && !is_ours) ++kept.of_others;
    if (!is_there) fresh.push_back(&chain);
    if (!is_there || is_ours) ++kept.chains;
  }
  if (kept.chains == 0) return Answer{bad_request("all chains were published before")};
  std::vector<Parameter> values;
  for (const auto* chain : fresh) {
    const auto held_until = last_name_until(*chain) + kEmbargo.count();
    values.insert(values.end(),
                  {slot_for(now, state->last_end(), period, held_until), ByteView{chain->daily_key},
                   to_s(chain->start), to_s(shown_end(*chain)), std::int64_t{chain->ids_per_day},
                   upload.regions, upload.authority, ByteView{upload.handle}});
  }
  if (!fresh.empty()) {
    const auto added = sql.run_each(
        "INSERT INTO chains (slot, key, start_s, end_s, ids_per_day, regions, authority, handle, "
        "generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        8, values);
    if (!added) return added.error();
  }
  return Answer{kept};
}

}  // namespace

Result<std::int64_t> drop_chains(store::Sql& sql, std::int64_t authority,
                                 const std::set<wire::RevocationHandle>& handles) {
  if (auto locked = sql.lock("batches"); !locked) return locked.error();
  const auto state = shared_state(sql);
  if (!state) return state.error();
  // There is no index by handle; what waits for its batch is read once, for all handles.
  std::vector<std::pair<std::int64_t, Bytes>> waiting;
  const auto read = sql.each(
      "SELECT slot, key, handle FROM chains WHERE slot > $1 AND authority = $2 AND generated = 0",
      {state->last_end(), authority}, [&](const store::Row& row) -> Result<bool> {
        wire::RevocationHandle handle{};
        const auto bytes = row.blob(2);
        if (bytes.size() != handle.size()) return true;
        std::copy(bytes.begin(), bytes.end(), handle.begin());
        const auto key = row.blob(1);
        if (handles.contains(handle)) {
          waiting.emplace_back(row.integer(0), Bytes{key.begin(), key.end()});
        }
        return true;
      });
  if (!read) return read.error();
  for (const auto& [slot, key] : waiting) {
    const auto gone =
        sql.run("DELETE FROM chains WHERE slot = $1 AND key = $2", {slot, ByteView{key}});
    if (!gone) return gone.error();
  }
  return static_cast<std::int64_t>(waiting.size());
}

std::variant<CheckedChains, Refusal> check_chains(const wire::PublishChainsRequest& request,
                                                  const wire::Certificate& certificate,
                                                  Instant now) {
  CheckedChains checked;
  std::optional<Instant> first;
  if (certificate.report == wire::TestType::kContact) {
    const auto day = day_of_contact(certificate, now);
    if (!day) return no_day_of_contact();
    first = start_of(*day);
  } else if (certificate.symptom_onset) {
    first = start_of(*certificate.symptom_onset) - kInfectiousBefore;
  }
  Faults faults("entry");
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    const auto& sent = request.entries[i];
    const auto bytes = from_base64(sent.key);
    const auto fault = fault_of(sent, bytes, first, now);
    if (!fault.empty()) {
      faults.add(fault, i + 1);
      continue;
    }
    PublishedChain chain{.daily_key = {},
                         .start = from_s(sent.time_start_s),
                         .end = from_s(sent.time_end_s),
                         .ids_per_day = static_cast<std::int32_t>(sent.max)};
    std::copy(bytes->begin(), bytes->end(), chain.daily_key.begin());
    const auto is_there =
        std::any_of(checked.chains.begin(), checked.chains.end(),
                    [&](const auto& c) { return c.daily_key == chain.daily_key; });
    if (is_there) {
      faults.add("there twice", i + 1);
      continue;
    }
    checked.chains.push_back(chain);
  }
  checked.warnings = faults.sentences();
  if (checked.chains.empty()) {
    auto refusal = bad_request("no entry of the upload can be taken");
    refusal.warnings = checked.warnings;
    return refusal;
  }
  std::sort(checked.chains.begin(), checked.chains.end(),
            [](const auto& a, const auto& b) { return a.daily_key < b.daily_key; });
  return checked;
}

namespace {

wire::PublishAnswer answer_of(const CheckedChains& checked, const KeptChains& kept) {
  wire::PublishAnswer answer;
  answer.inserted = static_cast<std::int64_t>(kept.chains);
  answer.warnings = checked.warnings;
  if (kept.of_others > 0) {
    answer.warnings.push_back(std::to_string(kept.of_others) +
                              " published before, under another certificate");
  }
  if (!answer.warnings.empty()) {
    answer.code = "partial_failure";
    answer.error = "some entries could not be taken, the others were: see warnings";
  }
  return answer;
}

}  // namespace

http::Response PublishChains::operator()(const http::Request& request) {
  return answer_upload(desk_, request, [this](const http::Request& r) { return take(r); });
}

std::variant<wire::PublishAnswer, Refusal> PublishChains::take(const http::Request& http_request) {
  const auto request = wire::parse_publish_chains_request(http_request.body);
  if (!request) return bad_request(request.error().what);
  const auto directory = desk_.directory.get();
  const auto found = find_authority(*directory, request->health_authority);
  if (const auto* refusal = std::get_if<Refusal>(&found)) return *refusal;
  const auto& authority = *std::get<const KnownAuthority*>(found);
  if (!authority.authority.chains) {
    return bad_request("this authority does not take keys of the profile bluezone3");
  }
  const auto now = desk_.world.clock.now();
  const auto certificate = certificate_of(
      desk_, authority, {request->entries.size(), request->hmac_secret, request->certificate, true},
      now, [&](const Digest& tekmac) { return fits(*request, tekmac); });
  if (const auto* refusal = std::get_if<Refusal>(&certificate)) return *refusal;
  const auto& report = std::get<wire::Certificate>(certificate);
  const auto checked = check_chains(*request, report, now);
  if (const auto* refusal = std::get_if<Refusal>(&checked)) return *refusal;
  const auto& chains = std::get<CheckedChains>(checked);

  // A negative test publishes nothing.
  if (report.report == wire::TestType::kNegative) return answer_of(chains, KeptChains{});
  const ChainUpload upload{.chains = chains.chains,
                           .handle = report.handle,
                           .authority = authority.number,
                           .regions = regions_of(*directory, authority, report.report, false)};
  Result<Answer> kept = Error{Code::kConflict, "not tried"};
  for (int i = 0; i < 3 && !kept && kept.error().code == Code::kConflict; ++i) {
    kept = desk_.store.write([&](store::Sql& sql) {
      return keep(sql, desk_.revoked, upload, desk_.settings.period, now);
    });
  }
  if (!kept) {
    note_failure(desk_);
    return internal_error();
  }
  if (const auto* refusal = std::get_if<Refusal>(&*kept)) return *refusal;
  return answer_of(chains, std::get<KeptChains>(*kept));
}

}  // namespace bz::keys
