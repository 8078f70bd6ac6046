// Whether the server's clock may be believed when it says that the servers stood still for days.
//
// A clock can jump ahead: a virtual machine that was moved, a flat battery, a wrong command. By
// such a clock every key would go out at once, before its embargo is over, and everything stored
// would be deleted as too old; neither can be taken back. So a clock that is more than three days
// (kLongestPause) ahead of the last batch is doubted, and believed only once it has gone on from
// there without another jump for an hour and a period, by a time that nobody can set, and no other
// server has closed a batch meanwhile. After a long pause of the servers that hour is lost, no
// more.
#pragma once

#include <chrono>
#include <optional>

#include "base/time.h"
#include "keys/slots.h"

namespace bz::keys {

class ClockCheck {
 public:
  using Running = std::chrono::steady_clock::time_point;

  explicit ClockCheck(seconds period) : wait_(std::chrono::hours{1} + period) {}

  // What the clock says at the time `running`, when the last batch ended at `last_end_s`.
  bool believes(Instant now, std::int64_t last_end_s, Running running);

 private:
  struct Doubt {
    std::int64_t last_end_s = 0;
    Instant since;
    Running since_running;
  };
  seconds wait_;
  std::optional<Doubt> doubt_;
};

}  // namespace bz::keys
