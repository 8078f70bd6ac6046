#include "campaign/answers.h"

#include "wire/json_writer.h"

namespace bz::campaign {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 409: return "Conflict";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return "Unprocessable Content";
  }
}

}  // namespace

std::string fault_json(const Fault& fault) {
  return wire::JsonWriter()
      .text_if_any("cell", fault.cell)
      .text("says", fault.says)
      .text("says_en", fault.says_en)
      .text("do", fault.todo)
      .text("do_en", fault.todo_en)
      .done();
}

http::Response refuse(const Refusal& refusal) {
  std::vector<std::string> faults;
  for (const auto& fault : refusal.faults) faults.push_back(fault_json(fault));
  http::Response response;
  response.status = refusal.status;
  response.body = wire::JsonWriter()
                      .text("type", "about:blank")
                      .text("title", title_of(refusal.status))
                      .integer("status", refusal.status)
                      .text("detail", refusal.detail)
                      .text("detail_en", refusal.detail_en)
                      .list("errors", faults)
                      .done();
  response.set("content-type", "application/problem+json");
  return response;
}

http::Response refuse(const Error& error) {
  if (error.code == Code::kUnavailable)
    return refuse(Refusal{
        503,
        "Máy chủ tạm thời không ghi được; chưa có gì được lưu. Hãy gửi lại sau ít phút.",
        "The server cannot write for the moment; nothing was kept. Send it again in a few minutes.",
        {}});
  return refuse(Refusal{http::status_of(error.code),
                        "Yêu cầu không đọc được. Hãy xem cột \"do\" hoặc tài liệu giao diện.",
                        error.what,
                        {}});
}

namespace refusal {

Refusal not_logged_in() {
  return {401, "Hãy đăng nhập.", "Log in.", {}};
}

Refusal no_csrf_token() {
  return {403,
          "Thiếu hoặc sai tiêu đề X-CSRF-Token. Hãy tải lại trang.",
          "The header X-CSRF-Token is missing or wrong. Load the page again.",
          {}};
}

Refusal no_such_link() {
  return {
      401,
      "Liên kết màn hình này không đúng, đã hết hạn hoặc đã bị thu hồi. Hãy xin cán bộ phụ trách "
      "của đơn vị một liên kết mới.",
      "This viewer link is wrong, has expired or was revoked. Ask the unit's officer for a new "
      "one.",
      {}};
}

Refusal too_many() {
  return {429,
          "Mạng này đã thử quá nhiều liên kết không đúng. Hãy chờ một phút rồi mở lại liên kết.",
          "Too many wrong links came from this network. Wait a minute, then open the link again.",
          {}};
}

Refusal not_yours() {
  return {403,
          "Tài khoản này không có quyền ở đơn vị đó. Hãy hỏi quản trị viên của tỉnh.",
          "This account may not do that there. Ask the province's administrator.",
          {}};
}

Refusal not_found() {
  return {404, "Không có mục này.", "There is no such thing.", {}};
}

Refusal bad_query(std::string_view parameter) {
  return {400,
          "Tham số không đúng.",
          "A parameter is not right.",
          {Fault{.cell = std::string(parameter),
                 .says = "giá trị không đọc được",
                 .says_en = "this value cannot be read",
                 .todo = "xem docs/api/openapi.yaml",
                 .todo_en = "see docs/api/openapi.yaml"}}};
}

}  // namespace refusal
}  // namespace bz::campaign
