// What officers, programs and phones send to the codes side: a request that is read must be written
// and read back as the same; a date and a number too.
#include <cstdlib>

#include "codes/authorities.h"
#include "codes/callbacks.h"
#include "codes/dates.h"
#include "codes/issue.h"
#include "codes/key_server_statistics.h"
#include "codes/sms.h"
#include "codes/user_report.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bz::codes;
  const auto text = bz::as_text(bz::ByteView(data, size));
  if (const auto request = parse_issue_request(text)) {
    const auto again = parse_issue_request(write_issue_request(*request));
    must(again && *again == *request);
  }
  if (const auto batch = parse_batch_request(text, kMaxBatch)) {
    must(!batch->empty() && batch->size() <= kMaxBatch);
  }
  if (const auto callback = parse_callback(text)) must(callback->message.size() == kCallbackSize);
  if (const auto authority = parse_authority(text)) {
    const auto again = parse_authority(write_authority(*authority));
    must(again && *again == *authority);
  }
  if (const auto phone = normal_phone(text)) must(normal_phone(*phone) == phone);
  if (const auto day = bz::day_from_text(text)) must(bz::to_text(*day) == text);
  if (const auto days = parse_key_server_answer(text)) {
    for (const auto& [number, day] : *days) must(day.key_ages.size() == 17);
  }
  (void)parse_uuid_request(text);
  (void)parse_user_report(text);
  return 0;
}
