// No bytes from outside open: whoever does not have the public key's ephemeral secret cannot make
// them. What is made of the same bytes by sealing opens as it was.
#include <algorithm>
#include <cstdlib>

#include "wire/sealed_message.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

// The receiver is the number 1, the same in every run.
const bz::AgreementKey& receiver() {
  static const bz::AgreementKey key = [] {
    std::array<std::uint8_t, 32> number{};
    number.back() = 1;
    return *bz::AgreementKey::from_number(number);
  }();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bz::ByteView bytes(data, size);
  const auto opened = bz::wire::open_message(receiver(), bz::wire::kForRevocation, bytes);
  must(opened || opened.error().code ==
                     (size < bz::wire::kSealedOverhead ? bz::Code::kMalformed : bz::Code::kDenied));
  const auto callback = bz::wire::open_callback(receiver(), bytes);
  must(!callback || size == 256);

  bz::SystemRandom random;
  const auto text = bz::as_text(bytes.first(std::min(size, bz::wire::kMaxCallbackText)));
  const auto sealed = bz::wire::seal_callback(receiver().public_key(), text, random);
  must(sealed.has_value());
  const auto again = bz::wire::open_callback(receiver(), *sealed);
  must(again.has_value() && *again == text);
  return 0;
}
