#include "codes/sms.h"

#include <algorithm>

#include "base/http_client.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

constexpr std::string_view kVietnamese =
    "Mã Bluezone của bạn: [longcode] (dùng trong [longexpires] giờ). Mở [enslink] để báo cho người "
    "đã tiếp xúc gần. Bạn tự quyết định.";
constexpr std::string_view kEnglish =
    "Your Bluezone code: [longcode] (good for [longexpires] hours). Open [enslink] to let close "
    "contacts know. It is your choice.";

std::optional<std::string> template_of(const Authority& authority, std::string_view label) {
  const auto own = authority.sms_templates.find(label);
  if (own != authority.sms_templates.end()) return own->second;
  if (label == "vi") return std::string(kVietnamese);
  if (label == "en") return std::string(kEnglish);
  if (label.empty() || label == "user-report") return template_of(authority, "vi");
  return std::nullopt;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

Metrics::Number& sms_counter(Metrics& metrics, SmsOutcome outcome) {
  const auto* result = "failed";
  if (outcome == SmsOutcome::kSent) result = "sent";
  if (outcome == SmsOutcome::kQueueFull) result = "busy";
  return metrics.counter("bz_codes_sms_total", "SMS given to authorities' gateways",
                         "result=\"" + std::string(result) + "\"");
}

SmsOutcome HttpSmsSender::send(const std::string& gateway, std::string_view phone,
                               std::string_view text) {
  if (in_flight_.fetch_add(1) >= kMostInFlight) {
    in_flight_.fetch_sub(1);
    return SmsOutcome::kQueueFull;
  }
  HttpClient client;
  const auto answer =
      client.send({.method = "POST",
                   .url = gateway,
                   .headers = {{"Content-Type", "application/json"}},
                   .body = wire::JsonWriter{}.text("to", phone).text("text", text).done(),
                   .answer_limit = 65'536,
                   .timeout = std::chrono::milliseconds{10'000}});
  in_flight_.fetch_sub(1);
  if (!answer) return SmsOutcome::kFailed;
  if (answer->status >= 200 && answer->status < 300) return SmsOutcome::kSent;
  const bool full = answer->status == 429 || answer->status == 503;
  return full ? SmsOutcome::kQueueFull : SmsOutcome::kFailed;
}

std::optional<std::string> normal_phone(std::string_view text) {
  if (text.size() > 40 || !text.starts_with('+')) return std::nullopt;
  std::string phone = "+";
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      phone += c;
    } else if (std::string_view(" .-()").find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (phone.size() < 9 || phone.size() > 16 || phone[1] == '0') return std::nullopt;
  return phone;
}

std::optional<std::string> sms_text(const Authority& authority, std::string_view label,
                                    const SmsFields& fields) {
  auto text = template_of(authority, label);
  if (!text) return text;
  replace_all(*text, "[code]", fields.code);
  replace_all(*text, "[longcode]", fields.long_code);
  replace_all(*text, "[expires]", fields.minutes);
  replace_all(*text, "[longexpires]", fields.hours);
  replace_all(*text, "[region]", fields.region);
  replace_all(*text, "[enslink]", fields.link);
  return text;
}

}  // namespace bz::codes
