// GET /v1/settings: the signed settings file that phones fetch, served as the bytes that were put
// here. What is in it, and that a phone refuses a lower version, is the phone's matter
// (wire); here only a higher version replaces a lower one.
#pragma once

#include <cstdint>

#include "http/message.h"
#include "store/store.h"

namespace bz::keys {

inline constexpr std::size_t kMostSettingsBytes = 65'536;

// For the command line. kConflict when a version as high is there; kInvalid when it is empty, too
// large, or the version is not 1 or more.
Result<void> put_settings(store::Store& store, std::int64_t version, ByteView content);

// 404 when there is none; 304 when the caller has it (ETag).
http::Response get_settings(store::Store& store, const http::Request& request);

}  // namespace bz::keys
