#include "tests/lossy_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace bz::tests {
namespace {

constexpr std::size_t kSector = 512;

struct Operation {
  bool truncates = false;
  std::size_t at = 0;  // where it writes, or the new size
  Bytes bytes;
};

void apply(Bytes& content, const Operation& operation) {
  if (operation.truncates) {
    if (operation.at < content.size()) content.resize(operation.at);
    return;
  }
  const auto end = operation.at + operation.bytes.size();
  if (content.size() < end) content.resize(end);
  std::ranges::copy(operation.bytes, content.begin() + static_cast<std::ptrdiff_t>(operation.at));
}

// What the disk is sure to hold, and what it may have kept of what came after.
struct Tracked {
  Bytes synced;
  std::vector<Operation> unsynced;

  void sync() {
    for (const auto& operation : unsynced) apply(synced, operation);
    unsynced.clear();
  }

  // Each sector of each write is written or not; what is written comes in any order.
  [[nodiscard]] Bytes after_power_cut(std::mt19937_64& chance) const {
    std::vector<Operation> kept;
    const auto keeps = [&] { return chance() % 2 == 0; };
    for (const auto& operation : unsynced) {
      if (operation.truncates) {
        if (keeps()) kept.push_back(operation);
        continue;
      }
      for (std::size_t from = 0; from < operation.bytes.size();) {
        const auto to =
            std::min(operation.bytes.size(), from + kSector - (operation.at + from) % kSector);
        const auto part = std::span(operation.bytes).subspan(from, to - from);
        if (keeps()) kept.push_back({false, operation.at + from, Bytes(part.begin(), part.end())});
        from = to;
      }
    }
    std::ranges::shuffle(kept, chance);
    auto content = synced;
    for (const auto& operation : kept) apply(content, operation);
    return content;
  }
};

}  // namespace

struct LossyDisk::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  Sync sync = Sync::kHonest;
  std::mutex mutex;          // over all that follows
  int operations_left = -1;  // negative: no end
  bool cut = false;
  std::map<std::string, Tracked> files;

  // Counts one operation; false when there is no power for it.
  bool has_power() {
    if (operations_left == 0) cut = true;
    if (operations_left > 0) --operations_left;
    return !cut;
  }
};

