// A request or answer that is read must, written again, be read as the same.
#include "fuzz/round_trip.h"
#include "wire/publish_message.h"

using namespace bz::wire;
using bz::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = bz::as_text({data, size});
  check(body, parse_publish_request, [](const auto& r) { return write_publish_request(r, "AA"); });
  check(body, parse_publish_chains_request,
        [](const auto& r) { return write_publish_chains_request(r, "AA"); });
  check(body, parse_publish_answer, write_publish_answer);
  return 0;
}
