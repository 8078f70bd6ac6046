#include "papers/mail.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "papers/says.h"

namespace bz::papers {
namespace {

constexpr std::size_t kMostDepth = 20;
constexpr std::size_t kMostParts = 1'000;
constexpr std::size_t kMostName = 255;
constexpr std::size_t kMostHeaderBytes = 256'000;  // of the letter and all in it
constexpr std::size_t kMostOneHeader = 64'000;     // bytes
constexpr std::size_t kMostBoundaries = 100;       // every line is held against those around it
constexpr std::size_t kMostDashedLines = 10'000;   // each may begin a part
constexpr std::size_t kMostColons = 500;           // in one header
constexpr std::size_t kMostRecipients = 100;
constexpr gint64 kVietnam = 7 * 3600;  // seconds east of UTC

struct Unref {
  template <class T>
  void operator()(T* object) const {
    g_object_unref(object);
  }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;
using Text = std::unique_ptr<char, decltype(&g_free)>;

// GMime's tables, made once for the whole program and given back at its end.
void need_gmime() {
  struct Library {
    Library() { g_mime_init(); }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() { g_mime_shutdown(); }
  };
  static const Library library;
}

Error malformed(std::string_view vietnamese, std::string_view english) {
  return says(Code::kMalformed, vietnamese, english);
}

bool is_control(char c) {
  return (c >= 0 && c < 0x20) || c == 0x7F;
}

// What GMime gives as text may be in no encoding at all.
std::string as_utf8(const char* text) {
  if (text == nullptr) return {};
  if (is_utf8(text)) return text;
  const Text valid(g_utf8_make_valid(text, -1), g_free);
  return valid.get();
}

std::string one_line(const char* text) {
  auto line = as_utf8(text);
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

// The name alone, so that it cannot lead anywhere; of a long one the end, which says what it is.
std::string file_name(const char* text) {
  auto name = as_utf8(text);
  name.erase(std::remove_if(name.begin(), name.end(), is_control), name.end());
  if (const auto slash = name.find_last_of("/\\"); slash != std::string::npos)
    name.erase(0, slash + 1);
  if (name.size() > kMostName) name.erase(0, name.size() - kMostName);
  while (!name.empty() && !is_utf8(name)) name.erase(0, 1);  // half a character in front
  return name;
}

std::string without_returns(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out.push_back(text[i] == '\r' ? '\n' : text[i]);
  }
  return out;
}

bool is_one_of(char c, std::string_view others) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

// Words of letters, digits and such signs with a dot between them (RFC 5322 section 3.2.3).
bool is_dotted(std::string_view text, std::string_view signs) {
  char before = '.';
  for (const char c : text) {
    if (c == '.' ? before == '.' : !is_one_of(c, signs)) return false;
    before = c;
  }
  return before != '.';
}

constexpr std::string_view kSigns = "!#$%&'*+-/=?^_`{|}~";

// local@domain of RFC 5321, without quoted local parts.
bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at <= 64 && text.size() <= 254 &&
         is_dotted(text.substr(0, at), kSigns) && is_dotted(text.substr(at + 1), "-") &&
         text[at + 1] != '-';
}

bool is_message_id(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && text.size() <= 250 &&
         is_dotted(text.substr(0, at), kSigns) && is_dotted(text.substr(at + 1), kSigns);
}

// The address of the only From; empty when there are none or several.
std::string sender_of(GMimeMessage* message) {
  auto* headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
  int count = 0;
  for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
    const char* name = g_mime_header_get_name(g_mime_header_list_get_header_at(headers, i));
    count += g_ascii_strcasecmp(name, "From") == 0 ? 1 : 0;
  }
  auto* from = g_mime_message_get_from(message);
  if (count != 1 || from == nullptr || internet_address_list_length(from) != 1) return {};
  auto* one = internet_address_list_get_address(from, 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX(one)) return {};
  const char* address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one));
  if (address == nullptr || !is_address(address)) return {};
  return ascii_lowered(address);
}

// The first word of what a header says, in lower case.
std::string first_word(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.remove_prefix(first);
  return ascii_lowered(text.substr(0, text.find_first_of(" \t\r\n;(")));
}

// Whether the colon follows the name at once; GMime reads obsolete "Name :" as well.
bool has_plain_name(GMimeHeader* header, std::string_view text) {
  const auto offset = g_mime_header_get_offset(header);
  const auto colon = static_cast<std::size_t>(std::max<gint64>(offset, 0)) +
                     std::string_view(g_mime_header_get_name(header)).size();
  return offset >= 0 && colon < text.size() && text[colon] == ':';
}

