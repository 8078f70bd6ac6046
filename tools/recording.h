// Recordings of real phones: one row for each advertisement that one phone received of another,
// with its time and strength.
//
// Columns, found by their names, in any order, others ignored: session_id, tx_device (who sent),
// rx_device (who heard), time_s (from the session's start, may be a little below 0), rssi_dbm,
// tx_power_dbm (as logged, may be blank). What a phone cannot know, such as the true distance, is
// never read. Rows of a session are together and in order of time.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "engine/sighting.h"

namespace bz::tools {

struct RecordedPacket {
  std::string_view session;  // valid during the visit only, as the devices
  std::string_view rx_device;
  std::string_view tx_device;
  std::chrono::milliseconds time{0};  // from the session's start
  engine::Dbm rssi;
  std::optional<engine::Dbm>
      tx_power;  // as the log names it; engine/calibration.h says what it is worth
};

// Row by row, in memory for one line; of one session only, if `session` is given. Failures as of
// tools/csv_reader.h; kMalformed also for a field that is no number or out of range, for a session
// that begins twice and for a row that is earlier than the one before it. A failure of the visitor
// is passed on, with the line's number.
Result<void> read_recording(const std::filesystem::path& path,
                            const std::function<Result<void>(const RecordedPacket&)>& visit,
                            const std::optional<std::string>& session = {});

// Which phone model a recorded device is. Columns source, device and model; others are ignored.
class Devices {
 public:
  // kMalformed also when a device is there twice.
  static Result<Devices> read(const std::filesystem::path& path);

  // The source is what comes before the first '-' in a session's name. The device's own name when
  // it is not listed: some recordings name devices by model.
  [[nodiscard]] std::string_view model(std::string_view session, std::string_view device) const;

 private:
  std::map<std::pair<std::string, std::string>, std::string> models_;
};

}  // namespace bz::tools
