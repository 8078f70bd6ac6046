#include "tools/log_command.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <ostream>

#include "base/clock.h"
#include "base/random.h"
#include "phone/forget.h"
#include "phone/installation.h"
#include "phone/phone.h"
#include "phone/settings_keeper.h"
#include "phone/sighting_log.h"
#include "tools/input.h"
#include "wire/limits.h"
#include "wire/sightings_csv.h"

namespace bz::tools {
namespace {

using boost::json::object;

using Missing = phone::Store::Missing;

Result<phone::Store> open_log(const LogOptions& options, Random& random, Missing missing) {
  const auto key = read_log_key(options.log_key);
  if (!key) return key.error();
  return phone::Store::open(options.log, *key, random, missing);
}

object to_json(const engine::Sighting& sighting) {
  object line{{"profile", engine::name_of(sighting.profile)},
              {"id", to_hex(ByteView(sighting.id.bytes).first(engine::id_size(sighting.profile)))},
              {"rssi_dbm", sighting.rssi.value},
              {"time_ms", to_ms(sighting.time)}};
  if (sighting.profile != engine::Profile::kBluezone3) line["aem"] = to_hex(sighting.aem.bytes);
  if (sighting.rssi == engine::kNoRssi) line["rssi_dbm"] = nullptr;
  return line;
}

}  // namespace

Result<void> run_log_add(const LogAddOptions& options, std::ostream& out) {
  const auto csv = read_text(options.sightings);
  if (!csv) return csv.error();
  auto sightings = wire::parse_sightings_csv(*csv);
  if (!sightings) return in_file(options.sightings, sightings.error());
  const auto count = sightings->size();
  SystemRandom random;
  auto store = open_log(options.where, random, Missing::kMake);
  if (!store) return store.error();
  phone::SightingLog log(*store);
  const auto scans = engine::scans_from(std::move(*sightings));
  const auto a_write = options.scans_a_write == 0 ? scans.size() : options.scans_a_write;
  const auto started = std::chrono::steady_clock::now();
  for (std::span<const engine::Scan> rest(scans); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), a_write));
    if (auto ok = log.append(part); !ok) {
      const auto stored = scans.size() - rest.size();
      return Error{ok.error().code, options.where.log + ": " + ok.error().what + "; the first " +
                                        std::to_string(stored) +
                                        " scans of the file are stored, the rest are not"};
    }
    rest = rest.subspan(part.size());
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  const auto rate =
      static_cast<std::int64_t>(static_cast<double>(count) / std::max(took.count(), 1e-9));
  if (options.where.json) {
    out << boost::json::serialize(
               object{{"scans", scans.size()}, {"sightings", count}, {"sightings_a_second", rate}})
        << '\n';
  } else {
    out << "added " << count << " sightings in " << scans.size() << " scans (" << rate
        << " a second)\n";
  }
  return {};
}

Result<void> run_log_show(const LogOptions& options, std::ostream& out) {
  SystemRandom random;
  auto store = open_log(options, random, Missing::kFail);
  if (!store) return store.error();
  phone::SightingLog log(*store);
  if (!options.json) out << wire::kSightingsHeader << '\n';
  const auto report = log.read([&](const engine::Scan& scan) {
    if (!options.json) {
      for (const auto& sighting : scan.heard) out << wire::sightings_csv_line(sighting);
      return;
    }
    boost::json::array heard;
    for (const auto& sighting : scan.heard) heard.emplace_back(to_json(sighting));
    out << boost::json::serialize(
               object{{"start_ms", to_ms(scan.start)}, {"heard", std::move(heard)}})
        << '\n';
  });
  if (!report) return in_file(options.log, report.error());
  if (report->damaged > 0) {
    return Error{Code::kMalformed,
                 options.log + ": " + std::to_string(report->damaged) +
                     " scans are damaged and were left out; the others are above"};
  }
  return {};
}