// What stands in the headers beside the letter's own.
void read_stations(GMimeMessage* message, std::string_view text, Mail& mail) {
  auto* headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
  int last_results = -1;
  for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
    auto* header = g_mime_header_list_get_header_at(headers, i);
    const auto name = ascii_lowered(g_mime_header_get_name(header));
    const char* raw = g_mime_header_get_raw_value(header);
    const std::string_view value = raw == nullptr ? "" : raw;
    if (name == "authentication-results" && has_plain_name(header, text)) {
      const bool is_next = last_results >= 0 && last_results == i - 1;
      mail.authentication_results.push_back({std::string(value), is_next});
      last_results = i;
    } else if (name == "auto-submitted") {
      mail.is_automatic = mail.is_automatic || first_word(value) != "no";
    } else if (name == "precedence") {
      const auto word = first_word(value);
      mail.is_automatic = mail.is_automatic || word == "bulk" || word == "list" || word == "junk";
    } else if (name == "return-path") {
      mail.is_automatic = mail.is_automatic || first_word(value) == "<>";
    }
  }
  auto* part = g_mime_message_get_mime_part(message);
  auto* type = part == nullptr ? nullptr : g_mime_object_get_content_type(part);
  mail.is_automatic = mail.is_automatic ||
                      (type != nullptr && g_mime_content_type_is_type(type, "multipart", "report"));
}

std::optional<Instant> date_of(GMimeMessage* message) {
  auto* date = g_mime_message_get_date(message);
  if (date == nullptr) return std::nullopt;
  const auto seconds = g_date_time_to_unix(date);
  if (seconds < 0 || seconds > 253'402'300'799) return std::nullopt;  // 1970 to 9999
  return Instant{std::chrono::seconds{seconds}};
}

Owned<GMimeStream> stream_of(ByteView bytes) {
  const char* data = bytes.empty() ? "" : as_text(bytes).data();  // GMime takes no null
  return Owned<GMimeStream>(g_mime_stream_mem_new_with_buffer(data, bytes.size()));
}

Bytes content_of(GMimePart* part) {
  auto* content = g_mime_part_get_content(part);
  if (content == nullptr) return {};
  const Owned<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, memory.get());
  const auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return {bytes->data, bytes->data + bytes->len};
}

std::string media_type_of(GMimeObject* part) {
  auto* type = g_mime_object_get_content_type(part);
  const Text text(type == nullptr ? nullptr : g_mime_content_type_get_mime_type(type), g_free);
  auto name = text ? ascii_lowered(text.get()) : std::string{};
  const bool fine = name.size() <= 127 && std::all_of(name.begin(), name.end(), [](char c) {
                      return is_one_of(c, "/!#$&-^_.+");
                    });
  return fine ? name : "application/octet-stream";
}

// Goes through the parts of a letter.
class Parts {
 public:
  explicit Parts(Mail& mail) : mail_(mail) {}

  Result<void> take(GMimeObject* part, std::size_t depth, bool of_letter_inside) {
    if (part == nullptr) return {};
    if (depth > kMostDepth || ++parts_ > kMostParts) {
      return malformed("Thư có quá nhiều phần lồng nhau. Hãy gửi lại, chỉ đính kèm tệp báo cáo.",
                       "The letter has too many parts inside each other: send it again with "
                       "nothing but the report attached.");
    }
    if (GMIME_IS_MULTIPART(part)) {
      auto* several = GMIME_MULTIPART(part);
      for (int i = 0; i < g_mime_multipart_get_count(several); ++i) {
        auto fine = take(g_mime_multipart_get_part(several, i), depth + 1, of_letter_inside);
        if (!fine) return fine;
      }
      return {};
    }
    if (GMIME_IS_MESSAGE_PART(part)) {
      auto* inside = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
      return inside == nullptr ? Result<void>{}
                               : take(g_mime_message_get_mime_part(inside), depth + 1, true);
    }
    if (GMIME_IS_PART(part)) return take_leaf(GMIME_PART(part), of_letter_inside);
    return {};
  }

 private:
  Result<void> take_leaf(GMimePart* part, bool of_letter_inside) {
    const auto type = media_type_of(GMIME_OBJECT(part));
    const char* name = g_mime_part_get_filename(part);
    const bool body = name == nullptr && g_mime_part_is_attachment(part) == FALSE &&
                      (type == "text/plain" || type == "text/html");
    if (body) {
      if (type == "text/plain" && !of_letter_inside) add_text(part);
      return {};
    }
    if (mail_.attachments.size() == kMostAttachments) {
      return malformed("Thư có hơn 100 tệp đính kèm. Hãy gửi lại, chỉ đính kèm tệp báo cáo.",
                       "The letter has over 100 attachments: send it again with nothing but the "
                       "report attached.");
    }
    mail_.attachments.push_back({file_name(name), type, content_of(part)});
    return {};
  }

