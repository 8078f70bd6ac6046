#include "tools/fetch_command.h"

#include <boost/json.hpp>
#include <cmath>
#include <ostream>
#include <system_error>

#include "base/clock.h"
#include "base/random.h"
#include "engine/risk_presets.h"
#include "phone/http_transport.h"
#include "phone/phone.h"
#include "tools/phone_settings.h"
#include "tools/text.h"
#include "wire/export_file.h"
#include "wire/trace_envelope.h"

namespace bz::tools {
namespace {

using boost::json::object;

phone::HttpTransport transport_of(const FetchOptions& options, Random& random) {
  phone::ServerAddress address;
  address.keys = options.server;
  address.codes = options.codes_server.empty() ? options.server : options.codes_server;
  address.authority = options.authority;
  address.exports = options.exports;
  address.region = options.region;
  return {std::move(address), random, options.into};
}

// Reads a file of either kind and adds what is in it. In words, how much.
struct Amounts {
  std::size_t keys = 0;
  std::size_t chains = 0;
};
Result<std::string> count(ByteView file, const wire::Trust& trust, Amounts& amounts) {
  if (wire::looks_like_trace_envelope(file)) {
    const auto read = wire::read_trace_envelope(file, trust);
    if (!read) return read.error();
    amounts.chains += read->chains.size();
    return std::to_string(read->chains.size()) + " chains";
  }
  const auto read = wire::read_export(file, trust, [](auto, auto) {});
  if (!read) return read.error();
  amounts.keys += read->keys;
  return std::to_string(read->keys) + " keys, " + std::to_string(read->revised) + " revised";
}

// Fetches everything that is listed and looks at each signature.
Result<void> fetch_all(phone::Transport& transport, const wire::Trust& trust, bool json,
                       std::ostream& out) {
  const auto names = transport.export_names();
  if (!names) return names.error();
  Amounts amounts;
  for (const auto& name : *names) {
    const auto file = transport.fetch(name);
    if (!file) return file.error();
    const auto words = count(*file, trust, amounts);
    if (!words) {
      transport.drop(name);
      return in_file(name, words.error());
    }
    if (!json) out << name << "  " << *words << '\n';
  }
  if (json) {
    out << boost::json::serialize(
               object{{"files", names->size()}, {"keys", amounts.keys}, {"chains", amounts.chains}})
        << '\n';
  } else {
    out << names->size() << " files with " << amounts.keys << " keys and " << amounts.chains
        << " chains\n";
  }
  if (const auto fault = transport.list_fault()) return *fault;
  return {};
}

const char* name_of(engine::Level level) {
  switch (level) {
    case engine::Level::kNone: return "none";
    case engine::Level::kLow: return "low";
    case engine::Level::kHigh: return "high";
  }
  return "";
}

void tell(const phone::CheckResult& found, const std::optional<std::string>& settings_fault,
          Instant next, bool json, std::ostream& out) {
  const auto& warning = found.warning;
  if (json) {
    boost::json::array days;
    for (const auto day : warning.days) days.push_back(to_ms(Instant{day}));
    object line{{"files", found.files},
                {"keys", found.keys},
                {"level", name_of(warning.level)},
                {"degree", static_cast<int>(warning.depth)},
                {"days_ms", std::move(days)},
                {"minutes", warning.minutes().count()},
                {"next_check_ms", to_ms(next)}};
    if (settings_fault) line["settings_fault"] = *settings_fault;
    out << boost::json::serialize(line) << '\n';
    return;
  }
  out << found.keys << " published keys compared with what this phone heard; again from "
      << utc_text(next) << '\n';
  if (settings_fault)
    out << "Those settings taken before stay in force: " << *settings_fault << '\n';
  if (warning.level == engine::Level::kNone) {
    out << "Không có cảnh báo. / No warning.\n";
    return;
  }
  out << "Cảnh báo: bạn đã ở gần một ca bệnh khoảng " << warning.minutes().count()
      << " phút.\nWarning (" << name_of(warning.level) << ", F" << static_cast<int>(warning.depth)
      << "): close to a case for about " << warning.minutes().count() << " minutes.\n";
}

// What keeps newer settings from being taken; nothing when they are in force now.
Result<std::optional<std::string>> renew_settings(const FetchOptions& options, phone::Phone& phone,
                                                  phone::Transport& transport, Instant now) {
  if (!options.settings_key) return std::optional<std::string>{};
  auto trust = read_trust({options.settings_key, false});
  if (!trust) return trust.error();
  auto keeper = phone.settings(std::move(*trust));
  if (!keeper) return keeper.error();
  const auto file = transport.settings();
  if (!file && file.error().code == Code::kNotFound) return std::optional<std::string>{};
  if (!file) return std::optional{file.error().what};
  const auto taken = keeper->take(*file, now);
  return taken ? std::optional<std::string>{} : std::optional{taken.error().what};
}

// By what a warning is judged: what was asked for, else what the authority says.
Result<engine::RiskSettings> risk_of(const FetchOptions& options,
                                     const engine::AuthoritySettings& settings) {
  if (!options.preset) return settings.risk_in_force();
  const auto preset = engine::risk_preset(*options.preset);
  if (!preset) return Error{Code::kInvalid, "--preset: no risk settings of that name"};
  return *preset;
}

// The regular look for published keys, with what belongs to it.
Result<void> look(const FetchOptions& options, phone::Phone& phone, phone::Transport& transport,
                  const wire::Trust& trust, Instant now, std::ostream& out) {
  const auto fault = renew_settings(options, phone, transport, now);
  if (!fault) return fault.error();
  const auto settings = settings_in_force(phone, options.settings_key);
  if (!settings) return settings.error();
  const auto risk = risk_of(options, *settings);
  if (!risk) return risk.error();
  if (const auto forgot = phone.forget(phone::keeping(*settings), now); !forgot)
    return forgot.error();
  const auto found = phone.check(transport, trust, *risk, now);
  if (!found) return found.error();
  tell(*found, *fault, found->fault ? now : now + settings->check_period, options.json, out);
  if (found->fault) return *found->fault;
  return {};
}

void tell_not_due(Instant next, bool json, std::ostream& out) {
  if (json) {
    out << boost::json::serialize(object{{"checked", false}, {"next_check_ms", to_ms(next)}})
        << '\n';
  } else {
    out << "not due: the next look for published keys is from " << utc_text(next)
        << " (--force looks now)\n";
  }
}

struct CallbackWords {
  const char* name = "";
  const char* text = "";  // nothing to say to people: empty
};

CallbackWords words_of(phone::CallbackOutcome outcome) {
  using Outcome = phone::CallbackOutcome;
  switch (outcome) {
    case Outcome::kNothing: return {};
    case Outcome::kCover: return {"cover", ""};
    case Outcome::kDelivered:
      return {"delivered",
              "Đã gửi lời nhắn xin gọi lại. / Your message to be called has been sent."};
    case Outcome::kNotTaken:
      return {"not taken",
              "Cơ quan y tế tạm thời không nhận thêm lời nhắn; sẽ gửi lại. / The health authority "
              "takes no more messages for now; yours goes with a later call."};
    case Outcome::kRefused:
      return {"refused",
              "Máy chủ không nhận lời nhắn; sẽ thử lại. Nếu cần gấp, hãy gọi cơ quan y tế. / The "
              "server did not take your message; it is tried again. If it is urgent, call the "
              "health authority."};
    case Outcome::kUnanswered:
      return {"unanswered",
              "Chưa gửi được lời nhắn; sẽ thử lại. / Your message got no answer; it is tried "
              "again."};
    case Outcome::kGivenUp:
      return {"given up",
              "Không gửi được lời nhắn trong 14 ngày nên đã bỏ; hãy gọi cơ quan y tế. / Your "
              "message could not be delivered in 14 days and was dropped: call the health "
              "authority."};
  }
  return {};
}

// What is due of the small calls; most are nothing that a person needs to hear of.
Result<void> run_errands(const FetchOptions& options, phone::Phone& phone,
                         phone::Transport& transport, Instant now, std::ostream& out) {
  const auto settings = settings_in_force(phone, options.settings_key);
  if (!settings) return settings.error();
  const auto outcome = phone.callback().go(transport, *settings, now);
  if (!outcome) return outcome.error();
  const auto words = words_of(*outcome);
  if (options.json && *words.name != 0) {
    out << boost::json::serialize(object{{"callback", words.name}}) << '\n';
  } else if (*words.text != 0) {
    out << words.text << '\n';
  }
  auto installation = phone.installation();
  const auto called = installation.go(transport, kPlatform, app_version().text(), now);
  if (!called) return called.error();
  if (*called && options.json) {
    const auto state = installation.state();
    if (!state) return state.error();
    const bool counted = state->stage == phone::Installation::Stage::kCounted;
    out << boost::json::serialize(object{{"installation_counted", counted}}) << '\n';
  }
  return {};
}

Result<void> wake_up(const FetchOptions& options, phone::Phone& phone, phone::Transport& transport,
                     const wire::Trust& trust, Instant now, std::ostream& out) {
  const auto before = settings_in_force(phone, options.settings_key);
  if (!before) return before.error();
  const auto next = phone.next_check(before->check_period, now);
  if (!next) return next.error();
  Result<void> looked;
  if (options.force || *next <= now) {
    looked = look(options, phone, transport, trust, now, out);
  } else {
    tell_not_due(*next, options.json, out);
  }
  // Whatever came of that: a message must not wait for a file that is damaged.
  if (auto ran = run_errands(options, phone, transport, now, out); !ran) return ran;
  if (!looked) return looked;
  const auto settings = settings_in_force(phone, options.settings_key);
  if (!settings) return settings.error();
  if (const auto notice = update_notice(*settings)) {
    out << (options.json ? boost::json::serialize(object{{"update", *notice}}) : *notice) << '\n';
  }
  return {};
}

}  // namespace

Result<void> run_fetch(const FetchOptions& options, std::ostream& out) {
  const auto trust = read_trust(options.trust);
  if (!trust) return trust.error();
  if (options.log.has_value() != options.log_key.has_value())
    return Error{Code::kInvalid, "--log and --log-key belong together"};
  std::error_code fault;
  std::filesystem::create_directories(options.into, fault);
  if (fault)
    return Error{Code::kUnavailable, options.into.string() + ": the folder cannot be made"};
  SystemRandom random;
  auto transport = transport_of(options, random);
  if (!options.log) return fetch_all(transport, *trust, options.json, out);

  const auto key = read_log_key(*options.log_key);
  if (!key) return key.error();
  auto phone = phone::Phone::open(*options.log, *key, random, {});
  if (!phone) return phone.error();
  const auto now = options.now_ms ? from_ms(*options.now_ms) : SystemClock().now();
  return wake_up(options, *phone, transport, *trust, now, out);
}

}  // namespace bz::tools
