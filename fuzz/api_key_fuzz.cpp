// An API key that passes its check has one spelling only, and fails it with any other last byte.
#include <cstdlib>

#include "base/base64.h"
#include "codes/api_keys.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = bz::as_text({data, size});
  const bz::Bytes check_key(32, 1);  // the corpus is made under this key
  if (!bz::codes::passes_check(text, check_key)) return 0;
  auto bytes = bz::from_base64url(text);
  must(bytes.has_value() && bz::to_base64url(*bytes) == text);
  ++bytes->back();
  must(!bz::codes::passes_check(bz::to_base64url(*bytes), check_key));
  return 0;
}