namespace {

// SQLite allocates this with the real file's own structure behind it.
struct File {
  sqlite3_file base;
  LossyDisk::State* disk;
  Tracked* tracked;  // null for a file without a name

  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& file(sqlite3_file* handle) {
  return *reinterpret_cast<File*>(handle);
}
sqlite3_file* real(sqlite3_file* handle) {
  return file(handle).real();
}

int lossy_close(sqlite3_file* handle) {
  return real(handle)->pMethods->xClose(real(handle));
}

int lossy_read(sqlite3_file* handle, void* out, int size, sqlite3_int64 at) {
  return real(handle)->pMethods->xRead(real(handle), out, size, at);
}

int lossy_write(sqlite3_file* handle, const void* data, int size, sqlite3_int64 at) {
  auto& self = file(handle);
  const std::lock_guard lock(self.disk->mutex);
  if (!self.disk->has_power()) return SQLITE_IOERR_WRITE;
  if (self.tracked != nullptr) {
    const auto* const bytes = static_cast<const std::uint8_t*>(data);
    self.tracked->unsynced.push_back(
        {false, static_cast<std::size_t>(at), Bytes(bytes, bytes + size)});
  }
  return self.real()->pMethods->xWrite(self.real(), data, size, at);
}

int lossy_truncate(sqlite3_file* handle, sqlite3_int64 size) {
  auto& self = file(handle);
  const std::lock_guard lock(self.disk->mutex);
  if (!self.disk->has_power()) return SQLITE_IOERR_TRUNCATE;
  if (self.tracked != nullptr)
    self.tracked->unsynced.push_back({true, static_cast<std::size_t>(size), {}});
  return self.real()->pMethods->xTruncate(self.real(), size);
}

// The real file is not synced: only what this disk says is kept counts, and the test stays quick.
int lossy_sync(sqlite3_file* handle, int) {
  auto& self = file(handle);
  const std::lock_guard lock(self.disk->mutex);
  if (!self.disk->has_power()) return SQLITE_IOERR_FSYNC;
  if (self.tracked != nullptr && self.disk->sync == LossyDisk::Sync::kHonest) self.tracked->sync();
  return SQLITE_OK;
}

int lossy_size(sqlite3_file* handle, sqlite3_int64* size) {
  return real(handle)->pMethods->xFileSize(real(handle), size);
}
int lossy_lock(sqlite3_file* handle, int level) {
  return real(handle)->pMethods->xLock(real(handle), level);
}
int lossy_unlock(sqlite3_file* handle, int level) {
  return real(handle)->pMethods->xUnlock(real(handle), level);
}
int lossy_reserved(sqlite3_file* handle, int* out) {
  return real(handle)->pMethods->xCheckReservedLock(real(handle), out);
}
int lossy_control(sqlite3_file* handle, int what, void* argument) {
  return real(handle)->pMethods->xFileControl(real(handle), what, argument);
}
int lossy_sector(sqlite3_file*) {
  return kSector;
}
// SQLite's own assumption on Unix: a write that is interrupted does not spoil the bytes beside it.
int lossy_characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// What programs share about the write-ahead log is memory: a power cut takes all of it.
int lossy_shm_map(sqlite3_file* handle, int region, int size, int extend, volatile void** out) {
  return real(handle)->pMethods->xShmMap(real(handle), region, size, extend, out);
}
int lossy_shm_lock(sqlite3_file* handle, int offset, int count, int flags) {
  return real(handle)->pMethods->xShmLock(real(handle), offset, count, flags);
}
void lossy_shm_barrier(sqlite3_file* handle) {
  real(handle)->pMethods->xShmBarrier(real(handle));
}
int lossy_shm_unmap(sqlite3_file* handle, int deletes) {
  return real(handle)->pMethods->xShmUnmap(real(handle), deletes);
}

// Version 2: nothing is mapped but the shared memory.
constexpr sqlite3_io_methods kMethods = {2,
                                         lossy_close,
                                         lossy_read,
                                         lossy_write,
                                         lossy_truncate,
                                         lossy_sync,
                                         lossy_size,
                                         lossy_lock,
                                         lossy_unlock,
                                         lossy_reserved,
                                         lossy_control,
                                         lossy_sector,
                                         lossy_characteristics,
                                         lossy_shm_map,
                                         lossy_shm_lock,
                                         lossy_shm_barrier,
                                         lossy_shm_unmap,
                                         nullptr,
                                         nullptr};

LossyDisk::State& disk_of(sqlite3_vfs* vfs) {
  return *static_cast<LossyDisk::State*>(vfs->pAppData);
}

int lossy_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags,
               int* out_flags) {
  auto& disk = disk_of(vfs);
  auto& self = file(handle);
  self.base.pMethods = nullptr;
  self.disk = &disk;
  self.tracked = nullptr;
  const int result = disk.real->xOpen(disk.real, name, self.real(), flags, out_flags);
  if (result != SQLITE_OK) return result;
  self.base.pMethods = &kMethods;
  if (name == nullptr) return SQLITE_OK;
  const std::lock_guard lock(disk.mutex);
  const auto [tracked, is_new] = disk.files.try_emplace(name);
  if (is_new) {
    std::ifstream content(name, std::ios::binary);
    tracked->second.synced.assign(std::istreambuf_iterator<char>(content), {});
  }
  self.tracked = &tracked->second;
  return SQLITE_OK;
}

// Taken to be durable at once: SQLite deletes its write-ahead log only when the database holds all
// of it.
int lossy_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  auto& disk = disk_of(vfs);
  const std::lock_guard lock(disk.mutex);
  if (!disk.has_power()) return SQLITE_IOERR_DELETE;
  disk.files.erase(name);
  return disk.real->xDelete(disk.real, name, sync_folder);
}

}  // namespace

LossyDisk::LossyDisk(Sync sync) : state_(std::make_unique<State>()) {
  state_->real = sqlite3_vfs_find(nullptr);
  state_->sync = sync;
  state_->vfs = *state_->real;
  state_->vfs.zName = "lossy";
  state_->vfs.pAppData = state_.get();
  state_->vfs.pNext = nullptr;
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.xOpen = lossy_open;
  state_->vfs.xDelete = lossy_delete;
  sqlite3_vfs_register(&state_->vfs, 1);
}

LossyDisk::~LossyDisk() {
  sqlite3_vfs_unregister(&state_->vfs);
  sqlite3_vfs_register(state_->real, 1);
}

void LossyDisk::cut_power_after(int operations) {
  const std::lock_guard lock(state_->mutex);
  state_->operations_left = operations;
}

bool LossyDisk::power_is_cut() const {
  const std::lock_guard lock(state_->mutex);
  return state_->cut;
}

void LossyDisk::lose_unsynced_writes(std::mt19937_64& chance) {
  for (const auto& [name, tracked] : state_->files) {
    const auto content = tracked.after_power_cut(chance);
    std::ofstream(name, std::ios::binary | std::ios::trunc) << as_text(content);
  }
  state_->files.clear();
  state_->cut = false;
  state_->operations_left = -1;
}

}  // namespace bz::tests
