#include "tools/match_workload.h"

#include <algorithm>
#include <random>

#include "engine/day_key.h"
#include "wire/export_bin.h"
#include "wire/limits.h"
#include "wire/trace_envelope.h"

namespace bz::tools {
namespace {

using engine::NameKind;
using engine::Sighting;

constexpr Interval kFirst{2'642'976};  // 2 April 2020, 00:00 UTC
constexpr std::uint32_t kDays = 14;
constexpr std::size_t kPlantedOneIn = 1'000;
constexpr std::chrono::minutes kScanEvery{5};

constexpr Day day_number(std::uint32_t d) {
  return day_of(start_of(kFirst)) + std::chrono::days{d};
}

class Generator {
 public:
  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  template <std::size_t n>
  std::array<std::uint8_t, n> bytes() {
    std::array<std::uint8_t, n> out;
    for (std::size_t i = 0; i < n; i += 8)
      put_le(std::span(out).subspan(i, std::min<std::size_t>(8, n - i)), engine_());
    return out;
  }

 private:
  std::mt19937_64 engine_{2020};
};

bool is_night(Instant time) {
  const auto into_day = time - Instant{day_of(time)};
  return into_day < std::chrono::hours{6} || into_day >= std::chrono::hours{22};
}

// Strangers' names, evenly over the scans of every slot that is not silent, in order of time.
std::vector<Sighting> strangers(Generator& random, const WorkloadOptions& options) {
  std::vector<Instant> times;
  const auto count = std::chrono::days{kDays} / kScanEvery;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto time = start_of(kFirst) + kScanEvery * i;
    if (!options.nights || !is_night(time)) times.push_back(time);
  }
  std::vector<Sighting> out(options.sightings);
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto& sighting = out[i];
    sighting.time = times[i * times.size() / out.size()];
    sighting.rssi = {-70};
    if (options.kind == NameKind::kChain) {
      sighting.profile = engine::Profile::kBluezone3;
      std::ranges::copy(random.bytes<12>(), sighting.id.bytes.begin());
    } else {
      sighting.profile = engine::Profile::kGaen;
      sighting.id = {random.bytes<16>()};
    }
  }
  return out;
}

std::vector<engine::Scan> scans_of(const std::vector<Sighting>& sightings) {
  std::vector<engine::Scan> scans;
  for (const auto& sighting : sightings) {
    if (scans.empty() || scans.back().start != sighting.time) scans.push_back({sighting.time, {}});
    scans.back().heard.push_back(sighting);
  }
  for (auto& scan : scans) scan.heard.shrink_to_fit();
  return scans;
}

// Which sighting each planted key takes the place of: different ones, anywhere in the 14 days.
std::vector<std::size_t> planted_places(Generator& random, std::size_t keys,
                                        std::size_t sightings) {
  const auto planted = std::min(keys / kPlantedOneIn, sightings);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < planted; ++i) {
    const auto from = i * sightings / planted;
    places.push_back(from + random.below((i + 1) * sightings / planted - from));
  }
  return places;
}

void add_day_keys(Generator& random, Workload& workload, std::vector<Sighting>& sightings,
                  std::span<const std::size_t> places, std::size_t per_file) {
  wire::Export content;
  content.head.start = std::chrono::sys_seconds{day_number(kDays)};
  content.head.end = content.head.start + std::chrono::days{1};
  for (std::size_t k = 0; k < workload.keys; ++k) {
    engine::PublishedKey key;
    key.key.bytes = random.bytes<16>();
    key.report_type = engine::ReportType::kConfirmed;
    if (k < places.size()) {
      auto& sighting = sightings[places[k]];
      const auto slot = interval_at(sighting.time);
      key.key.start = first_interval(day_of(sighting.time));
      sighting.id = rolling_id(id_key(key.key), slot);
      sighting.aem =
          encrypt(metadata_key(key.key), sighting.id, engine::Metadata::with_power({-20}));
    } else {
      key.key.start = {kFirst.number +
                       static_cast<std::uint32_t>(random.below(kDays)) * kIntervalsPerDay};
    }
    workload.day_keys.push_back(key.key.bytes);
    content.keys.push_back(key);
    if (content.keys.size() == per_file || k + 1 == workload.keys) {
      workload.files.push_back(*encode_export_bin(content));
      content.keys.clear();
    }
  }
}

