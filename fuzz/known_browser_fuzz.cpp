// A cookie of a known browser that is read must be the one that is written for it that day; and any
// other account's and epoch's are not read.
#include <cstdlib>

#include "accounts/devices.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using bz::accounts::kDeviceKnown;
  const auto text = bz::as_text({data, size});
  const bz::accounts::Devices devices(bz::Bytes(32, 1));  // the corpus is made under this key
  const bz::Instant now{bz::Day{std::chrono::year{2020} / 9 / 13}};
  const auto device = devices.read(text, "lan", 3, now);
  if (!device) return 0;
  must(!devices.read(text, "lan", 4, now) && !devices.read(text, "lam", 3, now));
  bool is_written = false;
  for (std::chrono::days age{0}; age <= kDeviceKnown && !is_written; ++age) {
    is_written = devices.write("lan", 3, *device, now - age) == text;
  }
  must(is_written);
  return 0;
}
