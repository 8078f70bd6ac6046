// A request, answer or refusal that is read must, written again, be read as the same.
#include <cstdlib>

#include "wire/publish_message.h"
#include "wire/verification_message.h"

namespace {

using namespace bz::wire;

// `parse` gives a Result, `write` the text of its value.
template <class Parse, class Write>
void check(std::string_view body, Parse parse, Write write) {
  const auto value = parse(body);
  if (!value) return;
  const std::string written = write(*value);
  // An escape may take six characters for one, so a body may grow beyond the bound.
  if (written.size() > kMaxApiBody) return;
  const auto again = parse(written);
  if (!again || *again != *value) std::abort();
}

}  // namespace

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