void add_chains(Generator& random, Workload& workload, std::vector<Sighting>& sightings,
                std::span<const std::size_t> places, std::size_t per_file) {
  wire::TraceEnvelope content{
      .start = std::chrono::sys_seconds{day_number(kDays)}, .end = {}, .region = {}, .chains = {}};
  content.end = content.start + std::chrono::days{1};
  const engine::Slots slots;
  for (std::size_t k = 0; k < workload.keys; ++k) {
    engine::PublishedChain chain;
    chain.daily_key = random.bytes<32>();
    Day day = day_number(static_cast<std::uint32_t>(random.below(kDays)));
    if (k < places.size()) {
      auto& sighting = sightings[places[k]];
      day = day_of(sighting.time);
      sighting.id = engine::bluezone3_id(chain.daily_key, slots.index_at(sighting.time));
    }
    chain.start = Instant{day};
    chain.end = slots.start(day, slots.per_day - 1);
    workload.chain_keys.push_back(chain.daily_key);
    content.chains.push_back(chain);
    if (content.chains.size() == per_file || k + 1 == workload.keys) {
      workload.files.push_back(*write_trace_envelope(content, nullptr));
      content.chains.clear();
    }
  }
}

}  // namespace

Workload make_workload(const WorkloadOptions& options) {
  Generator random;
  Workload workload;
  workload.kind = options.kind;
  workload.keys = options.keys;
  auto sightings = strangers(random, options);
  const auto places = planted_places(random, options.keys, options.sightings);
  workload.planted = places.size();
  const auto files = std::max<std::size_t>(
      options.files, (options.keys + wire::kMaxKeysPerFile - 1) / wire::kMaxKeysPerFile);
  const auto per_file = (options.keys + files - 1) / files;
  if (options.kind == NameKind::kChain) {
    add_chains(random, workload, sightings, places, per_file);
  } else {
    add_day_keys(random, workload, sightings, places, per_file);
  }
  workload.scans = scans_of(sightings);
  return workload;
}

Result<void> match_file(const Workload& workload, ByteView file, engine::FastMatcher& matcher) {
  if (workload.kind == NameKind::kChain) {
    const auto envelope = wire::read_trace_envelope(file, wire::Trust::in_anybody());
    if (!envelope) return envelope.error();
    matcher.add(envelope->chains);
    return {};
  }
  wire::ExportBinParser parser(
      [&matcher](std::span<const engine::PublishedKey> keys, wire::KeyList) { matcher.add(keys); });
  constexpr std::size_t kPiece = 65'536;  // as it comes out of a zip
  for (std::size_t at = 0; at < file.size(); at += kPiece) {
    if (auto fine = parser.add(file.subspan(at, std::min(kPiece, file.size() - at))); !fine)
      return fine;
  }
  if (const auto summary = parser.finish(); !summary) return summary.error();
  return {};
}

void run_floor(const Workload& workload, const engine::Kernel& kernel) {
  constexpr std::size_t kTogether = 64;
  constexpr std::size_t kChainsTogether = 16;
  if (workload.kind == NameKind::kChain) {
    constexpr std::size_t kSlots = engine::kDefaultIdsPerDay;
    std::vector<engine::RollingId> names(kChainsTogether * kSlots);
    const auto keys = std::span(workload.chain_keys);
    for (std::size_t at = 0; at < keys.size(); at += kChainsTogether) {
      kernel.chain_ids(keys.subspan(at, std::min(kChainsTogether, keys.size() - at)), kSlots,
                       names.data());
    }
    return;
  }
  std::vector<engine::AesSchedule> schedules(kTogether);
  std::vector<engine::RollingId> names(kTogether * engine::kGroupSize);
  const auto keys = std::span(workload.day_keys);
  for (std::size_t at = 0; at < keys.size(); at += kTogether) {
    const auto some = keys.subspan(at, std::min(kTogether, keys.size() - at));
    kernel.schedules(some, schedules.data());
    for (std::uint32_t i = 0; i < kIntervalsPerDay; i += engine::kGroupSize) {
      kernel.ids(std::span(schedules).first(some.size()), {kFirst.number + i}, names.data());
    }
  }
}

}  // namespace bz::tools
