#include "tools/data_folder.h"

#include <array>
#include <system_error>

#include "accounts/service.h"
#include "campaign/service.h"
#include "codes/service.h"
#include "keys/service.h"
#include "server/application.h"

namespace bz::tools {
namespace {

Result<std::unique_ptr<store::Store>> open(const DataOptions& options, std::string_view name,
                                           std::span<const store::Migration> migrations) {
  const auto place = place_of(options);
  if (!place) return place.error();
  return store::Store::open(*place, name, migrations);
}

}  // namespace

Result<store::Place> place_of(const DataOptions& options) {
  std::error_code fault;
  if (!std::filesystem::is_directory(options.data, fault))
    return Error{Code::kNotFound, options.data.string() + ": no such folder; `bz serve` makes it"};
  const auto config = server::Config::read(options.data / "bz.toml");
  if (!config) return config.error();
  return store::Place{.folder = options.data,
                      .database_url = options.database.value_or(config->database)};
}

Result<std::unique_ptr<store::Store>> open_codes(const DataOptions& options) {
  return open(options, "codes", codes::migrations());
}
Result<std::unique_ptr<store::Store>> open_keys(const DataOptions& options) {
  return open(options, "keys", keys::migrations());
}
Result<std::unique_ptr<store::Store>> open_accounts(const DataOptions& options) {
  return open(options, "accounts", accounts::migrations());
}

Result<std::unique_ptr<store::Store>> open_campaign(const DataOptions& options) {
  return open(options, "campaign", campaign::migrations());
}

Result<std::vector<Part>> parts_of(const DataOptions& options) {
  if (const auto place = place_of(options); !place) return place.error();
  constexpr std::array<Part, 4> kAll{Part{"accounts", &open_accounts}, Part{"codes", &open_codes},
                                     Part{"keys", &open_keys},
                                     Part{"campaign", &open_campaign, false}};
  std::vector<Part> here;
  for (const auto& part : kAll) {
    std::error_code fault;
    const std::string name(part.name);
    if (std::filesystem::is_directory(options.data / name, fault) ||
        std::filesystem::exists(options.data / (name + ".db"), fault))
      here.push_back(part);
  }
  if (here.empty())
    return Error{Code::kNotFound,
                 options.data.string() + ": no server has run from here; `bz serve` makes one"};
  return here;
}

}  // namespace bz::tools
