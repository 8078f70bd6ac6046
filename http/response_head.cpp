#include "http/response_head.h"

#include <algorithm>

namespace bz::http {
namespace {

// RFC 9110 section 15; the others have none, which is allowed.
std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "";
  }
}

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

}  // namespace

std::string response_head(const Response& response, std::uint64_t length, bool keep,
                          std::string_view date, bool is_story) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason_of(response.status)).append("\r\ndate: ").append(date);
  if (is_story) head += "\r\nx-story-clock: 1";
  for (const auto& [name, value] : response.headers) {
    if (is_one_line(name) && is_one_line(value))
      head.append("\r\n").append(name).append(": ").append(value);
  }
  head += "\r\nx-content-type-options: nosniff";
  if (response.status != 204 && response.status != 304)
    head.append("\r\ncontent-length: ").append(std::to_string(length));
  head += keep ? "\r\n\r\n" : "\r\nconnection: close\r\n\r\n";
  return head;
}

}  // namespace bz::http
