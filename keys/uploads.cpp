#include "keys/uploads.h"

#include <algorithm>
#include <array>
#include <map>

#include "keys/batches.h"
#include "keys/slots.h"
#include "keys/upload_rules.h"

namespace bz::keys {
namespace {

using engine::PublishedKey;
using engine::ReportType;
using store::Parameter;

using KeyBytes = std::array<std::uint8_t, 16>;
using Answer = std::variant<Kept, Refusal>;

// Another writer was in between: the whole is done again, and finds what it wrote.
constexpr int kTries = 4;

constexpr std::size_t kColumns = 11;

// Not by a failing constraint: PostgreSQL would log the key. And by one index: naming none would
// have it look into that of slot and key as well.
constexpr std::string_view kAddKey =
    "INSERT INTO keys (slot, key, start_interval, period, risk, report, onset_days, regions, "
    "authority, handle, generated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
    "ON CONFLICT (key, again) DO NOTHING";
constexpr std::string_view kAddKeyAgain =
    "INSERT INTO keys (slot, key, start_interval, period, risk, report, onset_days, regions, "
    "authority, handle, generated, again) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1) "
    "ON CONFLICT (key, again) DO NOTHING";

// What the store knows of an uploaded key, as it was published last.
struct Known {
  std::int64_t again = 0;  // 1: a contact's key that was published for a case too
  std::int64_t slot = 0;
  std::int64_t start = 0;
  std::int64_t period = 0;
  std::int64_t regions = 0;
  std::int64_t authority = 0;
  ReportType first{};     // with which report it was published
  ReportType report{};    // as it was last changed
  std::int64_t turn = 0;  // how often its report was changed
  bool by_this_certificate = false;
};

std::int64_t held_until(const PublishedKey& key) {
  return to_s(start_of(key.key.end()) + kEmbargo);
}

void put_key(std::vector<Parameter>& values, std::int64_t slot, const PublishedKey& key,
             const Upload& upload) {
  std::optional<std::int64_t> onset;
  if (key.days_since_onset) onset = *key.days_since_onset;
  values.insert(values.end(),
                {slot, ByteView{key.key.bytes}, std::int64_t{key.key.start.number},
                 std::int64_t{key.key.period}, std::int64_t{key.transmission_risk},
                 static_cast<std::int64_t>(key.report_type), store::or_null(onset), upload.regions,
                 upload.authority, ByteView{upload.handle}, std::int64_t{0}});
}

// As new keys, each in a batch after `last_end` and after that in which it came as a contact's:
// `known` has those that did, and is empty where none did.
Result<std::size_t> add_keys(store::Sql& sql, std::string_view statement, const Upload& upload,
                             const std::vector<const PublishedKey*>& keys,
                             const std::map<KeyBytes, Known>& known, std::int64_t last_end,
                             std::chrono::seconds period, Instant now) {
  std::vector<Parameter> values;
  values.reserve(keys.size() * kColumns);
  for (const auto* key : keys) {
    const auto was = known.find(key->key.bytes);
    const auto after = was == known.end() ? last_end : std::max(last_end, was->second.slot);
    put_key(values, slot_for(now, after, period, held_until(*key)), *key, upload);
  }
  const auto added = sql.run_each(statement, kColumns, values);
  if (!added) return added.error();
  if (static_cast<std::size_t>(*added) != keys.size()) {
    return Error{Code::kConflict, "some keys are there already"};
  }
  return keys.size();
}

// What nearly every upload is: all of its keys are new, and its case stands. kConflict when that is
// not so.
Result<Answer> keep_new(store::Sql& sql, RevokedHandles& revoked, const Upload& upload,
                        std::chrono::seconds period, Instant now) {
  const auto state = shared_state(sql);
  if (!state) return state.error();
  const auto is_revoked = revoked.has(sql, *state, upload.authority, upload.handle, now);
  if (!is_revoked) return is_revoked.error();
  if (*is_revoked) return Error{Code::kConflict, "the case was revoked"};
  std::vector<const PublishedKey*> keys;
  for (const auto& key : upload.keys) keys.push_back(&key);
  const auto added = add_keys(sql, kAddKey, upload, keys, {}, state->last_end(), period, now);
  if (!added) return added.error();
  return Answer{Kept{.added = *added}};
}

Result<std::map<KeyBytes, Known>> look_up(store::Sql& sql, const Upload& upload) {
  // One statement for any number: the last key stands in the places that are left over.
  static const std::string select = [] {
    std::string text =
        "SELECT k.key, k.slot, k.start_interval, k.period, k.regions, k.authority, k.report, "
        "k.handle, r.turn, r.report, r.handle, k.again FROM keys k "
        "LEFT JOIN revisions r ON r.key = k.key AND r.again = k.again WHERE k.key IN (";
    for (std::size_t i = 1; i <= kMostKeysAnUpload; ++i) {
      text += (i > 1 ? ", $" : "$") + std::to_string(i);
    }
    return text + ")";
  }();
  std::vector<Parameter> values;
  for (std::size_t i = 0; i < kMostKeysAnUpload; ++i) {
    values.emplace_back(ByteView{upload.keys[std::min(i, upload.keys.size() - 1)].key.bytes});
  }
  const auto is_ours = [&](ByteView handle) {
    return std::equal(handle.begin(), handle.end(), upload.handle.begin(), upload.handle.end());
  };
  std::map<KeyBytes, Known> all;
  const auto done = sql.each(select, values, [&](const store::Row& row) -> Result<bool> {
    KeyBytes key{};
    const auto bytes = row.blob(0);
    if (bytes.size() != key.size()) return Error{Code::kMalformed, "a key is not of 16 bytes"};
    std::copy(bytes.begin(), bytes.end(), key.begin());
    auto& known = all[key];
    if (is_ours(row.blob(7)) || (!row.is_null(10) && is_ours(row.blob(10)))) {
      known.by_this_certificate = true;
    }
    if (row.integer(11) < known.again) return true;
    if (row.integer(11) > known.again) {
      known = {.again = row.integer(11), .by_this_certificate = known.by_this_certificate};
    }
    known.slot = row.integer(1);
    known.start = row.integer(2);
    known.period = row.integer(3);
    known.regions = row.integer(4);
    known.authority = row.integer(5);
    known.first = static_cast<ReportType>(row.integer(6));
    if (known.turn == 0) known.report = known.first;
    if (row.is_null(8)) return true;
    if (row.integer(8) > known.turn) {
      known.turn = row.integer(8);
      known.report = static_cast<ReportType>(row.integer(9));
    }
    return true;
  });
  if (!done) return done.error();
  return all;
}

enum class Change : std::uint8_t { kNone, kRevise, kAgain };

// The changes that phones take (Exposure Notification, key revision). The reference server changes
// likely alone, so that a self-reported case could never be confirmed.
bool may_become(ReportType from, ReportType to) {
  switch (to) {
    case ReportType::kConfirmed:
    case ReportType::kRevoked:
      return from == ReportType::kLikely || from == ReportType::kSelfReport;
    case ReportType::kLikely: return from == ReportType::kSelfReport;
    default: return false;
  }
}

// Whether this upload may change a key that another certificate published, and how.
std::variant<Change, Refusal> change_of(const PublishedKey& key, const Known& known,
                                        const Upload& upload) {
  if (!upload.may_revise) {
    return Refusal{.code = "missing_revision_token",
                   .error = "some keys were published before: their revision token is needed"};
  }
  const auto& tags = *upload.may_revise;
  if (known.authority != upload.authority ||
      std::find(tags.begin(), tags.end(), tag_of(key.key.bytes)) == tags.end()) {
    return Refusal{.code = "invalid_revision_token",
                   .error = "the revision token is not for all keys that were published before"};
  }
  if (known.start != std::int64_t{key.key.start.number} ||
      known.period != std::int64_t{key.key.period}) {
    return bad_request("a key's times are not those with which it was published");
  }
  if (known.report == key.report_type) return Change::kNone;
  const auto is_case =
      key.report_type != ReportType::kRecursive && key.report_type != ReportType::kRevoked;
  if (known.first == ReportType::kRecursive && is_case) return Change::kAgain;
  if (known.turn > 0) {
    return Refusal{.code = "key_already_revised",
                   .error = "a key's report can be changed once, and was"};
  }
  if (!may_become(known.report, key.report_type)) {
    return Refusal{.code = "invalid_report_type_transition",
                   .error =
                       "a report becomes likely, confirmed or negative, in this order; this "
                       "one does not"};
  }
  return Change::kRevise;
}

Result<std::size_t> add_revisions(store::Sql& sql, const Upload& upload,
                                  const std::vector<const PublishedKey*>& keys,
                                  const std::map<KeyBytes, Known>& known, std::int64_t last_end,
                                  std::chrono::seconds period, Instant now) {
  std::vector<Parameter> values;
  for (const auto* key : keys) {
    const auto& was = known.at(key->key.bytes);
    // Later than the batch of the key itself; closing a batch sees to it where a pause of the
    // server puts several periods into one.
    const auto slot = slot_for(now, std::max(last_end, was.slot), period);
    std::optional<std::int64_t> onset;
    if (key->days_since_onset) onset = *key->days_since_onset;
    values.insert(values.end(),
                  {slot, ByteView{key->key.bytes}, std::int64_t{key->key.start.number},
                   std::int64_t{key->key.period}, std::int64_t{key->transmission_risk},
                   static_cast<std::int64_t>(key->report_type), store::or_null(onset), was.regions,
                   upload.authority, ByteView{upload.handle}, was.again});
  }
  const auto added = sql.run_each(
      "INSERT INTO revisions (slot, key, again, turn, start_interval, period, risk, report, "
      "onset_days, regions, authority, handle, generated) "
      "VALUES ($1, $2, $11, 1, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
      11, values);
  if (!added) return added.error();
  return static_cast<std::size_t>(*added);
}

// Any upload: some keys may be there, and the case may have been revoked.
Result<Answer> keep_any(store::Sql& sql, RevokedHandles& revoked, const Upload& upload,
                        std::chrono::seconds period, Instant now) {
  const auto state = shared_state(sql);
  if (!state) return state.error();
  const auto is_revoked = revoked.has(sql, *state, upload.authority, upload.handle, now);
  if (!is_revoked) return is_revoked.error();
  const auto known = look_up(sql, upload);
  if (!known) return known.error();

  Kept kept;
  std::vector<const PublishedKey*> fresh;
  std::vector<const PublishedKey*> changed;
  std::vector<const PublishedKey*> again;
  for (const auto& key : upload.keys) {
    const auto at = known->find(key.key.bytes);
    if (at == known->end()) {
      // A negative test takes back; it publishes nothing.
      if (key.report_type != ReportType::kRevoked && !*is_revoked) fresh.push_back(&key);
      continue;
    }
    if (at->second.by_this_certificate) {
      ++kept.before;
      continue;
    }
    if (*is_revoked) continue;
    const auto change = change_of(key, at->second, upload);
    if (const auto* refusal = std::get_if<Refusal>(&change)) return Answer{*refusal};
    if (std::get<Change>(change) == Change::kRevise) changed.push_back(&key);
    if (std::get<Change>(change) == Change::kAgain) again.push_back(&key);
  }
  if (!fresh.empty()) {
    const auto added =
        add_keys(sql, kAddKey, upload, fresh, *known, state->last_end(), period, now);
    if (!added) return added.error();
    kept.added = *added;
  }
  if (!changed.empty()) {
    const auto revised =
        add_revisions(sql, upload, changed, *known, state->last_end(), period, now);
    if (!revised) return revised.error();
    kept.revised = *revised;
  }
  if (!again.empty()) {
    // Keys of a contact who became a case: new to the regions of cases.
    const auto added =
        add_keys(sql, kAddKeyAgain, upload, again, *known, state->last_end(), period, now);
    if (!added) return added.error();
    kept.added += *added;
  }
  return Answer{kept};
}

}  // namespace

Result<Answer> keep_upload(store::Store& store, RevokedHandles& revoked, const Upload& upload,
                           std::chrono::seconds period, Instant now) {
  const auto publishes = upload.keys.front().report_type != ReportType::kRevoked;
  if (publishes && !upload.may_revise) {
    auto kept =
        store.write([&](store::Sql& sql) { return keep_new(sql, revoked, upload, period, now); });
    if (kept || kept.error().code != Code::kConflict) return kept;
  }
  Result<Answer> kept = Error{Code::kUnavailable, "not tried"};
  for (int i = 0; i < kTries; ++i) {
    kept =
        store.write([&](store::Sql& sql) { return keep_any(sql, revoked, upload, period, now); });
    if (kept || kept.error().code != Code::kConflict) return kept;
  }
  return kept;
}

}  // namespace bz::keys
