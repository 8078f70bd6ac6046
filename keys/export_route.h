// GET /exports/{region}/{file}: the files of keys/export_files.h, for phones without a CDN or nginx
// before the server.
#pragma once

#include <filesystem>

#include "http/message.h"

namespace bz::keys {

// `folder` is exports/. Only names that this server makes are looked at, so no path leads out of
// it. Files never change and may be cached for as long as they are kept; an index for a minute.
http::Response get_export(const std::filesystem::path& folder, const http::Request& request);

}  // namespace bz::keys
