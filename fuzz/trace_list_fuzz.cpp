// A trace list that is read must, written again, be read as the same; an envelope must be written
// as the very bytes it came from but for its version and signatures, since there is one way to
// write it.
//
// What begins as an envelope does is taken for one, anything else for JSON.
#include <algorithm>
#include <cstdlib>

#include "wire/trace_envelope.h"
#include "wire/trace_list.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView bytes(data, size);
  if (bz::wire::looks_like_trace_envelope(bytes)) {
    const auto envelope = bz::wire::read_trace_envelope(bytes, bz::wire::Trust::in_anybody());
    if (!envelope) return 0;
    const auto again = bz::wire::write_trace_envelope(*envelope, nullptr);
    must(again.has_value());
    const auto content =
        bz::ByteView(*again).first(again->size() - 1);  // without the signature's length, 0
    must(std::ranges::equal(content.subspan(16), bytes.first(content.size()).subspan(16)));
    return 0;
  }
  const auto entries = bz::wire::parse_trace_list(bz::as_text(bytes));
  if (!entries) return 0;
  const auto again = bz::wire::parse_trace_list(bz::wire::write_trace_list(*entries));
  must(again.has_value() && *again == *entries);
  return 0;
}
