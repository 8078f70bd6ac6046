// The revision token that came with the last upload that was answered. With it, and only with it,
// this phone may change the report of keys that it has published, from likely to confirmed say, and
// send them again together with new ones (docs/publishing.md). Only the server can read it.
#pragma once

#include <string>
#include <string_view>

#include "phone/store.h"

namespace bz::phone {

// A key server takes no key that began more than 15 days ago: then there is nothing to change.
inline constexpr std::chrono::days kRevisionKept{15};
// Of ours there are 532 characters. With a longer one an upload might not fit its size any more
// (phone/http_transport.h): it is not kept.
inline constexpr std::size_t kLongestRevisionToken = 2'048;

class Revision {
 public:
  // The store must outlive this.
  explicit Revision(Store& store) : store_(&store) {}

  // Empty when there is none, or it cannot be read any more. Errors are those of the disk.
  Result<std::string> token();

  // In the place of the one before. `newest` is the day of the last of its keys.
  Result<void> keep(std::string_view token, Day newest);

  // It goes with the newest of its keys (phone/forget.h): when that is of a day before `oldest`, or
  // lay ahead of the clock and was first seen so before `oldest`. Within a transaction, and
  // Database::empty_wal after it.
  Result<void> forget_before(Day oldest, Day today);

 private:
  struct Kept;
  Result<std::optional<Kept>> read();
  Result<void> write(const Kept& kept);

  Store* store_;
};

}  // namespace bz::phone
