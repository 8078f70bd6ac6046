#include "engine/name_table.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "base/bytes.h"

namespace bz::engine {
namespace {

constexpr std::uint32_t kGroups = 0x1'0000'0000 / kGroupSize;

// At least this many bits of filter a name, and up to twice as many; and at least this many words,
// which cost nothing as long as they fit into the processor's nearest cache.
constexpr std::size_t kFilterBits = 16;
constexpr std::size_t kLeastWords = 2'048;

std::uint32_t first_word(const RollingId& name) {
  return static_cast<std::uint32_t>(get_le(std::span(name.bytes).first<4>()));
}
std::uint32_t second_word(const RollingId& name) {
  return static_cast<std::uint32_t>(get_le(std::span(name.bytes).subspan<4, 4>()));
}

std::uint32_t place_in(std::uint32_t size, std::uint64_t hash) {
  return static_cast<std::uint32_t>((hash >> 32U) * size >> 32U);
}

std::uint32_t day_of(std::uint32_t interval) {
  return interval / kIntervalsPerDay;
}

// The groups whose filter holds what is heard in an interval, when that looks `after` intervals
// past a group's end.
struct Groups {
  std::uint32_t first;
  std::uint32_t last;
};

Groups groups_of(std::uint32_t interval, std::uint32_t after) {
  const std::uint64_t reach = kGroupSize - 1 + after;
  return {static_cast<std::uint32_t>(
              interval < reach ? 0 : (interval - reach + kGroupSize - 1) / kGroupSize),
          static_cast<std::uint32_t>(std::min<std::uint64_t>(
              kGroups - 1, (std::uint64_t{interval} + kClockTolerance) / kGroupSize))};
}

// One more name in `number`; mostly the last one, since time goes forward.
template <class Counts>
void count(Counts& counts, std::uint32_t number, std::uint32_t names) {
  auto at = counts.end();
  while (at != counts.begin() && (at - 1)->number > number) --at;
  if (at != counts.begin() && (at - 1)->number == number) {
    (at - 1)->names += names;
  } else {
    counts.insert(at, {number, names});
  }
}

template <class T>
std::size_t bytes_of(const std::vector<T>& v) {
  return v.capacity() * sizeof(T);
}

}  // namespace

NameTable::NameTable(std::span<const Scan> scans, std::uint64_t salt) : salt_(salt) {
  std::size_t total = 0;
  for (const auto& scan : scans) total += scan.heard.size();
  assert(total < std::size_t{1} << 28U);
  names_.reserve(total);
  scan_begin_.reserve(scans.size());
  index_mask_ = (1U << std::bit_width(total)) - 1U;

  for (const auto& scan : scans) {
    scan_begin_.push_back(static_cast<std::uint32_t>(names_.size()));
    for (const auto& sighting : scan.heard) {
      names_.push_back(sighting.id);
      latest_ = std::max(latest_, sighting.time);
      count(halves_[static_cast<std::size_t>(kind_of(sighting.profile))].heard,
            interval_at(sighting.time).number, 1);
    }
  }
  next_.resize(total);
  plan(halves_[0], kClockTolerance);
  plan(halves_[1], kClockTolerance + kLongestFilteredSlot);
  fill_filters(scans);
  fill_days(scans);
}

// Gives every group and day that needs it its room.
void NameTable::plan(Half& half, std::uint32_t after) const {
  std::vector<Count> groups;
  std::vector<Count> days;
  for (const auto& [interval, names] : half.heard) {
    const auto near = groups_of(interval, after);
    for (std::uint32_t g = near.first; g <= near.last; ++g) count(groups, g, names);
    count(days, day_of(interval), names);
  }
  std::size_t words = 0;
  half.filters.reserve(groups.size());
  for (const auto& [group, names] : groups) {
    const auto size = std::max(kLeastWords, std::bit_ceil((names * kFilterBits + 31) / 32));
    half.filters.push_back({group, static_cast<std::uint32_t>(size - 1), words});
    words += size;
  }
  half.words.resize(words);
  std::size_t entries = 0;
  half.days.reserve(days.size());
  for (const auto& [day, names] : days) {
    half.days.push_back({day, 2 * names, entries});
    entries += 2 * names;
  }
  half.entries.resize(entries);
}

void NameTable::fill_filters(std::span<const Scan> scans) {
  struct Near {  // filters of the interval seen last
    std::uint32_t interval = 0;
    std::span<const Filter> filters;
  } near_of[2];
  const std::uint32_t after[2] = {kClockTolerance, kClockTolerance + kLongestFilteredSlot};
  for (const auto& scan : scans) {
    for (const auto& sighting : scan.heard) {
      const auto kind = static_cast<std::size_t>(kind_of(sighting.profile));
      auto& half = halves_[kind];
      auto& near = near_of[kind];
      const auto interval = interval_at(sighting.time).number;
      if (near.filters.empty() || near.interval != interval) {
        const auto groups = groups_of(interval, after[kind]);
        const auto first = std::ranges::lower_bound(half.filters, groups.first, {}, &Filter::group);
        near = {interval, {first, first + (groups.last - groups.first + 1)}};
      }
      const auto first = first_word(sighting.id);
      const auto bits = filter_bits(second_word(sighting.id));
      for (const auto& filter : near.filters)
        half.words[filter.begin + (first & filter.mask)] |= bits;
    }
  }
}

// From the last sighting to the first, so that chains lead forward.
void NameTable::fill_days(std::span<const Scan> scans) {
  const DayTable* tables[2] = {};
  auto i = static_cast<std::uint32_t>(names_.size());
  for (auto scan = scans.rbegin(); scan != scans.rend(); ++scan) {
    for (auto sighting = scan->heard.rbegin(); sighting != scan->heard.rend(); ++sighting, --i) {
      const auto kind = static_cast<std::size_t>(kind_of(sighting->profile));
      auto& half = halves_[kind];
      const auto*& table = tables[kind];
      const auto day = day_of(interval_at(sighting->time).number);
      if (table == nullptr || table->day != day)
        table = &*std::ranges::lower_bound(half.days, day, {}, &DayTable::day);
      const auto hash = hash_of(sighting->id);
      auto* entry = entry_of(half, *table, sighting->id, hash);
      next_[i - 1] = *entry & index_mask_;
      *entry = (static_cast<std::uint32_t>(hash) & ~index_mask_) | i;
    }
  }
}

// Both halves of the product of two salted halves: whoever does not know the salt cannot choose
// names that collide.
std::uint64_t NameTable::hash_of(const RollingId& name) const {
  __extension__ using Product = unsigned __int128;
  constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15U;
  const auto low = get_le(std::span(name.bytes).first<8>()) ^ salt_;
  const auto high = get_le(std::span(name.bytes).last<8>()) ^ (salt_ * kOdd + kOdd);
  const auto product = static_cast<Product>(low) * high;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint32_t* NameTable::entry_of(Half& half, const DayTable& table, const RollingId& name,
                                   std::uint64_t hash) const {
  auto* entries = half.entries.data() + table.begin;
  auto at = place_in(table.size, hash);
  while (entries[at] != 0) {
    const auto different = (entries[at] ^ static_cast<std::uint32_t>(hash)) & ~index_mask_;
    if (different == 0 && names_[(entries[at] & index_mask_) - 1] == name) break;
    if (++at == table.size) at = 0;
  }
  return entries + at;
}

// The first sighting of a name on that day, + 1; 0 when there is none.
std::uint32_t NameTable::find(const Half& half, const DayTable& table,
                              const RollingId& name) const {
  const auto hash = hash_of(name);
  const auto* entries = half.entries.data() + table.begin;
  for (auto at = place_in(table.size, hash); entries[at] != 0;) {
    const auto different = (entries[at] ^ static_cast<std::uint32_t>(hash)) & ~index_mask_;
    const auto index = entries[at] & index_mask_;
    if (different == 0 && names_[index - 1] == name) return index;
    if (++at == table.size) at = 0;
  }
  return 0;
}

std::span<const NameTable::DayTable> NameTable::tables(const Half& half, IntervalRange when) {
  const auto first =
      std::ranges::lower_bound(half.days, day_of(when.first.number), {}, &DayTable::day);
  const auto end =
      std::ranges::upper_bound(half.days, day_of(when.last.number), {}, &DayTable::day);
  return {first, std::max(first, end)};
}

FilterView NameTable::filter(NameKind kind, std::uint32_t group) const {
  const auto& h = half(kind);
  const auto found = std::ranges::lower_bound(h.filters, group, {}, &Filter::group);
  if (found == h.filters.end() || found->group != group) return {};
  return {h.words.data() + found->begin, found->mask};
}

std::vector<std::uint32_t> NameTable::groups(NameKind kind) const {
  std::vector<std::uint32_t> out;
  for (const auto& filter : half(kind).filters) out.push_back(filter.group);
  return out;
}

bool NameTable::any_heard(NameKind kind, IntervalRange when) const {
  const auto& heard = half(kind).heard;
  const auto found = std::ranges::lower_bound(heard, when.first.number, {}, &Count::number);
  return found != heard.end() && found->number <= when.last.number;
}

std::size_t NameTable::keep_heard(NameKind kind, IntervalRange when,
                                  std::span<Candidate> candidates) const {
  const auto& h = half(kind);
  const auto days = tables(h, when);
  for (const auto& candidate : candidates) {
    for (const auto& table : days) {
      __builtin_prefetch(h.entries.data() + table.begin +
                         place_in(table.size, hash_of(candidate.id)));
    }
  }
  std::size_t kept = 0;
  for (const auto& candidate : candidates) {
    const auto heard = [&](const DayTable& table) { return find(h, table, candidate.id) != 0; };
    if (std::ranges::any_of(days, heard)) candidates[kept++] = candidate;
  }
  return kept;
}

std::vector<Place> NameTable::places(NameKind kind, const RollingId& name,
                                     IntervalRange when) const {
  const auto& h = half(kind);
  std::vector<Place> out;
  for (const auto& table : tables(h, when)) {
    for (auto i = find(h, table, name); i != 0; i = next_[i - 1]) {
      const auto scan = std::ranges::upper_bound(scan_begin_, i - 1) - 1;
      out.push_back({static_cast<std::size_t>(scan - scan_begin_.begin()), i - 1 - *scan});
    }
  }
  std::ranges::sort(out);
  return out;
}

std::size_t NameTable::allocated_bytes() const {
  std::size_t bytes = bytes_of(names_) + bytes_of(next_) + bytes_of(scan_begin_);
  for (const auto& h : halves_) {
    bytes += bytes_of(h.heard) + bytes_of(h.filters) + bytes_of(h.words) + bytes_of(h.days) +
             bytes_of(h.entries);
  }
  return bytes;
}

}  // namespace bz::engine