  void add_text(GMimePart* part) {
    if (!GMIME_IS_TEXT_PART(part)) return;
    const Text text(g_mime_text_part_get_text(GMIME_TEXT_PART(part)), g_free);
    if (!mail_.text.empty() && !mail_.text.ends_with('\n')) mail_.text += '\n';
    mail_.text += without_returns(as_utf8(text.get()));
  }

  Mail& mail_;
  std::size_t parts_ = 0;
};

// Whether what looks like headers, of the letter itself or of anything in it, stays within bounds:
// lines of a name, a colon and a value, with those that go on. GMime's time grows with the square
// of a header's length, and it calls itself for each group in a group ("a:b:c:"), until the stack
// ends.
bool headers_are_bounded(std::string_view text) {
  std::size_t all = 0;
  std::size_t boundaries = 0;
  std::size_t dashed = 0;
  std::size_t bytes = 0;   // of this header
  std::size_t colons = 0;  // of this header
  bool in_header = false;
  while (!text.empty()) {
    const auto line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    text.remove_prefix(line.size());
    if (line.starts_with("--") && ++dashed > kMostDashedLines) return false;
    if (line.front() != ' ' && line.front() != '\t') {
      const auto name_end = line.find_first_of(": \t\r\n");
      const auto colon = line.find_first_not_of(" \t", name_end);
      in_header = name_end != 0 && colon != std::string_view::npos && line[colon] == ':';
      bytes = 0;
      colons = 0;
    }
    if (!in_header) continue;
    all += line.size();
    bytes += line.size();
    colons += static_cast<std::size_t>(std::count(line.begin(), line.end(), ':'));
    if (ascii_lowered(line).find("boundary") != std::string::npos) ++boundaries;
    if (boundaries > kMostBoundaries || all > kMostHeaderBytes || bytes > kMostOneHeader ||
        colons > kMostColons)
      return false;
  }
  return true;
}

Error invalid(const char* what) {
  return {Code::kInvalid, std::string("mail: ") + what};
}

Result<void> check(const MailToSend& mail) {
  if (!is_address(mail.from)) return invalid("the sender's address is none");
  if (mail.to.empty() || mail.to.size() > kMostRecipients)
    return invalid("a letter has 1 to 100 recipients");
  if (!std::all_of(mail.to.begin(), mail.to.end(), is_address))
    return invalid("a recipient's address is none");
  if (!is_message_id(mail.message_id)) return invalid("the message id is none");
  if (!mail.auto_submitted.empty() && mail.auto_submitted != "auto-generated" &&
      mail.auto_submitted != "auto-replied") {
    return invalid("a program's letter is auto-generated or auto-replied");
  }
  for (const auto* line : {&mail.from_name, &mail.subject}) {
    if (!is_utf8(*line) || std::any_of(line->begin(), line->end(), is_control))
      return invalid("the sender's name and the subject are one line of UTF-8 each");
  }
  if (!is_utf8(mail.text) || mail.text.find('\0') != std::string::npos)
    return invalid("the text is not UTF-8");
  if (mail.attachments.size() > kMostAttachments) return invalid("over 100 attachments");
  std::size_t size = mail.text.size();
  for (const auto& one : mail.attachments) {
    const auto slash = one.media_type.find('/');
    const auto fits = [](char c) { return is_one_of(c, "/!#$&-^_.+"); };
    if (slash == std::string::npos || slash == 0 || slash + 1 == one.media_type.size() ||
        !std::all_of(one.media_type.begin(), one.media_type.end(), fits) ||
        one.media_type.starts_with("multipart/") || one.media_type.starts_with("message/")) {
      return invalid("an attachment's media type is none");
    }
    if (!is_utf8(one.name) || std::any_of(one.name.begin(), one.name.end(), is_control))
      return invalid("an attachment's name is one line of UTF-8");
    size += one.content.size();
  }
  // Base64 makes four of three.
  if (size > kMostMailBytes / 4 * 3) return invalid("over 18 MB");
  return {};
}

Owned<GMimeObject> text_part(const std::string& text) {
  auto* part = g_mime_text_part_new_with_subtype("plain");
  g_mime_text_part_set_charset(part, "utf-8");
  g_mime_text_part_set_text(part, without_returns(text).c_str());
  g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return Owned<GMimeObject>(GMIME_OBJECT(part));
}

