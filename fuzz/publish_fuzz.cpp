// A request or answer that is read must, written again, be read as the same.
#include <cstdlib>

#include "wire/publish_message.h"

namespace {

using namespace bz::wire;

// `parse` gives a Result, `write` the text of its value.
template <class Parse, class Write>
void check(std::string_view body, Parse parse, Write write) {
  const auto value = parse(body);
  if (!value) return;
  const std::string written = write(*value);
  // An entry {} is written with all its members, so a body may grow beyond the bound.
  if (written.size() > kMaxApiBody) return;
  const auto again = parse(written);
  if (!again || *again != *value) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = bz::as_text({data, size});
  check(body, parse_publish_request, [](const auto& r) { return write_publish_request(r, "AA"); });
  check(body, parse_publish_chains_request,
        [](const auto& r) { return write_publish_chains_request(r, "AA"); });
  check(body, parse_publish_answer, write_publish_answer);
  return 0;
}
