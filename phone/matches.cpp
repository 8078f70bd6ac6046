#include "phone/matches.h"

#include <utility>

#include "wire/trace_envelope.h"

namespace bz::phone {

using engine::ExposureWindow;
using engine::PublishedKey;

Result<wire::ExportSummary> Matches::add_export(const wire::ZipSource& zip,
                                                const wire::Trust& trust) {
  // Kept aside until the whole file is known to be good.
  std::vector<std::pair<PublishedKey, std::vector<ExposureWindow>>> heard;
  auto summary =
      wire::read_export(zip, trust, [&](std::span<const PublishedKey> keys, wire::KeyList list) {
        std::map<std::size_t, std::vector<ExposureWindow>> by_key;
        for (auto& window : matcher_->match(keys))
          by_key[window.source].push_back(std::move(window));
        for (std::size_t i = 0; i < keys.size(); ++i) {
          const auto found = by_key.find(i);
          // A revised key counts even when no id of it is heard any more: it replaces a match.
          if (found == by_key.end() && list == wire::KeyList::kNew) continue;
          heard.emplace_back(keys[i], found == by_key.end() ? std::vector<ExposureWindow>{}
                                                            : std::move(found->second));
        }
      });
  if (!summary) return summary;
  for (auto& [key, windows] : heard) keep(key, std::move(windows));
  return summary;
}

void Matches::keep(const PublishedKey& key, std::vector<ExposureWindow> windows) {
  const auto [place, is_new] =
      place_of_key_.try_emplace({key.key.bytes, key.key.start}, keys_.size());
  if (is_new) {
    if (windows.empty()) {
      place_of_key_.erase(place);
      return;
    }
    keys_.push_back(key);
    key_windows_.emplace_back();
  }
  keys_[place->second] = key;
  key_windows_[place->second] = std::move(windows);
}

Result<std::size_t> Matches::add_trace_envelope(ByteView file, const wire::Trust& trust) {
  const auto envelope = wire::read_trace_envelope(file, trust);
  if (!envelope) return envelope.error();
  std::map<std::size_t, std::vector<ExposureWindow>> by_chain;
  for (auto& window : matcher_->match(envelope->chains))
    by_chain[window.source].push_back(std::move(window));
  for (auto& [source, windows] : by_chain) {
    chains_.push_back(envelope->chains[source]);
    chain_windows_.push_back(std::move(windows));
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
