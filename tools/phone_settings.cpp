#include "tools/phone_settings.h"

#include "tools/input.h"

namespace bz::tools {

engine::AppVersion app_version() {
  const auto version = engine::AppVersion::from_text(BZ_VERSION);
  return version.value_or(engine::AppVersion{});
}

Result<engine::AuthoritySettings> settings_in_force(phone::Phone& phone,
                                                    const std::optional<std::string>& key) {
  if (!key) return engine::AuthoritySettings{};
  auto trust = read_trust({key, false});
  if (!trust) return trust.error();
  const auto keeper = phone.settings(std::move(*trust));
  if (!keeper) return keeper.error();
  return keeper->in_force();
}

std::optional<std::string> update_notice(const engine::AuthoritySettings& settings) {
  const auto here = app_version();
  if (here >= settings.minimum_app_version) return std::nullopt;
  const auto needed = settings.minimum_app_version.text();
  return "Hãy cập nhật ứng dụng: bản " + here.text() + " này đã cũ, cơ quan y tế cần bản " +
         needed + " trở lên. / Please update: this version " + here.text() +
         " is too old, the health authority asks for " + needed + " or newer.";
}

}  // namespace bz::tools
