// An installation counts itself once, for the campaign: in which unit, on which platform, in which
// version, and nothing by which the phone could be known again (POST /v1/installs).
//
//   waiting ── due ──► sending ── answered, or nobody knows ──► counted
//      ▲                  └─ refused, or surely not sent ─┐
//      └──────────────────────────────────────────────────┘
//
// "Sending" is durable before the call. Without an identifier the server cannot know a second call
// for what it is, so one whose answer was lost or an error of the server (5xx), or during which the
// phone was killed, is not made again: a count may be missing, none is ever there twice.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "phone/errand.h"
#include "phone/transport.h"

namespace bz::phone {

// Sent for a unit that its owner has not said.
inline constexpr std::string_view kUnitNotStated = "-";
// After the first go(), evenly drawn: time to choose a unit, and nobody sees by it when the app was
// installed.
inline constexpr std::chrono::hours kSoonestCount{1};
inline constexpr std::chrono::hours kLatestCount{24};

class Installation {
 public:
  // It must outlive this.
  explicit Installation(Store& store) : store_(&store) {}

  enum class Stage { kWaiting, kCounted };
  struct State {
    Stage stage = Stage::kWaiting;
    std::string unit{kUnitNotStated};  // empty once it is counted: it is not kept
  };
  // kMalformed when it cannot be read.
  Result<State> state();

  // By its owner: the code of a unit ("84", "84.842"), or kUnitNotStated. kInvalid when it is not 1
  // to 32 letters, digits or . - _ +; kConflict when the installation was counted already.
  Result<void> choose(std::string_view unit);

  // Counts it when that is due. True when a call was made. Errors are those of the store.
  Result<bool> go(Transport& transport, std::string_view platform, std::string_view version,
                  Instant now);

 private:
  Result<bool> send(Transport& transport, const Install& install, const Errand& due, Instant now);

  Store* store_;
};

}  // namespace bz::phone
