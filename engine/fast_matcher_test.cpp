#include "engine/fast_matcher.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <thread>

#include "engine/matcher.h"

namespace bz::engine {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr auto kTolerance = kIntervalLength * kClockTolerance;
constexpr milliseconds kTick{1};

// Draws from one seed, so that a case that fails can be run again by rapidcheck's own seed.
class Dice {
 public:
  Dice() : engine_(*rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>())) {}

  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  bool once_in(std::uint64_t n) { return below(n) == 0; }
  template <class T>
  T one_of(std::initializer_list<T> list) {
    return *(list.begin() + below(list.size()));
  }
  template <std::size_t n>
  std::array<std::uint8_t, n> bytes() {
    std::array<std::uint8_t, n> out;
    for (auto& byte : out) byte = static_cast<std::uint8_t>(below(256));
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

// What a phone hears of a name, once to three times: mostly the name itself, else one that is equal
// in its first 4 or 8 bytes.
void hear(Dice& dice, std::vector<Sighting>& heard, Sighting sighting) {
  if (dice.once_in(4)) sighting.id.bytes[4] ^= static_cast<std::uint8_t>(8U << dice.below(5));
  if (dice.once_in(4)) {
    const auto byte = 8 + dice.below(id_size(sighting.profile) - 8);
    sighting.id.bytes[byte] ^= static_cast<std::uint8_t>(1U << dice.below(8));
  }
  sighting.rssi = dice.once_in(8)
                      ? kNoRssi
                      : Dbm{static_cast<std::int8_t>(-50 - static_cast<int>(dice.below(40)))};
  for (auto times = dice.one_of({1, 1, 2, 3}); times > 0; --times) {
    heard.push_back(sighting);
    sighting.time += milliseconds{dice.below(400'000)};
  }
}

// Scans of all that was heard, some silent ones among them.
std::vector<Scan> scans_of(Dice& dice, std::vector<Sighting> heard) {
  auto scans = scans_from(std::move(heard));
  for (std::size_t i = 0; i < scans.size(); ++i) {
    if (!dice.once_in(3)) continue;
    const Scan silent{scans[i].start, {}};
    scans.insert(scans.begin() + static_cast<std::ptrdiff_t>(i), silent);
    ++i;
  }
  return scans;
}

struct KeyWorld {
  std::vector<PublishedKey> keys;
  std::vector<Scan> scans;
};

KeyWorld random_keys(Dice& dice) {
  KeyWorld world;
  std::vector<Sighting> heard;
  // 1970, 2020, and the end of the count, which is within a UTC day: 2^32 = 144 * 29826161 + 112.
  const auto base = dice.one_of({0U, 2'642'976U, 0xffff'ffffU - 300});
  const auto count = dice.below(40);
  for (std::uint64_t k = 0; k < count; ++k) {
    PublishedKey key;
    if (!world.keys.empty() && dice.once_in(10)) {
      key = world.keys.back();  // overlapping validity
    } else {
      key.key.bytes = dice.bytes<16>();
      key.key.start = {base};
    }
    if (dice.once_in(2)) {
      key.key.start.number += static_cast<std::uint32_t>(144 * dice.below(3));
    } else {
      key.key.start.number += static_cast<std::uint32_t>(dice.below(300));
    }
    key.key.period = static_cast<std::uint32_t>(dice.once_in(2) ? 144 : 1 + dice.below(144));
    world.keys.push_back(key);
    if (dice.once_in(3)) continue;  // nobody near
    for (auto encounters = dice.below(4); encounters > 0; --encounters) {
      // Also just outside the period.
      const Interval slot{key.key.start.number - 1 +
                          static_cast<std::uint32_t>(dice.below(key.key.period + 2))};
      Sighting sighting;
      sighting.profile = dice.one_of(
          {Profile::kGaen, Profile::kBluezone4, Profile::kBluezone4, Profile::kBluezone3});
      sighting.id = rolling_id(id_key(key.key), slot);
      sighting.aem = dice.once_in(8)
                         ? EncryptedMetadata{dice.bytes<4>()}
                         : encrypt(metadata_key(key.key), sighting.id, Metadata::with_power({-20}));
      sighting.time = start_of(slot) +
                      dice.one_of<milliseconds>(
                          {milliseconds{dice.below(600'000)}, -kTolerance, -kTolerance - kTick,
                           kTolerance + kIntervalLength - kTick, kTolerance + kIntervalLength});
      hear(dice, heard, sighting);
    }
  }
  for (auto strangers = dice.below(100); strangers > 0; --strangers) {
    heard.push_back({dice.one_of({Profile::kGaen, Profile::kBluezone3}),
                     {dice.bytes<16>()},
                     {},
                     {-60},
                     start_of({base}) + milliseconds{dice.below(86'400'000)}});
  }
  world.scans = scans_of(dice, std::move(heard));
  return world;
}

struct ChainWorld {
  std::vector<PublishedChain> chains;
  std::vector<Scan> scans;
};

ChainWorld random_chains(Dice& dice) {
  ChainWorld world;
  std::vector<Sighting> heard;
  const auto first_day = Instant{days{dice.one_of({0, 18'354})}};
  const auto count = dice.below(10);
  for (std::uint64_t c = 0; c < count; ++c) {
    PublishedChain chain;
    chain.daily_key = dice.bytes<32>();
    chain.start = first_day + days{dice.below(3)};
    chain.end = chain.start + std::chrono::minutes{dice.below(4 * 1440)};
    chain.ids_per_day = dice.once_in(2) ? dice.one_of({1, 71, 72, 96, 96, 96, 1439, 1440, 1441})
                                        : static_cast<std::int32_t>(2 + dice.below(199));
    world.chains.push_back(chain);
    const Slots slots{chain.ids_per_day};
    auto key = chain.daily_key;
    for (auto day = day_of(chain.start); day <= day_of(chain.end); day += days{1}) {
      if (dice.once_in(2)) {
        const auto index = static_cast<int>(dice.below(static_cast<std::uint64_t>(slots.per_day)));
        Sighting sighting;
        sighting.profile = dice.once_in(8) ? Profile::kGaen : Profile::kBluezone3;
        sighting.id = bluezone3_id(key, index);
        sighting.time = dice.one_of(
            {slots.start(day, index), slots.start(day, index) - kTolerance,
             slots.start(day, index) - kTolerance - kTick, slots.end(day, index) - kTick,
             slots.end(day, index) + kTolerance - kTick, slots.end(day, index) + kTolerance});
        hear(dice, heard, sighting);
      }
      key = next_daily_key(key);
    }
  }
  world.scans = scans_of(dice, std::move(heard));
  return world;
}

template <class Published>
std::vector<ExposureWindow> windows_of(const std::vector<Heard<Published>>& heard) {
  std::vector<ExposureWindow> out;
  for (const auto& h : heard) out.insert(out.end(), h.windows.begin(), h.windows.end());
  return out;
}

// Given in blocks of any size.
template <class Published>
void add_in_blocks(Dice& dice, FastMatcher& matcher, std::span<const Published> all) {
  while (!all.empty()) {
    const auto n = std::min<std::size_t>(all.size(), dice.below(20));
    matcher.add(all.first(n));
    all = all.subspan(n);
  }
}

std::vector<const Kernel*> kernels_here() {
  std::vector<const Kernel*> out;
  for (const auto* kernel : kernels()) {
    if (kernel->runs_here()) out.push_back(kernel);
  }
  return out;
}

TEST(FastMatcher, FindsWhatThePlainMatcherFindsForDayKeys) {
  std::size_t found = 0;
  for (const auto* kernel : kernels_here()) {
    EXPECT_TRUE(rc::check(std::string(kernel->name), [&] {
      Dice dice;
      const auto world = random_keys(dice);
      const NameTable table(world.scans);
      FastMatcher matcher(table, world.scans, {.correction_db = 3}, *kernel);
      add_in_blocks<PublishedKey>(dice, matcher, world.keys);
      const auto heard = matcher.found();
      const auto expected = Matcher(world.scans, {.correction_db = 3}).match(world.keys);
      RC_ASSERT(windows_of(heard.keys) == expected);
      for (const auto& h : heard.keys) RC_ASSERT(h.published == world.keys[h.source]);
      found += expected.size();
    }));
  }
  EXPECT_GT(found, 100 * kernels_here().size());  // so the worlds are no empty ones
}

TEST(FastMatcher, FindsWhatThePlainMatcherFindsForChains) {
  std::size_t found = 0;
  for (const auto* kernel : kernels_here()) {
    EXPECT_TRUE(rc::check(std::string(kernel->name), [&] {
      Dice dice;
      const auto world = random_chains(dice);
      const NameTable table(world.scans);
      FastMatcher matcher(table, world.scans, {}, *kernel);
      add_in_blocks<PublishedChain>(dice, matcher, world.chains);
      const auto heard = matcher.found();
      const auto expected = Matcher(world.scans, {}).match(world.chains);
      RC_ASSERT(windows_of(heard.chains) == expected);
      for (const auto& h : heard.chains) RC_ASSERT(h.published == world.chains[h.source]);
      found += expected.size();
    }));
  }
  EXPECT_GT(found, 100 * kernels_here().size());
}

TEST(FastMatcher, ManyKeysOfOneDayAreAllFound) {
  // 1,000 keys of one day, more than are worked on together; each was heard once, in slot k % 144.
  constexpr Interval kMidnight{2'642'976};
  std::vector<PublishedKey> keys(1'000);
  std::vector<Sighting> heard;
  for (std::uint32_t k = 0; k < keys.size(); ++k) {
    put_le(keys[k].key.bytes, k + 1);
    keys[k].key.start = kMidnight;
    const Interval slot{kMidnight.number + k % 144};
    const auto id = rolling_id(id_key(keys[k].key), slot);
    heard.push_back({Profile::kGaen,
                     id,
                     encrypt(metadata_key(keys[k].key), id, Metadata::with_power({-20})),
                     {-60},
                     start_of(slot)});
  }
  const auto scans = scans_from(heard);
  const NameTable table(scans);
  for (const auto* kernel : kernels_here()) {
    FastMatcher matcher(table, scans, {}, *kernel);
    matcher.add(keys);
    EXPECT_EQ(matcher.found().keys.size(), 1'000U) << kernel->name;
  }
}

TEST(FastMatcher, EverySlotOfAChainIsFoundAtBothEndsOfItsTolerance) {
  // Each id is heard once: two hours before its slot, or in the last millisecond before two hours
  // after it.
  const Day day{days{18'354}};
  for (const int per_day : {1, 2, 40, 60, 71, 72, 73, 96, 1'440, 1'441}) {
    const Slots slots{per_day};
    const PublishedChain chain{.daily_key = {42},
                               .start = Instant{day},
                               .end = slots.start(day, per_day - 1),
                               .ids_per_day = per_day};
    for (const bool late : {false, true}) {
      std::vector<Sighting> heard;
      IdChain ids(chain.daily_key);
      for (int i = 0; i < per_day; ++i) {
        const auto time =
            late ? slots.end(day, i) + kTolerance - kTick : slots.start(day, i) - kTolerance;
        heard.push_back({Profile::kBluezone3, ids.next(), {}, {-60}, time});
      }
      const auto scans = scans_from(heard);
      const NameTable table(scans);
      FastMatcher matcher(table, scans, {});
      matcher.add(std::array{chain});
      EXPECT_EQ(windows_of(matcher.found().chains).size(), static_cast<std::size_t>(per_day));
    }
  }
}

TEST(FastMatcher, NewKeysAloneAddToWhatOldKeysGave) {
  EXPECT_TRUE(rc::check([] {
    Dice dice;
    const auto world = random_keys(dice);
    const auto all = std::span<const PublishedKey>(world.keys);
    const auto old = dice.below(all.size() + 1);
    const NameTable table(world.scans);
    auto windows = std::vector<ExposureWindow>{};
    for (const auto& [keys, before] :
         {std::pair{all.first(old), std::uint64_t{0}}, std::pair{all.subspan(old), old}}) {
      FastMatcher matcher(table, world.scans, {});  // made anew: nothing is carried over
      matcher.add(keys);
      for (auto window : windows_of(matcher.found().keys)) {
        window.source += before;
        windows.push_back(std::move(window));
      }
    }
    RC_ASSERT(windows == Matcher(world.scans, {}).match(world.keys));
  }));
}

// What the header says about new sightings, done.
std::vector<ExposureWindow> joined(std::vector<ExposureWindow> old,
                                   const std::vector<ExposureWindow>& later, Instant cut) {
  for (const auto& window : later) {
    if (window.scans.back().time < cut) continue;
    std::erase_if(old, [&](const ExposureWindow& o) {
      return o.source == window.source && o.slot == window.slot;
    });
    old.push_back(window);
  }
  std::ranges::sort(old, {}, [](const ExposureWindow& w) { return std::pair(w.source, w.slot); });
  return old;
}

TEST(FastMatcher, NewSightingsAloneAddToWhatOldSightingsGave) {
  EXPECT_TRUE(rc::check([] {
    Dice dice;
    auto world = random_keys(dice);
    // Keys in which the order of slots is that of their numbers, as sorted above.
    std::erase_if(world.keys, [](const PublishedKey& k) { return k.key.end() < k.key.start; });
    const auto all = std::span<const Scan>(world.scans);
    const auto old = dice.below(all.size() + 1);
    const auto find = [&](std::span<const Scan> scans) {
      const NameTable table(scans);
      FastMatcher matcher(table, scans, {});
      matcher.add(world.keys);
      return windows_of(matcher.found().keys);
    };
    auto windows = find(all.first(old));
    if (old < all.size()) {
      const auto cut = all[old].start;
      std::size_t from = old;  // and one more, so that the gap before is known
      while (from > 0 && all[from].start > cut - 2 * kTolerance - kIntervalLength) --from;
      windows = joined(std::move(windows), find(all.subspan(from)), cut);
    }
    RC_ASSERT(windows == Matcher(world.scans, {}).match(world.keys));
  }));
}

TEST(FastMatcher, TwoThreadsOverOneTableFindTogetherWhatOneFinds) {
  EXPECT_TRUE(rc::check([] {
    Dice dice;
    const auto world = random_keys(dice);
    const auto all = std::span<const PublishedKey>(world.keys);
    const auto half = all.size() / 2;
    const NameTable table(world.scans);
    FastMatcher first(table, world.scans, {});
    FastMatcher second(table, world.scans, {});
    std::thread other([&] {
      second.add(all.subspan(half));
      second.flush();
    });
    first.add(all.first(half));
    first.flush();
    other.join();
    auto windows = windows_of(first.found().keys);
    for (auto window : windows_of(second.found().keys)) {
      window.source += half;
      windows.push_back(std::move(window));
    }
    RC_ASSERT(windows == Matcher(world.scans, {}).match(world.keys));
  }));
}

}  // namespace
}  // namespace bz::engine
