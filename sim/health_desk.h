// The health authority of the made-up town: a desk that gives codes, takes consented uploads and
// publishes signed files of keys in a folder. A server takes its place behind the same interface.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/ecdsa.h"
#include "base/random.h"
#include "base/time.h"
#include "engine/published_key.h"
#include "phone/transport.h"
#include "wire/export_file.h"

namespace bz::sim {

class HealthDesk final : public phone::Transport {
 public:
  // `folder` exists; files go to it and nothing else is kept. `random` must outlive the desk.
  HealthDesk(std::filesystem::path folder, Random& random);

  // A code of eight digits for one upload of a confirmed case, whose symptoms began on `onset`.
  std::string issue_code(Day onset);

  Result<std::vector<std::string>> export_names() override;
  Result<Bytes> fetch(const std::string& name) override;
  // Held until publish_batch().
  Result<void> publish(const phone::Upload& upload, std::string_view code) override;

  // Writes one signed file of all keys that were over two hours before `now`, since until then a
  // name of theirs would still be believed; sorted by key bytes. Nothing to publish: no file.
  // Returns how many keys.
  Result<std::size_t> publish_batch(Instant now);

  // The same for keys whose report has changed.
  Result<void> publish_revision(std::span<const engine::PublishedKey> revised, Instant now);

  // What phones are given with the app.
  [[nodiscard]] wire::Trust trust() const;

 private:
  Result<void> write_file_of(wire::Export content, Instant now);

  std::filesystem::path folder_;
  Random& random_;
  SigningKey key_ = SigningKey::generate();
  std::map<std::string, Day, std::less<>>
      codes_;  // not used yet, and the onset they were given for
  std::vector<engine::PublishedKey> held_;
  std::vector<std::string> names_;
  Instant published_until_;
};

}  // namespace bz::sim
