// The program's log: one JSON object a line, {"time","level","event",…}. By spdlog.
//
// A line tells what the program did, never of one phone's or one person's request: no key, id,
// code, token, address, phone number or name goes in, and there is no line a request
// (docs/privacy.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/result.h"

namespace bz {

struct LogField {
  std::string_view name;
  std::variant<std::int64_t, std::string_view> value;
};

class Log {
 public:
  // Lines go to standard error.
  explicit Log(const Clock& clock);
  // Or to a file, at its end. kUnavailable when it cannot be opened.
  static Result<Log> to_file(const Clock& clock, const std::filesystem::path& file);
  ~Log();
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;

  // From any thread. `event` is a few words that stay the same ("batch closed"), so that an alarm
  // can look for them; what differs goes to the fields.
  void info(std::string_view event, std::initializer_list<LogField> fields = {});
  void warning(std::string_view event, std::initializer_list<LogField> fields = {});
  void error(std::string_view event, std::initializer_list<LogField> fields = {});

 private:
  struct State;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bz
