#include "http/message.h"

#include <algorithm>

#include "base/ascii.h"

namespace bz::http {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

Response with_type(int status, std::string_view type, std::string body) {
  Response response;
  response.status = status;
  response.set("content-type", std::string(type));
  response.body = std::move(body);
  return response;
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view{} : found->second;
}

void Response::set(std::string_view name, std::string value) {
  for (auto& [key, old] : headers) {
    if (same_name(key, name)) {
      old = std::move(value);
      return;
    }
  }
  headers.emplace_back(name, std::move(value));
}

Response json_response(int status, std::string body) {
  return with_type(status, "application/json", std::move(body));
}

Response text_response(int status, std::string body) {
  return with_type(status, "text/plain; charset=utf-8", std::move(body));
}

Response error_response(int status, std::string_view sentence) {
  return json_response(status, R"({"error":")" + std::string(sentence) + R"("})");
}

int status_of(Code code) {
  switch (code) {
    case Code::kMalformed:
    case Code::kInvalid: return 400;
    case Code::kDenied: return 403;
    case Code::kNotFound: return 404;
    case Code::kConflict: return 409;
    case Code::kUnavailable: return 503;
  }
  return 500;
}

}  // namespace bz::http
