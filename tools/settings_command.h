// `bz settings`: what a health authority can change in every phone (docs/formats/settings.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "tools/data_folder.h"
#include "tools/input.h"

namespace bz::tools {

struct SettingsExampleOptions {
  std::int64_t version = 1;
  int days = 7;  // until they expire
  bool json = false;
};
// The built-in values as JSON, to be edited and signed.
Result<void> run_settings_example(const SettingsExampleOptions& options, std::ostream& out);

struct SettingsSignOptions {
  std::filesystem::path values;  // JSON
  std::filesystem::path key;     // private, PEM (bz keygen --signing)
  std::filesystem::path out;
  bool json = false;
};
Result<void> run_settings_sign(const SettingsSignOptions& options, std::ostream& out);

struct SettingsReadOptions {
  std::filesystem::path file;
  TrustOptions trust;
  bool json = false;
};
Result<void> run_settings_read(const SettingsReadOptions& options, std::ostream& out);

struct SettingsPutOptions {
  DataOptions where;
  std::filesystem::path file;
};
// Has the server give it to phones. kConflict unless its version is greater than that of the last.
Result<void> run_settings_put(const SettingsPutOptions& options, std::ostream& out);

}  // namespace bz::tools
