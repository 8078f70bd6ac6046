// How a phone reaches the world: files of published keys come in, and an upload that its owner
// agreed to goes out. There is no third call, and none that anybody but the phone begins.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "phone/upload.h"

namespace bz::phone {

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // Names of the files that are there now, in order of publication.
  virtual Result<std::vector<std::string>> export_names() = 0;
  virtual Result<Bytes> fetch(const std::string& name) = 0;

  // `code` is what the health officer gave. kDenied when it is wrong, used or expired. Durable when
  // it returns.
  virtual Result<void> publish(const Upload& upload, std::string_view code) = 0;
};

}  // namespace bz::phone
