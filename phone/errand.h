// Errands: small calls that a phone makes by itself, each alone on a connection of its own and all
// of one size: its owner's wish to be called, or cover in its place (phone/callback.h), and once
// the count of its installation (phone/installation.h). When each is due is drawn ahead and kept,
// so that neither its owner's act nor a restart moves it.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "phone/store.h"

namespace bz::phone {

struct Errand {
  Instant due;
  int failures = 0;  // since the last that was answered

  bool operator==(const Errand&) const = default;
};

inline constexpr std::string_view kCallbackErrand = "errand callback";
inline constexpr std::string_view kInstallErrand = "errand install";

// Nothing before the first was drawn; kMalformed when it cannot be read.
Result<std::optional<Errand>> errand(Store& store, std::string_view name);
// Durable when it returns.
Result<void> keep_errand(Store& store, std::string_view name, const Errand& errand);

// After a call without an answer: soon, then less and less often.
Errand after_failure(Errand failed, Instant now, Random& random);

// No errand is run in this time after a visit (phone/visits.h), whatever that carried: what is due
// then is put off until one to two hours after it, and what is drawn without a call before it comes
// no sooner than that. So a callback never comes at an upload's time, and that it does not says
// nothing.
inline constexpr std::chrono::hours kQuietAfterVisit{1};
Result<void> keep_errands_away(Store& store, Instant visit);

}  // namespace bz::phone
