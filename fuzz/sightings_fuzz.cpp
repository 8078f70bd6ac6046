// Sightings that are read must, written again, be read as the same.
#include <cstdlib>

#include "base/bytes.h"
#include "wire/sightings_csv.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = bz::as_text({data, size});
  if (const auto sightings = bz::wire::parse_sightings_csv(text)) {
    const auto again = bz::wire::parse_sightings_csv(bz::wire::write_sightings_csv(*sightings));
    must(again.has_value() && *again == *sightings);
  }
  if (const auto sightings = bz::wire::parse_check_csv(text)) {
    const auto again = bz::wire::parse_sightings_csv(bz::wire::write_sightings_csv(*sightings));
    must(again.has_value() && *again == *sightings);
  }
  return 0;
}
