#include "tests/soak/ledger.h"

namespace bz::soak {

void Ledger::sent(Kind kind, std::span<const std::string> keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) entries_[key].kind = kind;
}

void Ledger::acknowledged(std::span<const std::string> keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) entries_[key].acknowledged = true;
}

void Ledger::revision_sent(std::span<const std::string> keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) entries_[key].revision_sent = true;
}

void Ledger::revision_acknowledged(std::span<const std::string> keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) entries_[key].revision_acknowledged = true;
}

void Ledger::fault(std::string what) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(what));
}

Ledger::Totals Ledger::totals() const {
  const std::lock_guard lock(mutex_);
  Totals totals;
  for (const auto& [key, entry] : entries_) {
    ++totals.keys;
    totals.acknowledged += entry.acknowledged ? 1U : 0U;
    totals.revised += entry.revision_acknowledged ? 1U : 0U;
  }
  return totals;
}

void Ledger::compare(const Entry& entry, const std::string& format, const Appearances& seen,
                     Faults& faults) {
  const auto complain = [&](const std::string& what) { ++faults[format + ": " + what]; };
  const auto times = [](std::size_t count) { return std::to_string(count) + " times"; };
  if (seen.as_new.size() > 1)
    complain("a key stands among the new ones " + times(seen.as_new.size()));
  if (entry.acknowledged && seen.as_new.empty()) complain("an acknowledged key is missing");
  if (seen.as_revised.size() > 1)
    complain("a key stands among the revised ones " + times(seen.as_revised.size()));
  if (!entry.revision_sent && !seen.as_revised.empty())
    complain("a key is revised that nobody revised");
  if (entry.revision_acknowledged && seen.as_revised.empty())
    complain("an acknowledged revision is missing");
  if (seen.as_new.size() == 1 && seen.as_revised.size() == 1 &&
      seen.as_revised.front() <= seen.as_new.front())
    complain("a key is revised in no later batch than it is new in");
}

std::vector<std::string> Ledger::compare(const Published& published) const {
  const std::lock_guard lock(mutex_);
  Faults faults;
  for (const auto& fault : faults_) ++faults[fault];
  const Appearances nowhere;
  for (const auto& [format, keys] : published.formats) {
    const Kind kind = format.ends_with("bzt") ? Kind::kChain : Kind::kDayKey;
    for (const auto& [key, entry] : entries_) {
      if (entry.kind != kind) continue;
      const auto seen = keys.find(key);
      compare(entry, format, seen == keys.end() ? nowhere : seen->second, faults);
    }
  }
  std::vector<std::string> sentences;
  for (const auto& [what, count] : faults)
    sentences.push_back(count == 1 ? what : what + " (" + std::to_string(count) + " of them)");
  return sentences;
}

}  // namespace bz::soak
