#include "tools/ids_command.h"

#include <boost/json.hpp>
#include <limits>
#include <ostream>

#include "engine/bluezone3_ids.h"
#include "engine/day_key.h"
#include "wire/limits.h"

namespace bz::tools {
namespace {

Result<void> bluezone3_ids(const IdsOptions& options, std::ostream& out) {
  engine::Bluezone3Root root;
  if (auto ok = from_hex(options.key, root.key); !ok)
    return Error{Code::kMalformed, "--key: " + ok.error().what};
  if (!options.created_ms || !options.at_ms) {
    return Error{Code::kInvalid, "bluezone3 needs --created and --at (milliseconds UTC)"};
  }
  for (const auto ms : {*options.created_ms, *options.at_ms}) {
    if (ms < 0 || ms > wire::kLastMs)
      return Error{Code::kInvalid, "times must lie from 1970 to 9999, in milliseconds"};
  }
  const auto slots = engine::slots_per_day(options.per_day);
  if (!slots) return Error{Code::kInvalid, "--per-day: " + slots.error().what};

  root.day = day_of(from_ms(*options.created_ms));
  const Instant at = from_ms(*options.at_ms);
  const Day day = day_of(at);
  const auto key = engine::daily_key(root, day);
  const int wanted = slots->index_at(at);
  engine::IdChain chain(key);
  for (int i = 0; i < slots->per_day; ++i) {
    const auto id = chain.next();
    if (!options.all && i != wanted) continue;
    const auto id_bytes = ByteView(id.bytes).first(engine::id_size(engine::Profile::kBluezone3));
    out << boost::json::serialize(
               boost::json::object{{"daily_key", to_hex(key)},
                                   {"day_start_ms", to_ms(Instant{day})},
                                   {"index", i},
                                   {"slot_start_ms", to_ms(slots->start(day, i))},
                                   {"id", to_hex(id_bytes)}})
        << '\n';
    if (!options.all) break;
  }
  return {};
}

Result<void> day_key_ids(const IdsOptions& options, std::ostream& out) {
  engine::DayKey key;
  if (auto ok = from_hex(options.key, key.bytes); !ok)
    return Error{Code::kMalformed, "--key: " + ok.error().what};
  constexpr std::int64_t kLast = std::numeric_limits<std::uint32_t>::max() - kIntervalsPerDay;
  if (!options.interval || *options.interval < 0 || *options.interval > kLast) {
    return Error{Code::kInvalid,
                 options.profile + " needs --interval, the ten-minute number of the moment (0 to " +
                     std::to_string(kLast) + ")"};
  }
  key.start = {static_cast<std::uint32_t>(*options.interval)};
  if (!options.all) key.period = 1;
  const auto rpik = to_hex(engine::id_key(key).bytes);
  const auto aemk = to_hex(engine::metadata_key(key).bytes);
  for (const auto& id : engine::rolling_ids(key)) {
    out << boost::json::serialize(
               boost::json::object{{"id", to_hex(id.bytes)}, {"rpik", rpik}, {"aemk", aemk}})
        << '\n';
  }
  return {};
}

}  // namespace

Result<void> run_ids(const IdsOptions& options, std::ostream& out) {
  const auto profile = engine::profile_named(options.profile);
  if (!profile) {
    return Error{Code::kInvalid,
                 "--profile is bluezone3, gaen or bluezone4, not '" + options.profile + "'"};
  }
  return *profile == engine::Profile::kBluezone3 ? bluezone3_ids(options, out)
                                                 : day_key_ids(options, out);
}

}  // namespace bz::tools
