// A file on the disk as an answer: opened once, so that one that is replaced meanwhile is sent as
// it was, and not sent again to who has it (RFC 9110 section 13).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "http/message.h"

namespace bz::http {

class OpenFile {
 public:
  OpenFile() = default;
  OpenFile(OpenFile&& other) noexcept { *this = std::move(other); }
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  // kNotFound when there is none or it is no plain file, kUnavailable when it cannot be opened.
  static Result<OpenFile> open(const std::filesystem::path& path);

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::chrono::sys_seconds changed() const { return changed_; }
  // Differs when the content was written anew. With its quotes.
  [[nodiscard]] const std::string& tag() const { return tag_; }

  // The bytes from `offset` on, fewer only at the end of the file. kUnavailable when the disk
  // fails.
  [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> to) const;

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::chrono::sys_seconds changed_;
  std::string tag_;
};

// Whether the client says, by If-None-Match or else by If-Modified-Since, that it has it.
bool has_it_already(const Request& request, const OpenFile& file);

// Opens response.file and sets etag and last-modified; the status becomes 304 for a client that has
// the file, 404 or 503 when it cannot be read. What is returned is open only when it is to be sent.
OpenFile open_answer(const Request& request, Response& response);

}  // namespace bz::http
