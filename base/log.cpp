#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <cstdio>
#include <string>

#include "base/utf8.h"

namespace bz {
namespace {

// RFC 8259 text; bytes that are no UTF-8 become U+FFFD, so that every line stays JSON.
void append_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto length = first_character(text);
    const char c = text.front();
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

// "2020-08-19T07:30:00.250Z"
std::string iso_time(Instant now) {
  const auto day = day_of(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

std::string line(Instant now, std::string_view level, std::string_view event,
                 std::initializer_list<LogField> fields) {
  std::string out = R"({"time":")" + iso_time(now) + R"(","level":")";
  out += level;
  out += R"(","event":)";
  append_text(out, event);
  for (const auto& field : fields) {
    out += ',';
    append_text(out, field.name);
    out += ':';
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
      out += std::to_string(*number);
    } else {
      append_text(out, std::get<std::string_view>(field.value));
    }
  }
  return out + '}';
}

}  // namespace

struct Log::State {
  State(const Clock& the_clock, spdlog::sink_ptr sink)
      : clock(the_clock), logger("bz", std::move(sink)) {
    logger.set_pattern("%v");
    // A line that tells why the program ended must be out before it ends.
    logger.flush_on(spdlog::level::info);
  }
  void write(spdlog::level::level_enum level, std::string_view name, std::string_view event,
             std::initializer_list<LogField> fields) {
    logger.log(level, spdlog::string_view_t(line(clock.now(), name, event, fields)));
  }

  const Clock& clock;
  spdlog::logger logger;
};

Log::Log(const Clock& clock)
    : state_(std::make_unique<State>(clock, std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}
Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}
Log::~Log() = default;
Log::Log(Log&&) noexcept = default;
Log& Log::operator=(Log&&) noexcept = default;

Result<Log> Log::to_file(const Clock& clock, const std::filesystem::path& file) {
  try {
    auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string());
    return Log(std::make_unique<State>(clock, std::move(sink)));
  } catch (const spdlog::spdlog_ex&) {
    return Error{Code::kUnavailable,
                 "the log file cannot be opened: check its folder and its permissions"};
  }
}

void Log::info(std::string_view event, std::initializer_list<LogField> fields) {
  state_->write(spdlog::level::info, "info", event, fields);
}

void Log::warning(std::string_view event, std::initializer_list<LogField> fields) {
  state_->write(spdlog::level::warn, "warning", event, fields);
}

void Log::error(std::string_view event, std::initializer_list<LogField> fields) {
  state_->write(spdlog::level::err, "error", event, fields);
}

}  // namespace bz
