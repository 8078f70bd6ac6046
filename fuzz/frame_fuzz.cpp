// Whatever is read as a frame must be written and read back as the same frame, and any GATT value
// too.
#include <cstdlib>

#include "engine/frame.h"

namespace {

using namespace bz::engine;

void must(bool holds) {
  if (!holds) std::abort();
}

void check_round_trip(const Reading& reading) {
  if (const auto* frame = std::get_if<Frame>(&reading)) {
    must(read_advertisement(advertisement(*frame)) == reading);
    if (frame->profile == Profile::kGaen) return;
    const auto& place = frame->profile == Profile::kBluezone3 ? kBluezone3Gatt : kBluezone4Gatt;
    must(read_gatt(place.service, place.characteristic, gatt_value(*frame)) == reading);
  } else if (const auto* ask = std::get_if<ToBeAsked>(&reading)) {
    must(read_advertisement(advertisement(*ask)) == reading);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView bytes(data, size);
  check_round_trip(read_advertisement(bytes));
  for (const auto& place : {kBluezone3Gatt, kBluezone4Gatt}) {
    check_round_trip(read_gatt(place.service, place.characteristic, bytes));
  }
  return 0;
}
