#include "tests/soak/published.h"

#include <charconv>
#include <functional>
#include <set>
#include <sstream>

#include "base/base64.h"
#include "base/file.h"
#include "wire/compact_export.h"
#include "wire/export_file.h"
#include "wire/trace_envelope.h"

namespace bz::soak {
namespace {

using Keys = std::map<std::string, Appearances>;

// "1773129600-1773130500-00001.zip": its first number. A batch's files share it.
std::int64_t batch_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  std::int64_t start = -1;
  std::from_chars(name.data(), name.data() + name.size(), start);
  return start;
}

wire::KeyVisitor into(Keys& keys, std::int64_t batch) {
  return [&keys, batch](std::span<const engine::PublishedKey> found, wire::KeyList list) {
    for (const auto& key : found) {
      auto& seen = keys[to_base64(key.key.bytes)];
      (list == wire::KeyList::kNew ? seen.as_new : seen.as_revised).push_back(batch);
    }
  };
}

Result<void> read_into(Keys& keys, const std::filesystem::path& file, const wire::Trust& trust) {
  const std::string kind = file.extension().string();
  if (kind == ".zip") {
    const auto read = wire::read_export(file, trust, into(keys, batch_of(file)));
    if (!read) return read.error();
    return {};
  }
  const auto bytes = read_file(file, std::size_t{64} << 20U);
  if (!bytes) return bytes.error();
  if (kind == ".bzk") {
    const auto read = wire::read_compact_export(*bytes, trust, into(keys, batch_of(file)));
    if (!read) return read.error();
    return {};
  }
  const auto read = wire::read_trace_envelope(*bytes, trust);
  if (!read) return read.error();
  for (const auto& chain : read->chains)
    keys[to_base64(chain.daily_key)].as_new.push_back(batch_of(file));
  return {};
}

// The names in every index of a region's folder.
Result<std::set<std::string>> indexed(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".txt") continue;
    const auto text = read_file(entry.path(), std::size_t{1} << 20U);
    if (!text) return text.error();
    std::istringstream lines{std::string(as_text(*text))};
    for (std::string line; std::getline(lines, line);) names.insert(line);
  }
  return names;
}

}  // namespace

Result<Published> read_published(const std::filesystem::path& exports,
                                 const std::vector<std::string>& regions,
                                 const wire::Trust& trust) {
  Published published;
  for (const auto& region : regions) {
    for (const char* kind : {"zip", "bzk", "bzt"}) published.formats[region + "/" + kind];
    const auto folder = exports / region;
    if (!std::filesystem::exists(folder)) continue;
    const auto names = indexed(folder);
    if (!names) return names.error();
    for (const auto& name : *names) {
      const auto file = exports / name;
      if (!std::filesystem::exists(file))
        return Error{Code::kNotFound, name + " is in the index and not there"};
      auto& keys = published.formats[region + "/" + file.extension().string().substr(1)];
      if (auto read = read_into(keys, file, trust); !read)
        return Error{read.error().code, name + ": " + read.error().what};
      ++published.files;
    }
  }
  return published;
}

}  // namespace bz::soak
