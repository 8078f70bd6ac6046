// Matching millions of published keys at the speed at which the processor makes their names, with
// the answers of the plain Matcher (engine/matcher.h).
//
// Keys come in blocks of any size and wait, sorted by UTC day, until enough of a day are there to
// be worked on together: their names are made 16 intervals at a time and asked of that group's
// filter (name_table.h); the few that pass are looked up, and what was heard becomes exposure
// windows. Days near which the phone heard nothing cost nothing. Besides the scans and their table
// it holds less than 4 MB for three weeks of sightings, whatever the number of keys, and what it
// found.
//
// Incremental use. New keys against all sightings: give a new matcher the new keys only. New
// sightings against known keys: make the table and the matcher from the last scan that begins four
// hours and ten minutes before the first new one (for chains, four hours and a slot) and those
// after it, give it the known keys, and let each window that it finds and that has a new scan take
// the place of the window with the same key and slot, or join the others; windows without a new
// scan are known already.
//
// Two threads: two matchers over one table, each with its part of the keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/kernel.h"
#include "engine/name_table.h"
#include "engine/published_key.h"
#include "engine/window_maker.h"

namespace bz::engine {

// A published key or chain of which at least one id counts as heard.
template <class Published>
struct Heard {
  std::size_t source = 0;  // how many came before it
  Published published;
  std::vector<ExposureWindow> windows;  // in order of the key's time, with that source

  bool operator==(const Heard&) const = default;
};

struct HeardKeys {
  std::vector<Heard<PublishedKey>> keys;
  std::vector<Heard<PublishedChain>> chains;
};

// Not for two threads at a time. The table and the scans it was made from must outlive it.
class FastMatcher {
 public:
  FastMatcher(const NameTable& names, std::span<const Scan> scans, Receiver receiver,
              const Kernel& kernel = fastest_kernel());

  void add(std::span<const PublishedKey> keys);
  void add(std::span<const PublishedChain> chains);

  // Works on the keys that wait. After it, found() is complete for all that were added, and nothing
  // but it and their number need be kept to go on later: a matcher made anew and given the next
  // keys finds what this one would have.
  void flush();

  // Everything heard so far, in the order in which it was added; flushes first.
  HeardKeys found();

 private:
  struct WaitingKey {
    PublishedKey key;
    std::size_t source = 0;
  };
  struct WaitingChain {  // one day of it
    DailyKey key{};
    std::uint32_t slots = 0;  // that it has on this day
    PublishedChain chain;
    std::size_t source = 0;
  };
  struct DayQueue {
    std::uint32_t day = 0;
    bool heard = false;  // else this place of the table is free
    std::uint32_t size = 0;
    std::unique_ptr<WaitingKey[]> keys;
  };
  // A window and what it is sorted by within its key.
  using Found = std::pair<std::int64_t, ExposureWindow>;
  template <class Published>
  using FoundOf = std::map<std::size_t, std::pair<Published, std::vector<Found>>>;

  void make_queues();
  DayQueue* queue_of(std::uint32_t day);
  void work_on(DayQueue& queue);
  void check(const WaitingKey& waiting, const Candidate& candidate, Interval slot);

  void add_day(const PublishedChain& chain, Day day, const DailyKey& key);
  void work_on(Day day, int ids_per_day, std::span<const WaitingChain> waiting);
  void work_singly(Day day, const WaitingChain& waiting);
  void check(const WaitingChain& waiting, Slots slots, Day day, int index, const RollingId& id);
  [[nodiscard]] FilterView filter_of(Slots slots, Day day, int index) const;

  const NameTable* names_;
  WindowMaker windows_;
  const Kernel* kernel_;

  std::vector<DayQueue> queues_;  // a hash table by day
  std::size_t keys_ = 0;          // added so far
  std::map<std::pair<Day, std::int32_t>, std::vector<WaitingChain>> chain_queues_;
  std::size_t waiting_chains_ = 0;
  std::size_t chains_ = 0;  // added so far

  std::vector<AesSchedule> schedules_;
  std::vector<Candidate> candidates_;

  FoundOf<PublishedKey> found_keys_;
  FoundOf<PublishedChain> found_chains_;
};

}  // namespace bz::engine
