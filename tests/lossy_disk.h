// A disk that loses power: an SQLite VFS for tests. It passes everything on to the real files, and
// knows of each what has been synced. When the power is cut, every write since the last sync of its
// file has, sector by sector, happened or not, in any order, as the system and the drive may have
// chosen.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>

namespace bz::tests {

class LossyDisk {
 public:
  enum class Sync { kHonest, kIgnored };  // ignored: a sync returns and keeps nothing safe

  // Becomes SQLite's default VFS until it is destroyed. One at a time.
  explicit LossyDisk(Sync sync = Sync::kHonest);
  ~LossyDisk();
  LossyDisk(const LossyDisk&) = delete;
  LossyDisk& operator=(const LossyDisk&) = delete;

  // Power goes before the operation that comes after `operations` more writes, truncations and
  // syncs: from then on, each fails.
  void cut_power_after(int operations);
  [[nodiscard]] bool power_is_cut() const;

  // Leaves in each file what a disk may have kept. Call it when every connection is closed.
  void lose_unsynced_writes(std::mt19937_64& chance);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace bz::tests