Owned<GMimeObject> attachment_part(const Attachment& attachment) {
  const auto slash = attachment.media_type.find('/');
  auto* part = g_mime_part_new_with_type(attachment.media_type.substr(0, slash).c_str(),
                                         attachment.media_type.substr(slash + 1).c_str());
  const auto memory = stream_of(attachment.content);
  const Owned<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(memory.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part, content.get());
  g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
  if (!attachment.name.empty()) g_mime_part_set_filename(part, attachment.name.c_str());
  return Owned<GMimeObject>(GMIME_OBJECT(part));
}

Owned<GMimeObject> body_of(const MailToSend& mail) {
  auto text = text_part(mail.text);
  if (mail.attachments.empty()) return text;
  auto* several = g_mime_multipart_new_with_subtype("mixed");
  // GMime would draw one by chance. No line of base64 or quoted-printable begins so.
  const auto id = to_hex(sha256(as_bytes(mail.message_id)));
  g_mime_multipart_set_boundary(several, ("=_bz_" + id.substr(0, 24)).c_str());
  g_mime_multipart_add(several, text.get());
  for (const auto& one : mail.attachments)
    g_mime_multipart_add(several, attachment_part(one).get());
  return Owned<GMimeObject>(GMIME_OBJECT(several));
}

void set_date(GMimeMessage* message, Instant dated) {
  const std::unique_ptr<GTimeZone, decltype(&g_time_zone_unref)> zone(
      g_time_zone_new_offset(kVietnam), g_time_zone_unref);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(dated).time_since_epoch().count();
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> utc(
      g_date_time_new_from_unix_utc(std::clamp<gint64>(seconds, 0, 253'402'214'400)),
      g_date_time_unref);
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> local(
      g_date_time_to_timezone(utc.get(), zone.get()), g_date_time_unref);
  g_mime_message_set_date(message, local.get());
}

}  // namespace

Result<Mail> read_mail(ByteView message) {
  if (message.size() > kMostMailBytes) {
    return malformed("Thư lớn hơn 25 MB. Hãy gửi lại, chỉ đính kèm tệp báo cáo.",
                     "The letter is over 25 MB: send it again with nothing but the report "
                     "attached.");
  }
  if (!headers_are_bounded(as_text(message))) {
    return malformed(
        "Phần đầu của thư quá dài hoặc thư có quá nhiều phần. Hãy gửi lại, chỉ đính kèm tệp báo "
        "cáo.",
        "The letter's headers are too long or its parts too many: send it again with "
        "nothing but the report attached.");
  }
  need_gmime();
  const auto stream = stream_of(message);
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const Owned<GMimeMessage> parsed(g_mime_parser_construct_message(parser.get(), nullptr));
  Mail mail;
  if (parsed) mail.from = sender_of(parsed.get());
  if (mail.from.empty()) {
    return malformed("Không đọc được địa chỉ người gửi của thư. Hãy gửi lại từ một hộp thư.",
                     "The letter has not exactly one sender's address: send it again from one "
                     "mailbox.");
  }
  mail.subject = one_line(g_mime_message_get_subject(parsed.get()));
  if (const char* id = g_mime_message_get_message_id(parsed.get()); id && is_message_id(id))
    mail.message_id = id;
  mail.dated = date_of(parsed.get());
  read_stations(parsed.get(), as_text(message), mail);
  Parts parts(mail);
  if (auto fine = parts.take(g_mime_message_get_mime_part(parsed.get()), 1, false); !fine)
    return fine.error();
  return mail;
}

Result<Bytes> write_mail(const MailToSend& mail) {
  if (auto fine = check(mail); !fine) return fine.error();
  need_gmime();
  const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM,
                             mail.from_name.empty() ? nullptr : mail.from_name.c_str(),
                             mail.from.c_str());
  for (const auto& to : mail.to)
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, to.c_str());
  g_mime_message_set_subject(message.get(), mail.subject.c_str(), "utf-8");
  g_mime_message_set_message_id(message.get(), mail.message_id.c_str());
  set_date(message.get(), mail.dated);
  if (!mail.auto_submitted.empty())
    g_mime_object_set_header(GMIME_OBJECT(message.get()), "Auto-Submitted",
                             mail.auto_submitted.c_str(), "utf-8");
  g_mime_message_set_mime_part(message.get(), body_of(mail).get());

  const std::unique_ptr<GMimeFormatOptions, decltype(&g_mime_format_options_free)> options(
      g_mime_format_options_new(), g_mime_format_options_free);
  g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> memory(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(GMIME_OBJECT(message.get()), options.get(), memory.get());
  const auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
  return Bytes(bytes->data, bytes->data + bytes->len);
}

}  // namespace bz::papers
