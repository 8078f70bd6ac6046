// The people of a made-up town with a real phone each: real names, frames, log and files; only the
// radio and the legs are made up.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "phone/phone.h"
#include "sim/health_desk.h"
#include "sim/radio_model.h"
#include "sim/town.h"
#include "sim/truth.h"

namespace bz::sim {

// What one person's phone said in the end, beside what was true.
struct Outcome {
  std::size_t person = 0;
  engine::Warning warning;
  Encounter truth;  // with the person who fell ill

  [[nodiscard]] bool warned() const { return warning.level != engine::Level::kNone; }
  [[nodiscard]] bool right() const { return warned() == truth.should_be_warned(); }
};

class TownLife {
 public:
  // Makes a file a person under `folder`, which exists. `random` (keys) must outlive it; all other
  // chance follows from the town's seed.
  static Result<TownLife> begin(Town town, const RadioSettings& radio,
                                const std::filesystem::path& folder, Random& random);

  // Everybody lives from `from` until before `to`. `progress` is told the time, some 100 times a
  // day; kConflict when it answers that this is enough.
  Result<void> live(Instant from, Instant to, const std::function<bool(Instant)>& progress);

  // The ill person's phone, for the code and the consent.
  [[nodiscard]] phone::Phone& phone(std::size_t person) { return phones_[person]; }
  [[nodiscard]] const Town& town() const { return town_; }

  // Every phone but the ill person's fetches what `desk` has published, and checks. Truth is taken
  // from what was lived.
  Result<std::vector<Outcome>> check(HealthDesk& desk, const engine::RiskSettings& settings,
                                     Instant now);

  // By all phones.
  [[nodiscard]] std::uint64_t frames_heard() const;

 private:
  TownLife(Town town, const RadioSettings& radio);
  Result<void> scan(std::size_t listener, Instant now);

  Town town_;
  RadioModel radio_;
  std::vector<phone::Phone> phones_;
  std::vector<Instant> next_scan_;
  std::vector<std::uint64_t> scan_number_;
  Instant lived_from_ = Instant::max();
  Instant lived_until_ = Instant::min();
};

}  // namespace bz::sim
