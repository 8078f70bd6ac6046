#include "tools/callback_command.h"

#include <algorithm>
#include <boost/json.hpp>
#include <istream>
#include <ostream>

#include "base/base64.h"
#include "base/clock.h"
#include "base/ecdh.h"
#include "base/random.h"
#include "phone/phone.h"
#include "tools/input.h"
#include "tools/phone_settings.h"
#include "tools/text.h"

namespace bz::tools {
namespace {

using boost::json::object;

std::string one_line(std::istream& in) {
  std::string line;
  std::getline(in, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  return line;
}

// What would leave the phone, and what would not.
void show(const std::string& text, std::ostream& out) {
  out << "Sẽ gửi cho cơ quan y tế, niêm phong để chỉ họ đọc được:\n"
         "Would be sent to the health authority, sealed so that nobody else can read it:\n  "
      << text << '\n'
      << "Không gửi gì khác: không tên, không vị trí, không những ai ở gần, không khóa nào.\n"
         "Nothing else is sent: no name, no place, nor whom this phone heard, nor any key.\n";
}

bool agreed(std::istream& in, std::ostream& out) {
  out << "Đồng ý gửi? Agree to send? [c = có, yes / k = không, no] " << std::flush;
  const auto answer = one_line(in);
  return answer == "c" || answer == "C" || answer == "có" || answer == "y" || answer == "yes";
}

}  // namespace

Result<void> run_callback_ask(const CallbackAskOptions& options, std::istream& in,
                              std::ostream& out) {
  const auto key = read_log_key(options.log_key);
  if (!key) return key.error();
  SystemRandom random;
  auto phone = phone::Phone::open(options.log, *key, random, {});
  if (!phone) return phone.error();
  auto callback = phone->callback();
  if (options.withdraw) {
    if (auto ok = callback.withdraw(); !ok) return ok;
    out << (options.json ? "{\"waiting\":false}"
                         : "Không còn lời nhắn nào chờ gửi. No message waits any more.")
        << '\n';
    return {};
  }
  if (options.json && !options.agree)
    return Error{Code::kInvalid, "with --json, say --agree to send what is read"};
  if (!options.settings_key)
    return Error{Code::kInvalid, "--settings-key is missing: the key that signs settings, PEM"};
  const auto settings = settings_in_force(*phone, options.settings_key);
  if (!settings) return settings.error();
  // Before anybody writes in vain.
  if (!settings->callback_key) return phone::no_callback_key();
  if (!options.json) {
    out << "Số điện thoại và đôi lời, một dòng: / Phone number and a note, on one line: "
        << std::flush;
  }
  const auto text = one_line(in);
  if (!options.json) {
    out << '\n';
    show(text, out);
  }
  if (!options.agree && !agreed(in, out)) {
    out << "Không gửi gì. Nothing will be sent.\n";
    return {};
  }
  const auto now = options.now_ms ? from_ms(*options.now_ms) : SystemClock().now();
  const auto due = callback.ask(text, *settings, now);
  if (!due) return due.error();
  if (options.json) {
    out << boost::json::serialize(object{{"waiting", true}, {"due_ms", to_ms(*due)}}) << '\n';
  } else {
    out << "Sẽ gửi sau " << utc_text(*due)
        << ", vào một lúc không nói lên điều gì. Nếu cần gấp, hãy gọi cơ quan y tế.\n"
           "It goes after "
        << utc_text(*due)
        << ", at a time that gives nothing away. If it is urgent, call the health authority.\n";
  }
  return {};
}

Result<void> run_callback_key(const CallbackKeyOptions& options, std::ostream& out) {
  const auto pem = read_text(options.key);
  if (!pem) return pem.error();
  CompressedPoint point{};
  if (const auto own = AgreementKey::from_pem(*pem)) {
    point = own->public_key().point();
  } else {
    const auto theirs = AgreementPublicKey::from_pem(*pem);
    if (!theirs) return in_file(options.key, theirs.error());
    point = theirs->point();
  }
  out << (options.json ? "{\"callback_key\":\"" + to_base64(point) + "\"}" : to_base64(point))
      << '\n';
  return {};
}

}  // namespace bz::tools
