// `bz proximity`: what the engine makes of recordings, so that it can be measured against the true
// distances.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "base/result.h"

namespace bz::tools {

struct ProximityOptions {
  std::filesystem::path recording;               // as tools/recording.h has it
  std::optional<std::filesystem::path> devices;  // without it, devices are looked up as models
  bool json = false;
};

// For each directed pair (what rx_device can say of tx_device by the packets it received) and each
// 300 s of a session in which there are packets:
//
//   session_id,rx_device,tx_device,start_s,end_s,close_s,score
//
// start_s is a multiple of 300; end_s is 300 later, or the session's last packet if that is sooner;
// close_s is the expected time within 2 m, at most the window's length; score is the chance of
// being within 2 m by the mean attenuation over the window's packets. With `json` one object a
// line, and close_deviation_s besides. Sorted by session as recorded, then device and time. Holds
// one session in memory at a time.
Result<void> run_proximity(const ProximityOptions& options, std::ostream& out);

}  // namespace bz::tools
