// A CSV file that is read must, written again, be read as the same texts.
#include <cstdlib>

#include "papers/csv.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto csv = bz::papers::read_csv({data, size});
  if (!csv) return 0;
  const auto again = bz::papers::read_csv(bz::papers::write_csv(csv->sheet));
  must(again.has_value() && again->sheet == csv->sheet);
  return 0;
}
