#include "sim/town_life.h"

#include <algorithm>
#include <string>

#include "sim/chance.h"

namespace bz::sim {
namespace {

using std::chrono::milliseconds;

// All phones of the town are of one model, calibrated so that the power they say is the power they
// send with.
constexpr engine::Dbm kTransmitPower{-25};

// A scan every 211 to 300 s, as Exposure Notification has it: 300 s less a random 0 to 89 s.
constexpr std::uint64_t kScanRhythm = 0x5CA7;
milliseconds pause_before(std::uint64_t seed, std::size_t person, std::uint64_t scan) {
  const double less = unit(hash_of(seed, kScanRhythm, person, scan)) * 89'000;
  return milliseconds{300'000 - static_cast<std::int64_t>(less)};
}

}  // namespace

TownLife::TownLife(Town town, const RadioSettings& radio)
    : town_(std::move(town)), radio_(radio, town_.seed) {}

Result<TownLife> TownLife::begin(Town town, const RadioSettings& radio,
                                 const std::filesystem::path& folder, Random& random) {
  TownLife life(std::move(town), radio);
  phone::PhoneSettings settings;
  settings.transmit_power = kTransmitPower;
  settings.scans_a_write = 24;  // about two hours: forty phones share one disk
  for (std::size_t i = 0; i < life.town_.people.size(); ++i) {
    SealKey wrapping_key;
    random.fill(wrapping_key);
    auto phone = phone::Phone::open(folder / ("phone-" + std::to_string(i) + ".db"), wrapping_key,
                                    random, settings);
    if (!phone) return phone.error();
    life.phones_.push_back(std::move(*phone));
  }
  life.scan_number_.resize(life.phones_.size());
  return life;
}

Result<void> TownLife::live(Instant from, Instant to,
                            const std::function<bool(Instant)>& progress) {
  lived_from_ = std::min(lived_from_, from);
  lived_until_ = std::max(lived_until_, to);
  next_scan_.clear();
  for (std::size_t i = 0; i < phones_.size(); ++i) {
    next_scan_.push_back(from + pause_before(town_.seed, i, scan_number_[i]) / 2);
  }
  const auto step = (to - from) / 100;
  Instant next_word = from;
  while (true) {
    const auto first = std::ranges::min_element(next_scan_);
    if (*first >= to) break;
    const Instant now = *first;
    if (now >= next_word) {
      if (!progress(now)) return Error{Code::kConflict, "stopped"};
      next_word += step;
    }
    const auto listener = static_cast<std::size_t>(first - next_scan_.begin());
    if (auto ok = scan(listener, now); !ok) return ok;
    *first = now + pause_before(town_.seed, listener, ++scan_number_[listener]);
  }
  for (auto& phone : phones_) {
    if (auto ok = phone.flush(); !ok) return ok;
  }
  if (!progress(to)) return Error{Code::kConflict, "stopped"};
  return {};
}

Result<void> TownLife::scan(std::size_t listener, Instant now) {
  const auto number = scan_number_[listener];
  if (!radio_.scan_runs(listener, number)) return {};
  struct Arrival {
    Instant time;
    Bytes advertisement;
    engine::Dbm rssi;
  };
  std::vector<Arrival> arrivals;
  const auto& rhythm = radio_.settings();
  for (std::size_t sender = 0; sender < phones_.size(); ++sender) {
    const auto link = link_between(town_, sender, listener, now, kTransmitPower.value);
    if (!link) continue;
    const auto said = phones_[sender].advertisement(now);
    if (!said) return said.error();
    for (int frame = 0; frame < rhythm.frames_per_scan(); ++frame) {
      const auto reception = radio_.frame(*link, number, frame);
      if (!reception.heard) continue;
      arrivals.push_back({now + frame * rhythm.advertising_interval, *said, reception.rssi});
    }
  }
  std::ranges::stable_sort(arrivals, {}, &Arrival::time);
  auto& ear = phones_[listener];
  ear.begin_scan(now);
  for (const auto& arrival : arrivals) ear.hear(arrival.advertisement, arrival.rssi, arrival.time);
  return ear.end_scan();
}

Result<std::vector<Outcome>> TownLife::check(HealthDesk& desk, const engine::RiskSettings& settings,
                                             Instant now) {
  const auto trust = desk.trust();
  if (!trust) return trust.error();
  auto line = desk.line();
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < phones_.size(); ++i) {
    if (i == town_.first_case) continue;
    auto found = phones_[i].check(line, *trust, settings, now);
    if (!found) return found.error();
    outcomes.push_back({i, std::move(found->warning),
                        encounter(town_, i, town_.first_case, lived_from_, lived_until_)});
  }
  return outcomes;
}

std::uint64_t TownLife::frames_heard() const {
  std::uint64_t frames = 0;
  for (const auto& phone : phones_) frames += phone.counts().heard;
  return frames;
}

}  // namespace bz::sim
