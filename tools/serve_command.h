// `bz serve`: the server, until it is told to stop.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/result.h"

namespace bz::tools {

struct ServeOptions {
  std::filesystem::path data;
  std::string listen = "127.0.0.1:8080";
  std::optional<std::string> database;
  std::string role = "all";
  bool print_routes = false;
};

// Returns when SIGTERM or SIGINT has come and everything under way has ended. kInvalid when
// --listen is not ADDR:PORT or the settings file has a fault.
Result<void> run_serve(const ServeOptions& options, std::ostream& out);

}  // namespace bz::tools
