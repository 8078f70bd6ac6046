// `bz log add|show|forget`: a phone's log from the command line.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct LogOptions {
  std::string log;      // the file
  std::string log_key;  // file with the 32 bytes, as hex, that wrap it (bz keygen --log-key)
  bool json = false;
};

struct LogAddOptions {
  LogOptions where;
  std::string sightings;          // CSV
  std::size_t scans_a_write = 0;  // scans that become durable together; 0: all or nothing
};

struct LogForgetOptions {
  LogOptions where;
  std::int64_t now_ms = 0;
  bool confirmed = false;   // `now_ms` is right, however far it is from when the log was last used
  std::optional<int> days;  // else as the settings say
  std::optional<std::string> settings_key;  // PEM of the key that signs them; else 14 days
  std::int64_t bytes = std::int64_t{64} << 20U;
};

struct LogSayOptions {
  LogOptions where;
  std::optional<std::int64_t> now_ms;
  std::string profile = "bluezone4";
};

// Makes the file when there is none. Loose sightings are gathered into scans as engine::scans_from
// does.
Result<void> run_log_add(const LogAddOptions& options, std::ostream& out);
// Everything in it, as sightings CSV, or with `json` an object a scan.
Result<void> run_log_show(const LogOptions& options, std::ostream& out);
// {"advertisement"}: the bytes for the radio. Makes the file when there is none.
Result<void> run_log_say(const LogSayOptions& options, std::ostream& out);
Result<void> run_log_forget(const LogForgetOptions& options, std::ostream& out);

struct LogUnitOptions {
  LogOptions where;
  std::string unit;         // empty: only say what is known
  bool not_stated = false;  // no unit is said
};
// Where this phone's owner says that they live, for the one count of the installation.
Result<void> run_log_unit(const LogUnitOptions& options, std::ostream& out);

}  // namespace bz::tools
