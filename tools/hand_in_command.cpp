// bz report check, bz report submit, bz mail intake.
#include <istream>
#include <iterator>
#include <ostream>

#include "base/ascii.h"
#include "base/hash.h"
#include "papers/mail.h"
#include "tools/answer_view.h"
#include "tools/input.h"
#include "tools/report_view.h"
#include "tools/reports_command.h"
#include "vi/calendar.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

constexpr std::string_view kXlsx =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kZipBegins = "PK\x03\x04";
constexpr std::string_view kOldOfficeBegins = "\xD0\xCF\x11\xE0";

// The media type of a file by its first bytes; its name only says what it should have been.
Result<std::string_view> type_of(const std::filesystem::path& file, std::string_view content) {
  const auto ending = ascii_lowered(file.extension().string());
  if (content.starts_with(kZipBegins)) return kXlsx;
  if (content.starts_with(kOldOfficeBegins) || ending == ".xls")
    return Error{Code::kInvalid,
                 "tệp Excel kiểu cũ (.xls) không đọc được; hãy lưu lại thành .xlsx rồi gửi · an "
                 "Excel file of the old kind; save it as .xlsx and send that"};
  if (ending == ".xlsx" || ending == ".xlsm")
    return Error{
        Code::kInvalid,
        "tệp mang tên .xlsx nhưng không phải tệp Excel; hãy mở bằng Excel, lưu lại rồi gửi "
        "· it is named .xlsx and is none; open it in Excel, save it again and send that"};
  const auto first = content.find_first_not_of(" \t\r\n");
  if (ending == ".json" || (first != std::string_view::npos && content[first] == '{')) return kJson;
  return std::string_view("text/csv");
}

// The same file for the same due, or on the same day where none is named (the due meant is then
// that day's), with the same reason: the same key.
std::string key_of(const HandInOptions& options, const std::string& content, Instant now) {
  const auto due = options.due.empty() ? vi::show_day(vi::local_day(now)) : options.due;
  Sha256Stream stream;
  for (const std::string_view part :
       {std::string_view(due), std::string_view(options.reason), std::string_view(content)}) {
    const auto length = std::to_string(part.size()) + ":";
    stream.add(as_bytes(length));
    stream.add(as_bytes(part));
  }
  return "bz-" + to_hex(stream.finish());
}

Result<http::Request> request_of(const HandInOptions& options, std::string_view path,
                                 std::string content) {
  const auto type = type_of(options.file, content);
  if (!type) return in_file(options.file, type.error());
  const bool is_json = *type == kJson;
  if (is_json && (!options.body.empty() || !options.form.empty() || !options.due.empty() ||
                  !options.reason.empty()))
    return Error{Code::kInvalid, options.file.string() +
                                     ": JSON names its body, form, dues and reason itself; "
                                     "leave out --body, --form, --due and --reason"};
  if (!is_json && options.body.empty())
    return Error{
        Code::kInvalid,
        "say --body, the one that reports: --body viettel-70 (bz units show has the units; "
        "bodies: GET /bodies)"};
  http::Request request;
  request.method = "POST";
  request.path = path;
  request.headers.emplace_back("content-type", *type);
  if (!is_json)
    request.query = {{"body", options.body},
                     {"form", options.form},
                     {"dues", options.due},
                     {"reason", options.reason},
                     {"name", options.file.filename().string()}};
  request.body = std::move(content);
  return request;
}

// The answer's body, or the refusal: what is to be mended goes out a line each.
Result<std::string> answer_of(CampaignClient& client, const HandInOptions& options,
                              http::Request request, std::ostream& out) {
  auto response = client.ask(std::move(request));
  if (!response) return response.error();
  if (response->status < 300) return std::move(response->body);
  const bool as_json = options.client.where.json;
  if (as_json) out << response->body << "\n";
  const auto answer = object_in(response->body);
  const auto faults = answer ? objects_at(*answer, "errors") : std::vector<json::object>{};
  if (response->status != 422 || faults.empty())
    return in_file(options.file, refusal_of(*response));
  if (!as_json)
    for (const auto& fault : faults) out << fault_line(fault) << "\n";
  return Error{Code::kInvalid, options.file.string() + ": " + text_at(*answer, "detail") + " · " +
                                   text_at(*answer, "detail_en") + " (" +
                                   std::to_string(faults.size()) + ")"};
}