Result<void> run_log_say(const LogSayOptions& options, std::ostream& out) {
  const auto profile = engine::profile_named(options.profile);
  if (!profile) return Error{Code::kInvalid, "--profile is bluezone3, gaen or bluezone4"};
  const auto key = read_log_key(options.where.log_key);
  if (!key) return key.error();
  SystemRandom random;
  phone::PhoneSettings settings;
  settings.profile = *profile;
  settings.send_bluezone3 = true;  // whoever types it wants it
  auto phone = phone::Phone::open(options.where.log, *key, random, settings);
  if (!phone) return phone.error();
  const auto said =
      phone->advertisement(options.now_ms ? from_ms(*options.now_ms) : SystemClock().now());
  if (!said) return said.error();
  if (options.where.json) {
    out << boost::json::serialize(object{{"advertisement", to_hex(*said)}}) << '\n';
  } else {
    out << to_hex(*said) << '\n';
  }
  return {};
}

Result<void> run_log_forget(const LogForgetOptions& options, std::ostream& out) {
  SystemRandom random;
  auto store = open_log(options.where, random, Missing::kFail);
  if (!store) return store.error();
  phone::Keeping keep;
  if (options.settings_key) {
    auto trust = read_trust({options.settings_key, false});
    if (!trust) return trust.error();
    const auto keeper = phone::SettingsKeeper::open(*store, std::move(*trust));
    if (!keeper) return in_file(options.where.log, keeper.error());
    keep = phone::keeping(keeper->in_force());
  }
  if (options.days) keep.days = *options.days;
  keep.bytes = options.bytes;
  if (options.now_ms < 0 || options.now_ms > wire::kLastMs) {
    return Error{Code::kInvalid, "--now must lie from 1970 to 9999, in milliseconds"};
  }
  const auto clock = options.confirmed ? phone::Clock::kConfirmed : phone::Clock::kOfPhone;
  const auto report = phone::forget(*store, keep, from_ms(options.now_ms), clock);
  if (!report) return in_file(options.where.log, report.error());
  if (options.where.json) {
    out << boost::json::serialize(object{{"days", report->days},
                                         {"scans", report->scans},
                                         {"own_keys", report->own_keys},
                                         {"clock_doubted", report->clock_doubted},
                                         {"bytes", report->bytes}})
        << '\n';
  } else {
    out << "forgot " << report->scans << " scans and " << report->own_keys
        << " own keys; the file has " << report->bytes << " bytes\n";
    if (report->clock_doubted) {
      out << "nothing went for its age: --now is over 60 days from when this log was last used. "
             "Say --confirmed if it is right.\n";
    }
  }
  return {};
}

Result<void> run_log_unit(const LogUnitOptions& options, std::ostream& out) {
  if (options.not_stated && !options.unit.empty())
    return Error{Code::kInvalid, "--unit and --not-stated exclude each other"};
  SystemRandom random;
  auto store = open_log(options.where, random, Missing::kMake);
  if (!store) return store.error();
  phone::Installation installation(*store);
  if (options.not_stated || !options.unit.empty()) {
    const auto unit = options.not_stated ? phone::kUnitNotStated : std::string_view(options.unit);
    if (auto ok = installation.choose(unit); !ok) return ok;
  }
  const auto state = installation.state();
  if (!state) return in_file(options.where.log, state.error());
  const bool counted = state->stage == phone::Installation::Stage::kCounted;
  if (options.where.json) {
    object line{{"counted", counted}};
    if (!counted) line["unit"] = state->unit;
    out << boost::json::serialize(line) << '\n';
  } else if (counted) {
    out << "this installation has been counted; its unit is not kept\n";
  } else if (state->unit == phone::kUnitNotStated) {
    out << "this installation will be counted without a unit\n";
  } else {
    out << "this installation will be counted in unit " << state->unit << '\n';
  }
  return {};
}

}  // namespace bz::tools
