// What was sent to a server and what it acknowledged, key by key, and whether what it published
// agrees.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "tests/soak/published.h"

namespace bz::soak {

class Ledger {
 public:
  enum class Kind { kDayKey, kChain };

  // Before the first byte goes out, so that a key of unknown fate is known at least. From any
  // thread.
  void sent(Kind kind, std::span<const std::string> keys);
  void acknowledged(std::span<const std::string> keys);
  void revision_sent(std::span<const std::string> keys);
  void revision_acknowledged(std::span<const std::string> keys);
  // A refusal that no rule allows.
  void fault(std::string what);

  struct Totals {
    std::size_t keys = 0;
    std::size_t acknowledged = 0;
    std::size_t revised = 0;  // acknowledged
  };
  [[nodiscard]] Totals totals() const;

  // What does not agree: a sentence for each kind, with how often. Empty: every acknowledged key
  // is, in each format, among the new keys of exactly one batch, every acknowledged revision among
  // the revised keys of exactly one later batch, and nothing else of ours more than once.
  [[nodiscard]] std::vector<std::string> compare(const Published& published) const;

 private:
  struct Entry {
    Kind kind = Kind::kDayKey;
    bool acknowledged = false;
    bool revision_sent = false;
    bool revision_acknowledged = false;
  };
  using Faults = std::map<std::string, std::size_t>;  // how often
  static void compare(const Entry& entry, const std::string& format, const Appearances& seen,
                      Faults& faults);

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::vector<std::string> faults_;
};

}  // namespace bz::soak
