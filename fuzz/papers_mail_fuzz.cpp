// A letter that is read must, sent on, be read with the same sender, text and attachments. Nobody
// vouches for its sender but who is asked, and for no sender of another domain.
#include <cstdlib>
#include <string>

#include "base/utf8.h"
#include "papers/authentication.h"
#include "papers/mail.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

// The last line of a letter gets its end on the way.
std::string ended(std::string text) {
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto mail = bz::papers::read_mail({data, size});
  if (!mail) return 0;
  must(bz::is_utf8(mail->subject) && bz::is_utf8(mail->text));
  const auto& results = mail->authentication_results;
  const bool vouched = bz::papers::vouches("mx.example", results, mail->from);
  must(!vouched || !results.empty());
  must(!bz::papers::vouches("", results, mail->from));
  auto refused = results;
  refused.push_back({"mx.example; dmarc=fail", false});
  must(!bz::papers::vouches("mx.example", refused, mail->from));
  bz::papers::MailToSend on;
  on.from = mail->from;
  on.to = {mail->from};
  on.subject = mail->subject;
  on.message_id = mail->message_id.empty() ? "a@b" : mail->message_id;
  on.dated = bz::from_ms(1'598'345'880'000);
  on.text = mail->text;
  on.attachments = mail->attachments;
  const auto written = bz::papers::write_mail(on);
  if (!written) return 0;  // an attachment of a type that is none
  const auto again = bz::papers::read_mail(*written);
  must(again.has_value());
  must(again->from == mail->from && again->message_id == on.message_id);
  must(ended(again->text) == ended(mail->text));
  must(again->attachments.size() == mail->attachments.size());
  for (std::size_t i = 0; i < mail->attachments.size(); ++i)
    must(again->attachments[i].content == mail->attachments[i].content);
  return 0;
}
