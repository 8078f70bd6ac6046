#include "phone/own_chains.h"

#include <algorithm>
#include <utility>

#include "phone/scan_row.h"

namespace bz::phone {
namespace {

using engine::DailyKey;
using engine::PublishedChain;

constexpr std::string_view kName = "chains";
constexpr std::size_t kKeySize = std::tuple_size_v<DailyKey>;
constexpr std::size_t kRowSize = kKeySize + 4 + 8;  // docs/formats/phone-log.md draws it

Error damaged() {
  return {Code::kMalformed, "the log is damaged: the own chains cannot be read"};
}

Error went_back() {
  return {Code::kConflict, "the clock went back to a day before the chain that is said"};
}

bool in_time(Instant now) {
  return now >= Instant{Day{}} && day_of(now) <= kLastDay;
}

// The key of `day`, which is not before `from`.
DailyKey hashed_on(const DailyKey& key, Day from, Day day) {
  return engine::daily_key({key, from}, day);
}

}  // namespace

Result<std::vector<OwnChains::Chain>> OwnChains::read() {
  const auto kept = store_->kept(kName);
  if (!kept) return kept.error();
  std::vector<Chain> chains;
  if (!*kept) return chains;
  if ((*kept)->size() % kRowSize != 0) return damaged();
  for (ByteView rest(**kept); !rest.empty(); rest = rest.subspan(kRowSize)) {
    Chain chain;
    std::copy_n(rest.begin(), kKeySize, chain.key.begin());
    const auto day = static_cast<std::int32_t>(get_le(rest.subspan(kKeySize, 4)));
    const auto ended = static_cast<std::int64_t>(get_le(rest.subspan(kKeySize + 4, 8)));
    chain.day = Day{std::chrono::days{day}};
    if (ended != 0) chain.ended = from_ms(ended);
    chains.push_back(chain);
  }
  return chains;
}

Result<void> OwnChains::write(const std::vector<Chain>& chains) {
  Bytes plain(chains.size() * kRowSize);
  for (std::size_t i = 0; i < chains.size(); ++i) {
    const auto row = std::span(plain).subspan(i * kRowSize, kRowSize);
    std::ranges::copy(chains[i].key, row.begin());
    put_le(row.subspan(kKeySize, 4), static_cast<std::uint64_t>(number_of(chains[i].day)));
    const auto ended = chains[i].ended ? to_ms(*chains[i].ended) : 0;
    put_le(row.last(8), static_cast<std::uint64_t>(ended));
  }
  return store_->keep(kName, plain);
}

Result<DailyKey> OwnChains::current(Instant now) {
  if (!in_time(now)) return Error{Code::kInvalid, "an own chain's day lies between 1970 and 9999"};
  auto chains = read();
  if (!chains) return chains.error();
  const auto today = day_of(now);
  if (chains->empty() || chains->back().ended) {
    if (chains->size() >= kMostOwnChains) chains->erase(chains->begin());
    const auto root = engine::new_bluezone3_root(store_->random(), now);
    chains->push_back({engine::next_daily_key(root.key), today, {}});
    ++changes_;
    if (auto ok = write(*chains); !ok) return ok.error();
  }
  const auto& running = chains->back();
  if (today < running.day) return went_back();
  return hashed_on(running.key, running.day, today);
}

Result<void> OwnChains::end_current(Instant now) {
  auto chains = read();
  if (!chains) return chains.error();
  if (chains->empty() || chains->back().ended) return {};
  if (day_of(now) < chains->back().day) return went_back();
  chains->back().ended = now;
  ++changes_;
  return write(*chains);
}

Result<std::vector<PublishedChain>> OwnChains::since(Day first, Instant now) {
  const auto chains = read();
  if (!chains) return chains.error();
  constexpr std::chrono::seconds kSecond{1};
  const engine::Slots slots;
  std::vector<PublishedChain> found;
  for (const auto& chain : *chains) {
    const auto start = std::max({first, chain.day, Day{day_of(now) - kOldestChain}});
    const auto end = std::min(now, chain.ended.value_or(now));
    const auto last = std::chrono::floor<std::chrono::seconds>(end) - kSecond;
    if (last < Instant{start}) continue;
    const auto day = day_of(last);
    found.push_back({.daily_key = hashed_on(chain.key, chain.day, start),
                     .start = Instant{start},
                     .end = slots.start(day, slots.index_at(last)) + kSecond,
                     .ids_per_day = slots.per_day});
  }
  return found;
}

Result<void> OwnChains::forget_ended(Instant moment) {
  auto chains = read();
  if (!chains) return chains.error();
  const auto gone = std::erase_if(
      *chains, [moment](const Chain& chain) { return chain.ended && *chain.ended <= moment; });
  if (gone == 0) return {};
  auto transaction = Transaction::begin(store_->database());
  if (!transaction) return transaction.error();
  if (auto ok = write(*chains); !ok) return ok;
  if (auto ok = store_->write_anew("kept"); !ok) return ok;
  if (auto ok = transaction->commit(); !ok) return ok;
  return store_->database().empty_wal();
}

Result<std::int64_t> OwnChains::forget_before(Day oldest, Day today) {
  auto chains = read();
  if (!chains) return chains.error();
  const auto gone = std::erase_if(*chains, [&](const Chain& chain) {
    return (chain.ended && day_of(*chain.ended) < oldest) ||
           chain.day > today + std::chrono::days{1};
  });
  bool changed = gone > 0;
  for (auto& chain : *chains) {
    if (chain.day >= oldest) continue;
    chain.key = hashed_on(chain.key, chain.day, oldest);
    chain.day = oldest;
    changed = true;
  }
  if (!changed) return std::int64_t{0};
  ++changes_;
  if (auto ok = write(*chains); !ok) return ok.error();
  if (auto ok = store_->write_anew("kept"); !ok) return ok.error();
  return static_cast<std::int64_t>(gone);
}

}  // namespace bz::phone
