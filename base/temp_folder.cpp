#include "base/temp_folder.h"

#include <cstdlib>
#include <system_error>
#include <utility>

namespace bz {

Result<TempFolder> TempFolder::make() {
  std::error_code failed;
  auto name = (std::filesystem::temp_directory_path(failed) / "bluezone-XXXXXX").string();
  if (failed || ::mkdtemp(name.data()) == nullptr) {
    return Error{Code::kUnavailable,
                 "no temporary folder can be made; is TMPDIR writable and the disk not full?"};
  }
  return TempFolder(name);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace bz
