// A folder of a command's own under the system's temporary folder, gone with everything in it when
// the command ends.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace bz {

class TempFolder {
 public:
  // kUnavailable when none can be made.
  static Result<TempFolder> make();
  TempFolder(TempFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempFolder& operator=(TempFolder&&) = delete;
  ~TempFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  explicit TempFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace bz
