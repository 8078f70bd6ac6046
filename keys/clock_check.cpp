#include "keys/clock_check.h"

namespace bz::keys {
namespace {

// What a clock that is being set right by small steps may differ from the running time.
constexpr std::chrono::minutes kDrift{10};

}  // namespace

bool ClockCheck::believes(Instant now, std::int64_t last_end_s, Running running) {
  if (to_s(now) - last_end_s <= kLongestPause.count()) {
    doubt_.reset();
    return true;
  }
  if (doubt_ && doubt_->last_end_s == last_end_s) {
    const auto drift = (now - doubt_->since) - (running - doubt_->since_running);
    if (std::chrono::abs(drift) <= kDrift) return running - doubt_->since_running >= wait_;
  }
  doubt_ = Doubt{.last_end_s = last_end_s, .since = now, .since_running = running};
  return false;
}

}  // namespace bz::keys
