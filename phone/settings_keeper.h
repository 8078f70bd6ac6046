// The health authority's settings on a phone: takes new ones only forward, and keeps the last that
// were good, so that neither an old file shown again nor a wrong one can change how the phone
// warns.
#pragma once

#include <chrono>
#include <optional>

#include "phone/store.h"
#include "wire/settings_file.h"

namespace bz::phone {

class SettingsKeeper {
 public:
  // Reads what was taken last, from the phone's store, which must outlive it. Errors as
  // Store::kept. `trust` is built into the app. Settings that were taken under a key which a newer
  // app does not trust any more are out of force, but no version below theirs is taken.
  static Result<SettingsKeeper> open(Store& store, wire::Trust trust);

  // Takes a file as it was fetched; durable when it returns. True when it is new, false when it
  // says what is in force already. On failure everything stays as it was:
  //   kMalformed    it is damaged, or a value is out of its bounds: drop it
  //   kDenied       its signature does not hold, its version is lower than one taken before or the
  //                 same with other values, or it has expired: drop it
  //   kUnavailable  it was issued more than a day after `now` (this phone's clock may be wrong), or
  //                 the disk failed: fetch it again later
  Result<bool> take(ByteView file, Instant now);

  // What was taken last; before that, what is built in. Stays in force past its expiry until there
  // are newer settings: a phone that cannot reach its server goes on as it was told.
  [[nodiscard]] const engine::AuthoritySettings& in_force() const { return file_.values; }
  // 0 before any were taken.
  [[nodiscard]] std::int64_t version() const { return file_.version; }
  // Whether newer ones should have come by now.
  [[nodiscard]] bool expired(Instant now) const { return version() > 0 && now >= file_.expires; }

 private:
  SettingsKeeper(Store& store, wire::Trust trust) : store_(&store), trust_(std::move(trust)) {}
  Result<void> check_newer(const wire::SettingsFile& file, ByteView bytes, Instant now) const;

  Store* store_;
  wire::Trust trust_;
  wire::SettingsFile file_{.version = 0, .issued = {}, .expires = {}};
  std::int64_t highest_ = 0;  // version
  Bytes signed_part_ = {};    // of the file that has it
};

}  // namespace bz::phone
