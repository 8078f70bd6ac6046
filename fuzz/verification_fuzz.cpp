// A request, answer or refusal that is read must, written again, be read as the same.
#include "fuzz/round_trip.h"
#include "wire/publish_message.h"
#include "wire/verification_message.h"

using namespace bz::wire;
using bz::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = bz::as_text({data, size});
  check(body, parse_verify_request, [](const auto& r) { return write_verify_request(r, "AA"); });
  check(body, parse_verify_answer, write_verify_answer);
  check(body, parse_certificate_request,
        [](const auto& r) { return write_certificate_request(r, "AA"); });
  check(body, parse_certificate_answer,
        [](const auto& certificate) { return write_certificate_answer(certificate); });
  check(body, parse_api_refusal, write_api_refusal);
  return 0;
}
