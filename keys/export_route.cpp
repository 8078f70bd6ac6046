#include "keys/export_route.h"

#include <algorithm>
#include <iterator>

#include "keys/export_files.h"

namespace bz::keys {
namespace {

http::Response not_found() {
  auto response = http::text_response(404, "there is no such file\n");
  response.set("cache-control", "no-store");
  return response;
}

bool is_index(std::string_view name) {
  return std::any_of(std::begin(kFormats), std::end(kFormats),
                     [&](Format format) { return name == index_name_of(format); });
}

}  // namespace

http::Response get_export(const std::filesystem::path& folder, const http::Request& request) {
  const auto rest = request.parameter("rest");
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return not_found();
  const auto region = rest.substr(0, slash);
  const auto name = rest.substr(slash + 1);
  const auto file = parse_file_name(name);
  if (!is_region_name(region) || (!file && !is_index(name))) return not_found();
  const auto path = folder / std::string{region} / std::string{name};
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return not_found();
  http::Response response;
  response.file = path;
  if (!file) {
    response.set("content-type", "text/plain; charset=us-ascii");
    response.set("cache-control", "public, max-age=60");
    return response;
  }
  response.set("content-type",
               file->format == Format::kZip ? "application/zip" : "application/octet-stream");
  response.set("cache-control", "public, max-age=1209600, immutable");
  return response;
}

}  // namespace bz::keys
