#include "engine/fast_matcher.h"

#include <algorithm>
#include <bit>

namespace bz::engine {
namespace {

// Keys of one day that are worked on together: enough that fetching the day's filters and table for
// them costs little, few enough that their schedules, 176 bytes each, stay in the second cache.
constexpr std::size_t kTogether = 512;
// Names of chains that are made in one call: bounds the candidates.
constexpr std::size_t kChainNames = 32'768;
// Day chains that wait at most, over all days.
constexpr std::size_t kMostWaitingChains = 4'096;

// Days that are cut finer than this (a minute) are rare and not worth a filter for every slot.
constexpr std::int32_t kMostFilteredSlots = 1'440;
// Below this many ids a day a slot may be longer than the table's filters look.
constexpr std::int32_t kFewestFilteredSlots =
    kIntervalsPerDay / kLongestFilteredSlot;  // 20 minutes each

constexpr auto kTolerance = kIntervalLength * kClockTolerance;

// In which every name is.
constexpr std::uint32_t kEveryBit = 0xffff'ffff;
constexpr FilterView kEveryName{&kEveryBit, 0};

IntervalRange around(Interval first, Interval last) {
  constexpr std::uint32_t kMost = 0xffff'ffff;
  return {{first.number < kClockTolerance ? 0 : first.number - kClockTolerance},
          {last.number > kMost - kClockTolerance ? kMost : last.number + kClockTolerance}};
}

// When an id of a slot may be heard.
IntervalRange around(Slots slots, Day day, int index) {
  return {interval_at(slots.start(day, index) - kTolerance),
          interval_at(slots.end(day, index) + kTolerance - std::chrono::milliseconds{1})};
}

IntervalRange around(Day day) {
  return {interval_at(Instant{day} - kTolerance),
          interval_at(Instant{day + std::chrono::days{1}} + kTolerance)};
}

template <class Published, class FoundOf>
std::vector<Heard<Published>> in_order(const FoundOf& found) {
  std::vector<Heard<Published>> out;
  for (const auto& [source, of_key] : found) {
    auto windows = of_key.second;
    std::ranges::stable_sort(windows, {}, [](const auto& window) { return window.first; });
    Heard<Published> heard{source, of_key.first, {}};
    for (auto& window : windows) heard.windows.push_back(std::move(window.second));
    out.push_back(std::move(heard));
  }
  return out;
}

}  // namespace

FastMatcher::FastMatcher(const NameTable& names, std::span<const Scan> scans, Receiver receiver,
                         const Kernel& kernel)
    : names_(&names), windows_(scans, receiver), kernel_(&kernel), schedules_(kTogether) {
  make_queues();
}

// A queue for every day that has a filter, found by its number.
void FastMatcher::make_queues() {
  std::vector<std::uint32_t> days;
  for (const auto group : names_->groups(NameKind::kDayKey)) {
    const auto day = group / (kIntervalsPerDay / kGroupSize);
    if (days.empty() || days.back() != day) days.push_back(day);
  }
  queues_.resize(std::bit_ceil(2 * days.size() + 1));
  for (const auto day : days) {
    auto at = day & (queues_.size() - 1);
    while (queues_[at].heard) at = (at + 1) & (queues_.size() - 1);
    queues_[at].day = day;
    queues_[at].heard = true;
  }
}

FastMatcher::DayQueue* FastMatcher::queue_of(std::uint32_t day) {
  for (auto at = day & (queues_.size() - 1); queues_[at].heard;
       at = (at + 1) & (queues_.size() - 1)) {
    if (queues_[at].day == day) return &queues_[at];
  }
  return nullptr;
}

void FastMatcher::add(std::span<const PublishedKey> keys) {
  for (const auto& key : keys) {
    // A key that does not begin at midnight belongs to two days, and intervals are numbers modulo
    // 2^32.
    std::uint64_t at = key.key.start.number;
    for (std::uint64_t left = key.key.period; left > 0;) {
      const auto day = static_cast<std::uint32_t>(at / kIntervalsPerDay);
      const auto day_end = std::min<std::uint64_t>((std::uint64_t{day} + 1) * kIntervalsPerDay,
                                                   std::uint64_t{1} << 32U);
      const auto here = std::min(left, day_end - at);
      if (auto* queue = queue_of(day); queue != nullptr) {
        if (queue->keys == nullptr) queue->keys = std::make_unique<WaitingKey[]>(kTogether);
        queue->keys[queue->size++] = {key, keys_};
        if (queue->size == kTogether) work_on(*queue);
      }
      left -= here;
      at = (at + here) & 0xffff'ffffU;
    }
    ++keys_;
  }
}

void FastMatcher::work_on(DayQueue& queue) {
  std::array<std::array<std::uint8_t, 16>, kTogether> bytes;
  for (std::size_t i = 0; i < queue.size; ++i) bytes[i] = queue.keys[i].key.key.bytes;
  if (candidates_.size() < kTogether * kGroupSize) candidates_.resize(kTogether * kGroupSize);
  kernel_->schedules(std::span(bytes).first(queue.size), schedules_.data());

  constexpr std::uint32_t kGroupsPerDay = kIntervalsPerDay / kGroupSize;
  for (std::uint32_t g = 0; g < kGroupsPerDay; ++g) {
    const std::uint32_t group = queue.day * kGroupsPerDay + g;
    const auto filter = names_->filter(NameKind::kDayKey, group);
    if (filter.words == nullptr) continue;
    const Interval first{group * kGroupSize};
    const auto passed =
        kernel_->probe(std::span(schedules_).first(queue.size), first, filter, candidates_.data());
    const auto heard =
        names_->keep_heard(NameKind::kDayKey, around(first, {first.number + kGroupSize - 1}),
                           std::span(candidates_).first(passed));
    for (const auto& candidate : std::span(candidates_).first(heard))
      check(queue.keys[candidate.key], candidate, {first.number + candidate.slot});
  }
  queue.size = 0;
}

void FastMatcher::check(const WaitingKey& waiting, const Candidate& candidate, Interval slot) {
  const auto& key = waiting.key.key;
  const auto into_key = slot.number - key.start.number;
  if (into_key >= key.period) return;
  const auto places = names_->places(NameKind::kDayKey, candidate.id, around(slot, slot));
  std::vector<ExposureWindow> made;
  windows_.add(waiting.source, metadata_key(key), slot, places, made);
  for (auto& window : made) {
    auto& found = found_keys_[waiting.source];
    found.first = waiting.key;
    found.second.emplace_back(into_key, std::move(window));
  }
}

void FastMatcher::add(std::span<const PublishedChain> chains) {
  const Day last_heard = day_of(names_->latest() + kTolerance);
  for (const auto& chain : chains) {
    const Day last = std::min(last_heard, day_of(chain.end));
    DailyKey key = chain.daily_key;
    for (Day day = day_of(chain.start); day <= last; day += std::chrono::days{1}) {
      if (names_->any_heard(NameKind::kChain, around(day))) add_day(chain, day, key);
      if (day < last) key = next_daily_key(key);
    }
    ++chains_;
  }
}

void FastMatcher::add_day(const PublishedChain& chain, Day day, const DailyKey& key) {
  const Slots slots{chain.ids_per_day};
  const auto begun = (chain.end - Instant{day}) / slots.length() + 1;  // slots until its end
  const auto has = static_cast<std::uint32_t>(std::min<std::int64_t>(begun, slots.per_day));
  WaitingChain waiting{key, has, chain, chains_};
  if (slots.per_day > kMostFilteredSlots) {
    work_singly(day, waiting);
    return;
  }
  auto& queue = chain_queues_[{day, chain.ids_per_day}];
  queue.push_back(waiting);
  ++waiting_chains_;
  if (queue.size() == kTogether) {
    work_on(day, chain.ids_per_day, queue);
    chain_queues_.erase({day, chain.ids_per_day});
  }
  if (waiting_chains_ == kMostWaitingChains) flush();
}

FilterView FastMatcher::filter_of(Slots slots, Day day, int index) const {
  if (!names_->any_heard(NameKind::kChain, around(slots, day, index))) return {};
  if (slots.per_day < kFewestFilteredSlots) return kEveryName;
  return names_->filter(NameKind::kChain, interval_at(slots.start(day, index)).number / kGroupSize);
}

void FastMatcher::work_on(Day day, int ids_per_day, std::span<const WaitingChain> waiting) {
  const Slots slots{ids_per_day};
  std::vector<DailyKey> keys;
  std::size_t most = 0;
  for (const auto& w : waiting) {
    keys.push_back(w.key);
    most = std::max<std::size_t>(most, w.slots);
  }
  std::vector<FilterView> filters;
  for (std::size_t i = 0; i < most; ++i)
    filters.push_back(filter_of(slots, day, static_cast<int>(i)));
  while (!filters.empty() && filters.back().words == nullptr) filters.pop_back();

  if (candidates_.size() < kChainNames) candidates_.resize(kChainNames);
  // Whole sixteens, so that no lane is idle.
  const std::size_t at_once =
      filters.empty() ? keys.size()
                      : std::max<std::size_t>(kChainNames / filters.size() / 16 * 16, 16);
  for (std::size_t from = 0; from < keys.size() && !filters.empty(); from += at_once) {
    const auto some = std::span(keys).subspan(from, std::min(at_once, keys.size() - from));
    const auto passed = kernel_->probe_chains(some, filters, candidates_.data());
    const auto heard =
        names_->keep_heard(NameKind::kChain, around(day), std::span(candidates_).first(passed));
    for (const auto& candidate : std::span(candidates_).first(heard)) {
      const auto& of = waiting[from + candidate.key];
      if (candidate.slot < of.slots)
        check(of, slots, day, static_cast<int>(candidate.slot), candidate.id);
    }
  }
  waiting_chains_ -= waiting.size();
}

void FastMatcher::work_singly(Day day, const WaitingChain& waiting) {
  const Slots slots{waiting.chain.ids_per_day};
  IdChain ids(waiting.key);
  for (int i = 0; i < static_cast<int>(waiting.slots); ++i)
    check(waiting, slots, day, i, ids.next());
}

void FastMatcher::check(const WaitingChain& waiting, Slots slots, Day day, int index,
                        const RollingId& id) {
  const auto places = names_->places(NameKind::kChain, id, around(slots, day, index));
  if (places.empty()) return;
  std::vector<ExposureWindow> made;
  windows_.add(waiting.source, slots, day, index, places, made);
  for (auto& window : made) {
    auto& found = found_chains_[waiting.source];
    found.first = waiting.chain;
    found.second.emplace_back(to_ms(slots.start(day, index)), std::move(window));
  }
}

void FastMatcher::flush() {
  for (auto& queue : queues_) {
    if (queue.size > 0) work_on(queue);
  }
  for (auto& [of, waiting] : chain_queues_) work_on(of.first, of.second, waiting);
  chain_queues_.clear();
}

HeardKeys FastMatcher::found() {
  flush();
  return {in_order<PublishedKey>(found_keys_), in_order<PublishedChain>(found_chains_)};
}

}  // namespace bz::engine
