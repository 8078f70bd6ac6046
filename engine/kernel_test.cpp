#include "engine/kernel.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "engine/day_key.h"

namespace bz::engine {
namespace {

using Key = std::array<std::uint8_t, 16>;

template <class Array>
std::vector<Array> random_keys(std::size_t count) {
  std::vector<Array> keys(count);
  for (auto& key : keys) {
    for (auto& byte : key) byte = *rc::gen::arbitrary<std::uint8_t>();
  }
  return keys;
}

std::size_t random_count() {
  return *rc::gen::inRange<std::size_t>(1, 41);
}

// The kernels that this processor runs, the portable one last.
std::vector<const Kernel*> kernels_here() {
  std::vector<const Kernel*> out;
  for (const auto* kernel : kernels()) {
    if (kernel->runs_here()) out.push_back(kernel);
  }
  return out;
}

// A filter of 1 to 2^14 words, of which about three in four bits are set.
struct Filter {
  std::vector<std::uint32_t> words;

  [[nodiscard]] FilterView view() const {
    return {words.data(), static_cast<std::uint32_t>(words.size() - 1)};
  }
  [[nodiscard]] bool has(const RollingId& id) const {
    const auto word = words[get_le(std::span(id.bytes).first<4>()) & (words.size() - 1)];
    for (std::size_t i = 0; i < 4; ++i) {
      const auto byte = word >> (8 * i) & 0xffU;
      if ((byte >> (id.bytes[4 + i] & 7U) & 1U) == 0) return false;
    }
    return true;
  }
};

Filter random_filter() {
  Filter filter;
  filter.words.resize(std::size_t{1} << *rc::gen::inRange(0U, 15U));
  auto a = *rc::gen::arbitrary<std::uint64_t>();
  for (auto& word : filter.words) {  // Knuth's generator, its upper halves
    const auto next = [&a] {
      a = a * 6364136223846793005U + 1442695040888963407U;
      return static_cast<std::uint32_t>(a >> 32U);
    };
    const auto first = next();
    word = first | next();
  }
  return filter;
}

using Plain = std::tuple<std::uint32_t, std::uint32_t, RollingId>;  // key, slot, name

std::vector<Plain> sorted(std::span<const Candidate> candidates) {
  std::vector<Plain> out;
  for (const auto& c : candidates) out.emplace_back(c.key, c.slot, c.id);
  std::ranges::sort(out);
  return out;
}

TEST(Kernel, ThePortableOneIsLastAndRunsHere) {
  ASSERT_FALSE(kernels().empty());
  EXPECT_EQ(kernels().back()->name, "portable");
  EXPECT_TRUE(kernels().back()->runs_here());
  EXPECT_EQ(*kernel_named("portable"), kernels().back());
  EXPECT_EQ(&fastest_kernel(), kernels_here().front());
  EXPECT_EQ(kernel_named("abacus").error().code, Code::kNotFound);
}

TEST(Kernel, EveryOneMakesTheNamesOfExposureNotification) {
  for (const auto* kernel : kernels_here()) {
    EXPECT_TRUE(rc::check(std::string(kernel->name), [kernel] {
      const auto keys = random_keys<Key>(random_count());
      // Also across the end of the count: intervals are numbers modulo 2^32.
      const Interval first{*rc::gen::element(0U, 2'642'976U, 0xffff'fff0U, 0xffff'fff8U) +
                           *rc::gen::inRange(0U, 3U)};
      std::vector<AesSchedule> schedules(keys.size());
      kernel->schedules(keys, schedules.data());
      std::vector<RollingId> ids(keys.size() * kGroupSize);
      kernel->ids(schedules, first, ids.data());
      for (std::size_t k = 0; k < keys.size(); ++k) {
        const auto expected = rolling_ids({keys[k], first, kGroupSize});
        RC_ASSERT(std::ranges::equal(expected, std::span(ids).subspan(k * kGroupSize, kGroupSize)));
      }
    }));
  }
}

TEST(Kernel, EveryOneMakesTheChainsOf2020) {
  for (const auto* kernel : kernels_here()) {
    EXPECT_TRUE(rc::check(std::string(kernel->name), [kernel] {
      const auto keys = random_keys<DailyKey>(random_count());
      const auto slots = *rc::gen::inRange<std::size_t>(1, 20);
      std::vector<RollingId> ids(keys.size() * slots);
      kernel->chain_ids(keys, slots, ids.data());
      for (std::size_t k = 0; k < keys.size(); ++k) {
        IdChain chain(keys[k]);
        for (std::size_t i = 0; i < slots; ++i) RC_ASSERT(ids[k * slots + i] == chain.next());
      }
    }));
  }
}

TEST(Kernel, CandidatesAreTheNamesThatAreInTheFilter) {
  for (const auto* kernel : kernels_here()) {
    EXPECT_TRUE(rc::check(std::string(kernel->name), [kernel] {
      const auto keys = random_keys<Key>(random_count());
      const Interval first{kGroupSize * *rc::gen::inRange(0U, 1U << 28U)};
      const auto filter = random_filter();
      std::vector<AesSchedule> schedules(keys.size());
      kernel->schedules(keys, schedules.data());
      std::vector<Candidate> candidates(keys.size() * kGroupSize);
      candidates.resize(kernel->probe(schedules, first, filter.view(), candidates.data()));

      std::vector<Plain> expected;
      for (std::uint32_t k = 0; k < keys.size(); ++k) {
        const auto ids = rolling_ids({keys[k], first, kGroupSize});
        for (std::uint32_t i = 0; i < kGroupSize; ++i) {
          if (filter.has(ids[i])) expected.emplace_back(k, i, ids[i]);
        }
      }
      RC_ASSERT(sorted(candidates) == expected);
    }));
  }
}

TEST(Kernel, CandidatesOfChainsAreTheNamesThatAreInTheirSlotsFilter) {
  for (const auto* kernel : kernels_here()) {
    EXPECT_TRUE(rc::check(std::string(kernel->name), [kernel] {
      const auto keys = random_keys<DailyKey>(random_count());
      const std::array filters{random_filter(), random_filter()};
      const auto choice =
          *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-1, 2)));
      std::vector<FilterView> views;  // of each slot; -1 is a silent one
      for (const int c : choice)
        views.push_back(c < 0 ? FilterView{} : filters[static_cast<std::size_t>(c)].view());
      std::vector<Candidate> candidates(keys.size() * views.size());
      candidates.resize(kernel->probe_chains(keys, views, candidates.data()));

      std::vector<Plain> expected;
      for (std::uint32_t k = 0; k < keys.size(); ++k) {
        IdChain chain(keys[k]);
        for (std::uint32_t i = 0; i < choice.size(); ++i) {
          const auto id = chain.next();
          if (choice[i] >= 0 && filters[static_cast<std::size_t>(choice[i])].has(id))
            expected.emplace_back(k, i, id);
        }
      }
      RC_ASSERT(sorted(candidates) == expected);
    }));
  }
}

}  // namespace
}  // namespace bz::engine
