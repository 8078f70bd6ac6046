// The names that a phone has heard, arranged so that millions of candidates can be asked about from
// the processor's nearest memory.
//
// A key's name counts only within two hours of its time, so everything is cut by time. For each
// group of 16 intervals there is a filter (kernel.h) of the names heard from two hours before it to
// two hours after it; a few kilobytes, whatever the phone has heard in all. What passes is looked
// up in a hash table of the UTC day on which it was heard. Intervals near which nothing was heard
// have no filter.
//
// The names stand once, in one flat array in the order of the scans; sightings of the same name are
// chained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernel.h"
#include "engine/sighting.h"
#include "engine/window_maker.h"

namespace bz::engine {

// The two kinds of names, which share nothing.
enum class NameKind : std::uint8_t {
  kDayKey = 0,  // 16 bytes: gaen, bluezone4
  kChain = 1,   // 12 bytes: bluezone3
};

constexpr NameKind kind_of(Profile profile) {
  return profile == Profile::kBluezone3 ? NameKind::kChain : NameKind::kDayKey;
}

// Chains are cut into slots of up to this many intervals that begin within a group, so their
// filters hold what was heard that much later too.
inline constexpr std::uint32_t kLongestFilteredSlot = 2;

// Both ends are included.
struct IntervalRange {
  Interval first;
  Interval last;
};

// Not changed after it is made: any number of threads may ask it. Fewer than 2^28 sightings. The
// scans may go once it is made.
class NameTable {
 public:
  // `salt` is random and told to nobody, so that no sender can choose names that collide and slow
  // the table down. Answers do not depend on it.
  explicit NameTable(std::span<const Scan> scans, std::uint64_t salt = 0);

  // Names that may be heard for slots that begin in the 16 intervals from `group` * 16 on; no words
  // when there are none.
  [[nodiscard]] FilterView filter(NameKind kind, std::uint32_t group) const;

  // Every group that has a filter, ascending.
  [[nodiscard]] std::vector<std::uint32_t> groups(NameKind kind) const;

  [[nodiscard]] bool any_heard(NameKind kind, IntervalRange when) const;

  // Keeps those whose name was heard on a UTC day that `when` touches, in their order; returns how
  // many.
  std::size_t keep_heard(NameKind kind, IntervalRange when, std::span<Candidate> candidates) const;

  // Where a name was heard on the UTC days that `when` touches, in the order of the scans.
  [[nodiscard]] std::vector<Place> places(NameKind kind, const RollingId& name,
                                          IntervalRange when) const;

  // Of all sightings; 1970 when there are none.
  [[nodiscard]] Instant latest() const { return latest_; }
  [[nodiscard]] std::size_t size() const { return names_.size(); }

  // All that it holds on the heap.
  [[nodiscard]] std::size_t allocated_bytes() const;

 private:
  // Counted units of time: intervals, groups or days.
  struct Count {
    std::uint32_t number = 0;
    std::uint32_t names = 0;
  };
  struct Filter {
    std::uint32_t group = 0;
    std::uint32_t mask = 0;
    std::size_t begin = 0;  // in words
  };
  struct DayTable {
    std::uint32_t day = 0;
    std::uint32_t size = 0;
    std::size_t begin = 0;  // in entries
  };
  struct Half {
    std::vector<Count> heard;  // intervals
    std::vector<Filter> filters;
    std::vector<std::uint32_t> words;
    std::vector<DayTable> days;
    std::vector<std::uint32_t> entries;  // tag above, index of the first sighting + 1; 0 is empty
  };

  [[nodiscard]] std::uint64_t hash_of(const RollingId& name) const;
  void plan(Half& half, std::uint32_t after) const;
  void fill_filters(std::span<const Scan> scans);
  void fill_days(std::span<const Scan> scans);
  [[nodiscard]] const Half& half(NameKind kind) const {
    return halves_[static_cast<std::size_t>(kind)];
  }
  [[nodiscard]] std::uint32_t* entry_of(Half& half, const DayTable& table, const RollingId& name,
                                        std::uint64_t hash) const;
  [[nodiscard]] std::uint32_t find(const Half& half, const DayTable& table,
                                   const RollingId& name) const;
  [[nodiscard]] static std::span<const DayTable> tables(const Half& half, IntervalRange when);

  std::uint64_t salt_;
  std::vector<RollingId> names_;
  std::vector<std::uint32_t> next_;        // sighting of the same name and day, + 1; 0 is the end
  std::vector<std::uint32_t> scan_begin_;  // index of each scan's first sighting
  std::uint32_t index_mask_ = 0;           // the bits of an entry that hold an index
  Instant latest_;
  Half halves_[2];
};

}  // namespace bz::engine