std::string body_of(const HandInOptions& options, const std::string& content) {
  if (!options.body.empty()) return options.body;
  const auto object = object_in(content);
  return object ? text_at(*object, "body") : std::string{};
}

}  // namespace

Result<void> run_report_check(const HandInOptions& options, std::ostream& out) {
  const auto content = read_text(options.file);
  if (!content) return content.error();
  auto request = request_of(options, "/reports/check", *content);
  if (!request) return request.error();
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said = answer_of(*client, options, std::move(*request), out);
  if (!said) return said.error();
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  const auto questions = objects_at(*answer, "questions");
  if (options.client.where.json) {
    out << *said << "\n";
  } else {
    for (const auto& due : texts_at(*answer, "dues"))
      out << "Kỳ báo cáo (it answers): " << show_due(due) << "\n";
    UnitNames names(*client);
    for (const auto& row : texts_at(*answer, "missing_rows"))
      out << "Còn thiếu (not there yet): " << names.of(row) << "\n";
    for (const auto& question : questions) out << fault_line(question) << "\n";
    if (questions.empty())
      out << "Không có gì phải sửa; chưa gửi. · Nothing to mend; nothing is sent yet.\n";
  }
  if (!questions.empty())
    return Error{Code::kInvalid,
                 options.file.string() +
                     ": ghi chú vào các dòng trên rồi hãy gửi · write a note in the rows above, "
                     "then submit (" +
                     std::to_string(questions.size()) + ")"};
  return {};
}

Result<void> run_report_submit(const HandInOptions& options, std::ostream& out) {
  const auto content = read_text(options.file);
  if (!content) return content.error();
  auto request = request_of(options, "/reports", *content);
  if (!request) return request.error();
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  request->headers.emplace_back("idempotency-key", options.key.empty()
                                                       ? key_of(options, *content, client->now())
                                                       : options.key);
  const auto said = answer_of(*client, options, std::move(*request), out);
  if (!said) return said.error();
  if (options.client.where.json) {
    out << *said << "\n";
    return {};
  }
  const auto receipt = object_in(*said);
  if (!receipt) return receipt.error();
  return print_receipt(out, *client, *receipt, body_of(options, *content));
}

Result<void> run_mail_intake(const MailIntakeOptions& options, std::istream& in,
                             std::ostream& out) {
  std::string letter;
  for (char block[65536]; in.read(block, sizeof block) || in.gcount() > 0;) {
    letter.append(block, static_cast<std::size_t>(in.gcount()));
    if (letter.size() > papers::kMostMailBytes)
      return Error{Code::kInvalid, "the letter is over 25 MB: ask for a smaller one"};
  }
  if (letter.empty())
    return Error{Code::kInvalid, "there is no letter: bz mail intake --data DIR < message.eml"};
  auto client = CampaignClient::open(options.client);
  if (!client) return client.error();
  const auto said = client->post("/mail", std::move(letter), "message/rfc822");
  if (!said) return said.error();
  if (options.client.where.json) {
    out << *said << "\n";
    return {};
  }
  const auto answer = object_in(*said);
  if (!answer) return answer.error();
  const auto mail = object_at(*answer, "mail");
  if (!mail) {
    out << "Đã nhận thư. · The letter is taken.\n";
    return {};
  }
  if (const auto receipt = object_at(*answer, "receipt"))
    return print_receipt(out, *client, *receipt, text_at(*mail, "body"));
  out << "Thư " << number_at(*mail, "id").value_or(0)
      << " đã nhận, chờ người xem. · The letter is taken and waits for a person ("
      << text_at(*mail, "state") << ").\n";
  for (const auto& fault : objects_at(*mail, "errors")) out << "  " << fault_line(fault) << "\n";
  return {};
}

}  // namespace bz::tools
