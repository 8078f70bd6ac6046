#include "phone/check_time.h"

#include "base/bytes.h"

namespace bz::phone {
namespace {

constexpr std::string_view kName = "checked";

}  // namespace

Result<void> note_checked(Store& store, Instant now) {
  Bytes ms(8);
  put_le(ms, static_cast<std::uint64_t>(to_ms(now)));
  return store.keep(kName, ms);
}

Result<Instant> next_check(Store& store, std::chrono::milliseconds period, Instant now) {
  const auto kept = store.kept(kName);
  if (!kept) return kept.error();
  if (!*kept) return now;
  if ((*kept)->size() != 8)
    return Error{Code::kMalformed, "the log is damaged: when it was last compared cannot be read"};
  const auto last = from_ms(static_cast<std::int64_t>(get_le(**kept)));
  return last > now ? now : last + period;
}

}  // namespace bz::phone
