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
#include "wire/export_file.h"

namespace bz::tools {
namespace {

using boost::json::object;

phone::HttpTransport transport_of(const FetchOptions& options, Random& random) {
  phone::ServerAddress address;
  address.keys = options.server;
  address.exports = options.exports;
  address.region = options.region;
  return {std::move(address), random, options.into};
}

// Fetches everything that is listed and looks at each signature.
Result<void> fetch_all(phone::Transport& transport, const wire::Trust& trust, bool json,
                       std::ostream& out) {
  const auto names = transport.export_names();
  if (!names) return names.error();
  std::size_t keys = 0;
  for (const auto& name : *names) {
    const auto file = transport.fetch(name);
    if (!file) return file.error();
    const auto read = wire::read_export(ByteView{*file}, trust, [](auto, auto) {});
    if (!read) {
      transport.drop(name);
      return in_file(name, read.error());
    }
    keys += read->keys;
    if (!json) out << name << "  " << read->keys << " keys, " << read->revised << " revised\n";
  }
  if (json) {
    out << boost::json::serialize(object{{"files", names->size()}, {"keys", keys}}) << '\n';
  } else {
    out << names->size() << " files with " << keys << " keys\n";
  }
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

void tell(const phone::CheckResult& found, bool json, std::ostream& out) {
  const auto& warning = found.warning;
  if (json) {
    boost::json::array days;
    for (const auto day : warning.days) days.push_back(to_ms(Instant{day}));
    out << boost::json::serialize(object{{"files", found.files},
                                         {"keys", found.keys},
                                         {"level", name_of(warning.level)},
                                         {"degree", static_cast<int>(warning.depth)},
                                         {"days_ms", std::move(days)},
                                         {"minutes", warning.minutes().count()}})
        << '\n';
    return;
  }
  out << found.keys << " published keys compared with what this phone heard\n";
  if (warning.level == engine::Level::kNone) {
    out << "Không có cảnh báo. / No warning.\n";
    return;
  }
  out << "Cảnh báo: bạn đã ở gần một ca bệnh khoảng " << warning.minutes().count()
      << " phút.\nWarning (" << name_of(warning.level) << ", F" << static_cast<int>(warning.depth)
      << "): close to a case for about " << warning.minutes().count() << " minutes.\n";
}

// By what a warning is judged: what was asked for, else what the authority says, else what is built
// in.
Result<engine::RiskSettings> settings_of(const FetchOptions& options, phone::Phone& phone,
                                         phone::Transport& transport, Instant now) {
  if (options.preset) {
    const auto preset = engine::risk_preset(*options.preset);
    if (!preset) return Error{Code::kInvalid, "--preset: no risk settings of that name"};
    return *preset;
  }
  if (!options.settings_key) return *engine::risk_preset(engine::kDefaultRiskPreset);
  auto trust = read_trust({options.settings_key, false});
  if (!trust) return trust.error();
  auto keeper = phone.settings(std::move(*trust));
  if (!keeper) return keeper.error();
  const auto file = transport.settings();
  if (!file && file.error().code != Code::kNotFound) return file.error();
  if (file) {
    if (const auto taken = keeper->take(*file, now); !taken) return taken.error();
  }
  return keeper->in_force().risk_in_force();
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
  const auto settings = settings_of(options, *phone, transport, now);
  if (!settings) return settings.error();
  const auto found = phone->check(transport, *trust, *settings, now);
  if (!found) return found.error();
  tell(*found, options.json, out);
  return {};
}

}  // namespace bz::tools
