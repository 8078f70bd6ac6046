#include "tools/settings_command.h"

#include <ostream>

#include "base/clock.h"
#include "base/file.h"
#include "keys/settings_file.h"
#include "wire/settings_file.h"

namespace bz::tools {

Result<void> run_settings_example(const SettingsExampleOptions& options, std::ostream& out) {
  wire::SettingsFile file;
  file.version = options.version;
  file.issued = SystemClock().now();
  file.expires = file.issued + std::chrono::days{options.days};
  file.values.regions = {{"VN", "Việt Nam", "Viet Nam"}};
  out << wire::write_settings_json(file) << '\n';
  return {};
}

Result<void> run_settings_sign(const SettingsSignOptions& options, std::ostream& out) {
  auto json = read_text(options.values);
  if (!json) return json.error();
  while (!json->empty() && (json->back() == '\n' || json->back() == '\r')) json->pop_back();
  const auto pem = read_text(options.key);
  if (!pem) return pem.error();
  const auto key = SigningKey::from_pem(*pem);
  if (!key) return in_file(options.key, key.error());
  const auto file = wire::seal_settings_json(
      *json, [&key](const Digest& digest) -> Result<Bytes> { return key->sign(digest); });
  if (!file) return in_file(options.values, file.error());
  if (auto ok = write_file(options.out, *file); !ok) return ok;
  out << (options.json ? "{\"bytes\":" + std::to_string(file->size()) + "}"
                       : "wrote " + options.out.string())
      << '\n';
  return {};
}

Result<void> run_settings_read(const SettingsReadOptions& options, std::ostream& out) {
  const auto trust = read_trust(options.trust);
  if (!trust) return trust.error();
  const auto bytes = read_file(options.file, wire::kMaxSettingsFile);
  if (!bytes) return bytes.error();
  const auto file = wire::read_settings_file(*bytes, *trust);
  if (!file) return in_file(options.file, file.error());
  out << wire::write_settings_json(*file) << '\n';
  return {};
}

Result<void> run_settings_put(const SettingsPutOptions& options, std::ostream& out) {
  const auto bytes = read_file(options.file, wire::kMaxSettingsFile);
  if (!bytes) return bytes.error();
  // Whose signature it must be is for phones to know; that it is one is looked at here.
  const auto file = wire::read_settings_file(*bytes, wire::Trust::in_anybody());
  if (!file) return in_file(options.file, file.error());
  auto store = open_keys(options.where);
  if (!store) return store.error();
  if (auto ok = keys::put_settings(**store, file->version, *bytes); !ok) return ok;
  out << (options.where.json ? "{\"version\":" + std::to_string(file->version) + "}"
                             : "phones get version " + std::to_string(file->version) + " from now")
      << '\n';
  return {};
}

}  // namespace bz::tools
