#include "tools/store_command.h"

#include <boost/json.hpp>
#include <ostream>
#include <system_error>

#include "base/date.h"
#include "base/file.h"
#include "keys/installs.h"
#include "store/copy.h"

namespace bz::tools {
namespace {

using boost::json::object;

constexpr std::size_t kMostKeyFile = 4'096;

// Without them a store's secrets cannot be opened.
Result<void> copy_master_keys(const std::vector<Part>& parts, const std::filesystem::path& from,
                              const std::filesystem::path& to) {
  for (const auto& part : parts) {
    const auto key = read_file(from / part.name / "master.key", kMostKeyFile);
    if (!key) return key.error();
    const auto place = to / part.name / "master.key";
    // A server that moves to another kind of store keeps its folder.
    if (const auto there = read_file(place, kMostKeyFile); there && *there == *key) continue;
    std::error_code fault;
    std::filesystem::create_directories(place.parent_path(), fault);
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
  if (auto ok = copy_master_keys(*parts, from.data, to.data); !ok) return ok;
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

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) return Error{Code::kUnavailable, folder.string() + ": the folder cannot be made"};
  return {};
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
  return copy_all(options.where, {options.folder, "", options.where.json}, out);
}

Result<void> run_store_restore(const StoreCopyOptions& options, std::ostream& out) {
  if (auto ok = make_folder(options.where.data); !ok) return ok;
  return copy_all({options.folder, "", options.where.json}, options.where, out);
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
