#include "tools/store_command.h"

#include <boost/json.hpp>
#include <ostream>
#include <system_error>

#include "base/date.h"
#include "base/file.h"
#include "keys/installs.h"
#include "store/copy.h"
#include "store/secrets.h"
#include "tools/input.h"

namespace bz::tools {
namespace {

using boost::json::object;

constexpr std::size_t kMostKeyFile = 4'096;

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) return Error{Code::kUnavailable, folder.string() + ": the folder cannot be made"};
  return {};
}

// Without them a store's secrets cannot be opened.
Result<void> copy_master_keys(const std::vector<Part>& parts, const std::filesystem::path& from,
                              const std::filesystem::path& to) {
  for (const auto& part : parts) {
    if (!part.has_master_key) continue;
    auto source = from / part.name / "master.key";
    std::error_code fault;
    if (!std::filesystem::exists(source, fault)) {
      source = store::given_master_key(part.name).value_or(source);
    }
    const auto key = read_file(source, kMostKeyFile);
    if (!key) return in_file(source.string(), key.error());
    const auto place = to / part.name / "master.key";
    // A server that moves to another kind of store keeps its folder.
    if (const auto there = read_file(place, kMostKeyFile); there && *there == *key) continue;
    if (auto made = make_folder(place.parent_path()); !made) return made;
    auto made = create_file(place, *key, Readers::kOwnerOnly);
    if (!made && made.error().code == Code::kConflict)
      return Error{Code::kConflict,
                   place.string() +
                       " is there already, and another one: choose a folder without "
                       "a server in it"};
    if (!made) return made;
  }
  return {};
}

Result<void> copy_all(const DataOptions& from, const DataOptions& to, std::ostream& out) {
  const auto parts = parts_of(from);
  if (!parts) return parts.error();
  for (const auto& part : *parts) {
    auto source = part.open(from);
    if (!source) return source.error();
    auto target = part.open(to);
    if (!target) return target.error();
    const std::string name(part.name);
    const auto rows = store::copy(**source, **target);
    if (!rows) return Error{rows.error().code, "store " + name + ": " + rows.error().what};
    if (from.json) {
      out << boost::json::serialize(object{{"store", name}, {"rows", *rows}}) << '\n';
    } else {
      out << name << ": " << *rows << " rows\n" << std::flush;
    }
  }
  return {};
}

bool has_master_key(const std::filesystem::path& folder, std::string_view part) {
  std::error_code fault;
  return std::filesystem::exists(folder / part / "master.key", fault);
}

// What a restored server still lacks.
void tell_missing_keys(const std::vector<Part>& parts, const DataOptions& where,
                       std::ostream& out) {
  boost::json::array missing;
  for (const auto& part : parts) {
    if (!part.has_master_key || has_master_key(where.data, part.name) ||
        store::given_master_key(part.name))
      continue;
    const auto place = std::string(part.name) + "/master.key";
    missing.emplace_back(place);
    if (!where.json)
      out << "missing: " << (where.data / place).string()
          << "; put the one that belongs to this backup there, mode 600, before a server starts\n";
  }
  if (where.json && !missing.empty())
    out << boost::json::serialize(object{{"missing", std::move(missing)}}) << '\n';
}

}  // namespace

Result<void> run_store_check(const DataOptions& options, std::ostream& out) {
  const auto parts = parts_of(options);
  if (!parts) return parts.error();
  for (const auto& part : *parts) {
    auto store = part.open(options);
    if (!store) return store.error();
    const std::string name(part.name);
    const auto health = store::check(**store);
    if (!health) return Error{health.error().code, "store " + name + ": " + health.error().what};
    object tables;
    std::int64_t rows = 0;
    for (const auto& table : health->tables) {
      tables[table.table] = table.rows;
      rows += table.rows;
    }
    if (options.json) {
      out << boost::json::serialize(object{
                 {"store", name}, {"version", health->version}, {"tables", std::move(tables)}})
          << '\n';
    } else {
      out << name << ": whole, version " << health->version << ", " << rows << " rows in "
          << health->tables.size() << " tables\n";
    }
  }
  return {};
}

Result<void> run_store_backup(const StoreCopyOptions& options, std::ostream& out) {
  if (auto ok = make_folder(options.folder); !ok) return ok;
  if (options.with_master_keys) {
    const auto parts = parts_of(options.where);
    if (!parts) return parts.error();
    if (auto ok = copy_master_keys(*parts, options.where.data, options.folder); !ok) return ok;
  }
  if (auto ok = copy_all(options.where, {options.folder, "", options.where.json}, out); !ok)
    return ok;
  if (!options.with_master_keys && !options.where.json)
    out << "without the master keys: keep them elsewhere, sealed; this backup needs them\n";
  return {};
}

Result<void> run_store_restore(const StoreCopyOptions& options, std::ostream& out) {
  if (auto ok = make_folder(options.where.data); !ok) return ok;
  const DataOptions backup{options.folder, "", options.where.json};
  const auto parts = parts_of(backup);
  if (!parts) return parts.error();
  // Those that are in the backup first: another key where they belong is found before any row.
  auto with_key = *parts;
  std::erase_if(with_key,
                [&](const Part& part) { return !has_master_key(options.folder, part.name); });
  if (auto ok = copy_master_keys(with_key, options.folder, options.where.data); !ok) return ok;
  for (const auto& part : *parts) {
    if (auto ok = make_folder(options.where.data / part.name); !ok) return ok;
  }
  if (auto ok = copy_all(backup, options.where, out); !ok) return ok;
  tell_missing_keys(*parts, options.where, out);
  return {};
}

Result<void> run_installs(const InstallsOptions& options, std::ostream& out) {
  const auto day = day_from_text(options.day);
  if (!day) return Error{Code::kInvalid, "--day is a date: 2020-08-19"};
  auto store = open_keys(options.where);
  if (!store) return store.error();
  const auto units = keys::installs_of_day(**store, *day);
  if (!units) return units.error();
  if (!options.where.json) out << "unit,installs\n";
  for (const auto& unit : *units) {
    if (options.where.json) {
      out << boost::json::serialize(object{{"unit", unit.unit}, {"installs", unit.count}}) << '\n';
    } else {
      out << unit.unit << ',' << unit.count << '\n';
    }
  }
  return {};
}

}  // namespace bz::tools
