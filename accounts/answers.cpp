#include "accounts/answers.h"

#include <utility>

#include "wire/json_writer.h"

namespace bz::accounts {
namespace {

struct Words {
  int status;
  std::string_view error;
  std::string_view vi;
  std::string_view en;
};

Words words_of(Refusal why) {
  switch (why) {
    case Refusal::kBadRequest:
      return {400, "bad_request", "Yêu cầu không đúng dạng.", "The request is malformed."};
    case Refusal::kNotLoggedIn:
      return {401, "not_logged_in",
              "Anh/chị chưa đăng nhập hoặc phiên đã hết hạn. Hãy đăng nhập lại.",
              "You are not logged in, or the session has ended. Log in again."};
    case Refusal::kWrongPassword:
      return {401, "wrong_password", "Tên đăng nhập hoặc mật khẩu không đúng.",
              "The name or the password is not right."};
    case Refusal::kWrongCode:
      return {401, "wrong_code",
              "Mã không đúng, đã dùng hoặc đã hết hạn. Hãy chờ mã kế tiếp rồi thử lại.",
              "The code is wrong, was used before or is out of time. Wait for the next one."};
    case Refusal::kFirstPasswordExpired:
      return {401, "first_password_expired",
              "Mật khẩu lần đầu đã hết hạn. Hãy xin quản trị viên cấp lại.",
              "The first password is out of time. Ask an administrator for another."};
    case Refusal::kCsrf:
      return {403, "csrf", "Thiếu hoặc sai tiêu đề X-CSRF-Token. Hãy tải lại trang.",
              "The header X-CSRF-Token is missing or wrong. Load the page again."};
    case Refusal::kNotAdministrator:
      return {403, "not_administrator", "Chỉ quản trị viên hệ thống được làm việc này.",
              "Only a system administrator may do this."};
    case Refusal::kSecondFactorNeeded:
      return {
          403, "second_factor_needed",
          "Trình duyệt này được tin cậy nên lần đăng nhập này chưa hỏi mã 6 số. Việc này cần mã: "
          "hãy nhập mã trong ứng dụng xác thực.",
          "This browser is trusted, so no second factor was asked for. This needs one: type the "
          "six digits of the authenticator app."};
    case Refusal::kNoSuchAccount:
      return {404, "no_such_account", "Không có tài khoản này.", "There is no such account."};
    case Refusal::kNoSuchSession:
      return {404, "no_such_session", "Không có phiên này, hoặc phiên đã kết thúc.",
              "There is no such session, or it has ended."};
    case Refusal::kNoSuchRoute:
      return {404, "not_at_this_step", "Không làm được ở bước này. Hãy tải lại trang.",
              "Not to be done at this step. Load the page again."};
    case Refusal::kNameTaken:
      return {409, "name_taken", "Tên đăng nhập này đã có.", "There is an account of that name."};
    case Refusal::kOwnAccount:
      return {409, "own_account",
              "Không thể tự khóa hoặc đặt lại tài khoản của mình. Hãy nhờ quản trị viên khác.",
              "Nobody disables or resets their own account. Ask another administrator."};
    case Refusal::kBadName:
      return {422, "bad_name",
              "Tên đăng nhập gồm 3 đến 64 ký tự: chữ thường không dấu, chữ số, dấu . - _ @.",
              "A name has 3 to 64 characters: a to z, 0 to 9, and . - _ @."};
    case Refusal::kPasswordShort:
      return {422, "password_short", "Mật khẩu phải có ít nhất 12 ký tự.",
              "A password needs 12 characters or more."};
    case Refusal::kPasswordLong:
      return {422, "password_long", "Mật khẩu dài quá 256 ký tự.",
              "A password has 256 characters at most."};
    case Refusal::kPasswordHasName:
      return {422, "password_has_name", "Mật khẩu không được chứa tên đăng nhập.",
              "A password must not hold the account's name."};
    case Refusal::kPasswordCommon:
      return {422, "password_common", "Mật khẩu này quá phổ biến. Hãy chọn mật khẩu khác.",
              "Too many people use that password. Choose another."};
    case Refusal::kPasswordSame:
      return {422, "password_same", "Mật khẩu mới phải khác mật khẩu cũ.",
              "The new password must differ from the old one."};
    case Refusal::kNotJson:
      return {415, "not_json", "Nội dung phải là application/json.",
              "The body must be application/json."};
    case Refusal::kWait:
      return {429, "wait", "Đã thử sai nhiều lần. Hãy chờ rồi thử lại.",
              "Too many failed tries. Wait, then try again."};
    case Refusal::kBusy:
      return {503, "busy", "Máy chủ đang bận. Hãy thử lại sau vài giây.",
              "The server is busy. Try again in a few seconds."};
    case Refusal::kUnavailable: break;
  }
  return {503, "unavailable", "Máy chủ tạm thời không làm được. Hãy thử lại sau.",
          "The server cannot do this now. Try again later."};
}

}  // namespace

http::Response answer(int status, std::string json) {
  auto response = http::json_response(status, std::move(json));
  response.set("cache-control", "no-store");
  return response;
}

http::Response refuse(Refusal why, std::string_view detail) {
  const Words words = words_of(why);
  std::string english(words.en);
  if (!detail.empty()) english.append(" (").append(detail).append(")");
  auto response = answer(words.status, wire::JsonWriter()
                                           .text("error", words.error)
                                           .integer("code", words.status)
                                           .text("message_vi", words.vi)
                                           .text("message_en", english)
                                           .done());
  if (why == Refusal::kBusy) response.set("retry-after", "5");
  return response;
}

http::Response refuse_for(std::chrono::milliseconds wait) {
  auto response = refuse(Refusal::kWait);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  response.set("retry-after", std::to_string(seconds < 1 ? 1 : seconds));
  return response;
}

}  // namespace bz::accounts
