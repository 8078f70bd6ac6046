// The ARM kernel's own test: a program of its own, compiled by the cross compiler and run under
// qemu, where GoogleTest is not to be had. The portable kernel, which kernel_test.cpp compares with
// the plain functions, is what it must equal.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <tuple>
#include <vector>

#include "engine/kernel.h"

namespace {

using namespace bz::engine;

void must(bool holds, const char* fact) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", fact);
  std::abort();
}

// Knuth's generator, its upper bits: the same numbers in every run.
std::uint32_t next_number() {
  static std::uint64_t state = 1;
  state = state * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::uint32_t>(state >> 32U);
}

template <class Key>
std::vector<Key> some_keys(std::size_t count) {
  std::vector<Key> keys(count);
  for (auto& key : keys) {
    for (auto& byte : key) byte = static_cast<std::uint8_t>(next_number());
  }
  return keys;
}

using Found = std::vector<std::tuple<std::uint32_t, std::uint32_t, RollingId>>;

Found sorted(const std::vector<Candidate>& candidates, std::size_t count) {
  Found out;
  for (std::size_t i = 0; i < count; ++i) {
    out.emplace_back(candidates[i].key, candidates[i].slot, candidates[i].id);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// The first id of the specification's own test vectors, for 2020-04-02 00:00 UTC.
void official_id(const Kernel& kernel) {
  const std::vector<std::array<std::uint8_t, 16>> key{{0x75, 0xc7, 0x34, 0xc6, 0xdd, 0x1a, 0x78,
                                                       0x2d, 0xe7, 0xa9, 0x65, 0xda, 0x5e, 0xb9,
                                                       0x31, 0x25}};
  const RollingId id{{0x8b, 0xe6, 0xcd, 0x37, 0x1c, 0x5c, 0x89, 0x16, 0x04, 0xbf, 0xbe, 0x49, 0xdf,
                      0x84, 0x50, 0x96}};
  std::vector<AesSchedule> schedule(1);
  std::vector<RollingId> ids(kGroupSize);
  kernel.schedules(key, schedule.data());
  kernel.ids(schedule, {2'642'976}, ids.data());
  must(ids[0] == id, "the id is the specification's");
}

// Id 1 of docs/formats/bluezone3-ids.md, of a day key of zeros.
void worked_chain(const Kernel& kernel) {
  const RollingId id{
      {0xcc, 0x41, 0x11, 0xfe, 0xc5, 0x40, 0xc3, 0x46, 0xec, 0x6a, 0x05, 0x3f, 0, 0, 0, 0}};
  std::vector<RollingId> ids(2);
  kernel.chain_ids(std::vector<DailyKey>(1), 2, ids.data());
  must(ids[1] == id, "the chain's second id is that of the page on bluezone3 ids");
}

void same_answers(const Kernel& one, const Kernel& other, std::size_t count,
                  const std::vector<std::uint32_t>& words) {
  const FilterView filter{words.data(), static_cast<std::uint32_t>(words.size() - 1)};
  const bz::Interval first{next_number()};
  const auto keys = some_keys<std::array<std::uint8_t, 16>>(count);
  struct Answers {
    std::vector<AesSchedule> schedules;
    std::vector<RollingId> ids, chain_ids;
    Found found, chain_found;
  };
  const auto daily_keys = some_keys<DailyKey>(count);
  std::vector<FilterView> filters(1 + next_number() % 100, filter);
  for (auto& f : filters) {
    if (next_number() % 4 == 0) f = {};
  }
  const auto answers_of = [&](const Kernel& kernel) {
    Answers a;
    a.schedules.resize(count);
    kernel.schedules(keys, a.schedules.data());
    a.ids.resize(count * kGroupSize);
    kernel.ids(a.schedules, first, a.ids.data());
    std::vector<Candidate> candidates(count * std::max<std::size_t>(kGroupSize, filters.size()));
    a.found = sorted(candidates, kernel.probe(a.schedules, first, filter, candidates.data()));
    a.chain_ids.resize(count * filters.size());
    kernel.chain_ids(daily_keys, filters.size(), a.chain_ids.data());
    a.chain_found = sorted(candidates, kernel.probe_chains(daily_keys, filters, candidates.data()));
    return a;
  };
  const auto a = answers_of(one);
  const auto b = answers_of(other);
  for (std::size_t i = 0; i < count; ++i) {
    must(a.schedules[i].round_keys == b.schedules[i].round_keys, "schedules are the same");
  }
  must(a.ids == b.ids, "ids are the same");
  must(a.found == b.found, "candidates are the same");
  must(a.chain_ids == b.chain_ids, "ids of chains are the same");
  must(a.chain_found == b.chain_found, "candidates of chains are the same");
}

}  // namespace

int main() {
  const auto armv8 = kernel_named("armv8");
  const auto portable = kernel_named("portable");
  must(armv8.has_value() && portable.has_value(), "both kernels run here");
  must(&fastest_kernel() == *armv8, "the ARM kernel is the one chosen");
  official_id(**armv8);
  worked_chain(**armv8);
  for (std::size_t count = 0; count <= 9; ++count) {
    for (std::size_t size = 1; size <= 1U << 14U; size *= 4) {
      std::vector<std::uint32_t> words(size);
      same_answers(**armv8, **portable, count, words);
      for (auto& word : words) word = next_number() | next_number();  // three bits in four are set
      same_answers(**armv8, **portable, count, words);
      words.assign(size, ~0U);
      same_answers(**armv8, **portable, count, words);
    }
  }
  std::puts("the ARM kernel gives the portable one's answers");
  return 0;
}
