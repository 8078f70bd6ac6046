#include <sys/stat.h>

#include <boost/json.hpp>
#include <filesystem>
#include <istream>
#include <ostream>

#include "base/file.h"
#include "base/http_client.h"
#include "tools/answer_view.h"
#include "tools/campaign_command.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

// What a step of logging in answers: the cookie goes on to the next.
struct Step {
  json::object answer;
  std::string cookie;
};

Result<Step> step(HttpClient& client, const LoginOptions& options, std::string_view path,
                  const json::object& body, const std::string& cookie, const std::string& csrf) {
  HttpRequest request;
  request.method = "POST";
  request.url = options.server + "/accounts/v1/" + std::string(path);
  request.headers = {{"Content-Type", "application/json"}};
  if (!cookie.empty()) request.headers.emplace_back("Cookie", cookie);
  if (!csrf.empty()) request.headers.emplace_back("X-CSRF-Token", csrf);
  request.body = json::serialize(body);
  const auto answer = client.send(request);
  if (!answer) return answer.error();
  if (answer->status == 401 || answer->status == 403)
    return Error{Code::kDenied, "the name, the password or the code is not right"};
  if (answer->status == 429)
    return Error{Code::kUnavailable, "too many tries: wait some minutes and log in again"};
  if (answer->status != 200)
    return Error{Code::kUnavailable,
                 "the server answers " + std::to_string(answer->status) + " to logging in"};
  auto object = object_in(answer->body);
  if (!object) return object.error();
  Step made{std::move(*object), cookie};
  for (const auto& [name, value] : answer->headers) {
    // The session's cookie; the one that marks a known browser is not kept here.
    if (name == "set-cookie" && value.find("device") == std::string::npos)
      made.cookie = value.substr(0, value.find(';'));
  }
  return made;
}

Result<std::string> line_of(std::istream& in, const char* what) {
  std::string line;
  if (!std::getline(in, line) || line.empty())
    return Error{Code::kInvalid, std::string("no ") + what + " was given"};
  return line;
}

}  // namespace

Result<void> run_login(const LoginOptions& options, std::istream& in, std::ostream& out) {
  HttpClient client;
  out << "Mật khẩu (password): " << std::flush;
  const auto password = line_of(in, "password");
  if (!password) return password.error();
  auto made =
      step(client, options, "login", {{"name", options.name}, {"password", *password}}, "", "");
  if (!made) return made.error();
  if (text_at(made->answer, "next") == "second_factor") {
    out << "Mã xác thực (second factor): " << std::flush;
    const auto code = line_of(in, "code");
    if (!code) return code.error();
    made = step(client, options, "second-factor", {{"code", *code}}, made->cookie,
                text_at(made->answer, "csrf_token"));
    if (!made) return made.error();
  }
  if (text_at(made->answer, "next") != "ready")
    return Error{Code::kDenied,
                 "this account has still to choose its password and second factor: "
                 "log in once in the browser"};
  const std::filesystem::path file = session_file();
  std::error_code fault;
  std::filesystem::create_directories(file.parent_path(), fault);
  const std::string kept =
      json::serialize(json::object{{"server", options.server},
                                   {"cookie", made->cookie},
                                   {"csrf_token", text_at(made->answer, "csrf_token")}});
  std::filesystem::remove(file, fault);
  auto written = create_file(file, as_bytes(kept), Readers::kOwnerOnly);
  if (!written) return written.error();
  out << "Đã đăng nhập · Logged in: " << options.name << "\n";
  return {};
}

}  // namespace bz::tools
