#include "phone/matches.h"

#include <utility>

#include "wire/compact_export.h"
#include "wire/trace_envelope.h"

namespace bz::phone {

using engine::ExposureWindow;
using engine::PublishedKey;

Result<wire::ExportSummary> Matches::add_export(const wire::ZipSource& zip,
                                                const wire::Trust& trust) {
  return add_keys(
      [&](const wire::KeyVisitor& visitor) { return wire::read_export(zip, trust, visitor); });
}

Result<wire::ExportSummary> Matches::add_compact(ByteView file, const wire::Trust& trust) {
  return add_keys([&](const wire::KeyVisitor& visitor) {
    return wire::read_compact_export(file, trust, visitor);
  });
}

Result<wire::ExportSummary> Matches::add_keys(const ReadKeys& read) {
  // Found aside until the whole file is known to be good.
  engine::FastMatcher matcher(*names_, scans_, receiver_, *kernel_);
  std::vector<PublishedKey> revised_matches;
  auto summary = read([&](std::span<const PublishedKey> keys, wire::KeyList list) {
    matcher.add(keys);
    if (list == wire::KeyList::kNew) return;
    for (const auto& key : keys) {
      if (place_of_key_.contains(name_of(key))) revised_matches.push_back(key);
    }
  });
  if (!summary) return summary;
  // What replaces a match does so even where no id of it counts any more, as after a shorter
  // period.
  for (const auto& key : revised_matches) keep(key, {});
  for (auto& heard : matcher.found().keys) keep(heard.published, std::move(heard.windows));
  return summary;
}

void Matches::keep(const PublishedKey& key, std::vector<ExposureWindow> windows) {
  const auto [place, is_new] = place_of_key_.try_emplace(name_of(key), keys_.size());
  if (is_new) {
    keys_.emplace_back();
    key_windows_.emplace_back();
  }
  keys_[place->second] = key;
  key_windows_[place->second] = std::move(windows);
}

Result<std::size_t> Matches::add_trace_envelope(ByteView file, const wire::Trust& trust) {
  const auto envelope = wire::read_trace_envelope(file, trust);
  if (!envelope) return envelope.error();
  engine::FastMatcher matcher(*names_, scans_, receiver_, *kernel_);
  matcher.add(envelope->chains);
  for (auto& heard : matcher.found().chains) {
    chains_.push_back(heard.published);
    chain_windows_.push_back(std::move(heard.windows));
  }
  return envelope->chains.size();
}

std::vector<ExposureWindow> Matches::flat(const Windows& windows) {
  std::vector<ExposureWindow> all;
  for (std::size_t source = 0; source < windows.size(); ++source) {
    for (const auto& window : windows[source]) all.push_back({source, window.slot, window.scans});
  }
  return all;
}

std::vector<engine::Exposure> Matches::exposures() const {
  auto all = engine::exposures(key_windows(), keys_);
  const auto old = engine::exposures(chain_windows(), chains_);
  all.insert(all.end(), old.begin(), old.end());
  return all;
}

}  // namespace bz::phone
