// The requests and answers of issuing, as JSON.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/ascii.h"
#include "codes/dates.h"
#include "codes/issue.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

// A uuid of the caller's: what UUIDs are written with, and no more than a column should hold.
bool is_uuid(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_';
         });
}

Result<IssueRequest> read_issue_request(wire::JsonReader& reader) {
  IssueRequest request{
      .symptom_date = reader.text("symptomDate").value_or(""),
      .test_date = reader.text("testDate").value_or(""),
      .test_type = reader.text("testType").value_or(""),
      .tz_offset = reader.number("tzOffset").value_or(0),
      .phone = reader.text("phone").value_or(""),
      .template_label = reader.text("smsTemplateLabel").value_or(""),
      .uuid = ascii_lowered(reader.text("uuid").value_or("")),
      .external_issuer = reader.text("externalIssuerID").value_or(""),
      .only_generate_sms = reader.boolean("onlyGenerateSMS").value_or(false),
  };
  reader.ignore("padding");
  if (auto fine = reader.done(); !fine) return fine.error();
  if (!is_uuid(request.uuid)) {
    return Error{Code::kMalformed, "uuid: at most 64 letters, digits and hyphens"};
  }
  if (request.external_issuer.size() > 255) {
    return Error{Code::kMalformed, "externalIssuerID: at most 255 bytes"};
  }
  if (!std::isfinite(request.tz_offset)) {
    return Error{Code::kMalformed, "tzOffset: minutes ahead of UTC"};
  }
  return request;
}

}  // namespace

Result<IssueRequest> parse_issue_request(std::string_view body) {
  auto reader = wire::JsonReader::parse(body, kMaxBody);
  if (!reader) return reader.error();
  return read_issue_request(*reader);
}

std::string write_issue_request(const IssueRequest& request) {
  wire::JsonWriter out;
  out.text("testType", request.test_type)
      .text_if_any("symptomDate", request.symptom_date)
      .text_if_any("testDate", request.test_date)
      .text_if_any("phone", request.phone)
      .text_if_any("smsTemplateLabel", request.template_label)
      .text_if_any("uuid", request.uuid)
      .text_if_any("externalIssuerID", request.external_issuer)
      .boolean("onlyGenerateSMS", request.only_generate_sms);
  if (request.tz_offset != 0) {
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), "%.17g", request.tz_offset);
    out.json("tzOffset", number.data());
  }
  return out.done();
}

Result<std::vector<IssueRequest>> parse_batch_request(std::string_view body, std::size_t most) {
  // A row of a bulk list is up to some 200 bytes.
  auto reader = wire::JsonReader::parse(body, most > kMaxBatch ? 512'000 : kMaxBody);
  if (!reader) return reader.error();
  auto codes = reader->objects("codes");
  reader->ignore("padding");
  if (auto fine = reader->done(); !fine) return fine.error();
  if (!codes || codes->empty() || codes->size() > most) {
    return Error{Code::kMalformed, "codes: 1 to " + std::to_string(most) + " requests"};
  }
  std::vector<IssueRequest> requests;
  for (auto& code : *codes) {
    auto request = read_issue_request(code);
    if (!request) return request.error();
    requests.push_back(std::move(*request));
  }
  return requests;
}

Result<std::string> parse_uuid_request(std::string_view body) {
  auto reader = wire::JsonReader::parse(body, kMaxBody);
  if (!reader) return reader.error();
  auto uuid = reader->text("uuid");
  reader->ignore("padding");
  if (auto fine = reader->done(); !fine) return fine.error();
  if (!uuid || uuid->empty()) return Error{Code::kMalformed, "uuid: is needed"};
  return ascii_lowered(*uuid);
}

Outcome<CodeOrder> check_order(const Authority& authority, const IssueRequest& request,
                               Instant now) {
  const auto type = wire::test_type(request.test_type);
  if (!type) return refusal::kTypeUnknown;
  if (!authority.allows(*type)) return refusal::kTypeNotAllowed;
  CodeOrder order{.type = *type,
                  .symptom_day = {},
                  .test_day = {},
                  .phone = {},
                  .template_label = request.template_label,
                  .uuid = request.uuid,
                  .external_issuer = request.external_issuer,
                  .only_generate_sms = request.only_generate_sms,
                  .nonce = {}};
  for (const auto& [text, day] : {std::pair{&request.symptom_date, &order.symptom_day},
                                  std::pair{&request.test_date, &order.test_day}}) {
    if (text->empty()) continue;
    *day = day_from_text(*text);
    if (!*day) return refusal::kUnparsable;
    if (!is_recent(**day, request.tz_offset, now)) return refusal::kInvalidDate;
  }
  // A contact's keys go out from the day of the contact on: it must be known, and no day of
  // symptoms goes before it.
  const bool contact = *type == wire::TestType::kContact;
  if (contact) order.symptom_day.reset();
  const bool dated = order.symptom_day || order.test_day;
  if ((contact && !order.test_day) || (authority.require_date && !dated)) {
    return refusal::kMissingDate;
  }
  if (!request.phone.empty()) {
    const auto phone = normal_phone(request.phone);
    if (!phone) return refusal::kPhoneInvalid;
    order.phone = *phone;
  } else if (*type == wire::TestType::kUserReport) {
    return refusal::kMissingPhone;
  }
  return order;
}

std::string write_issued(const Issued& issued) {
  return wire::JsonWriter{}
      .text("uuid", issued.uuid)
      .text("code", issued.code)
      .text("expiresAt", rfc1123(issued.expires))
      .integer("expiresAtTimestamp", to_s(issued.expires))
      .text("longExpiresAt", rfc1123(issued.long_expires))
      .integer("longExpiresAtTimestamp", to_s(issued.long_expires))
      .text_if_any("generatedSMS", issued.generated_sms)
      .text_if_any("phone", issued.phone)
      .done();
}

}  // namespace bz::codes
