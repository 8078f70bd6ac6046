#include "sim/health_desk.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/file.h"
#include "wire/export_file.h"

namespace bz::sim {
namespace {

constexpr std::string_view kRegion = "VN";
constexpr std::string_view kKeyId = "452";  // Vietnam's mobile country code
constexpr std::string_view kKeyVersion = "v1";
constexpr int kOnsetDays = 14;             // further from the onset, a key is published without it
constexpr std::chrono::hours kEmbargo{2};  // the tolerance that matchers allow for clocks

}  // namespace

HealthDesk::HealthDesk(std::filesystem::path folder, Random& random)
    : folder_(std::move(folder)), random_(random) {}

std::string HealthDesk::issue_code(Day onset) {
  std::array<std::uint8_t, 8> chance{};
  random_.fill(chance);
  std::string code;
  for (const auto byte : chance) code += static_cast<char>('0' + byte % 10);
  codes_[code] = onset;
  return code;
}

Result<std::vector<std::string>> HealthDesk::export_names() {
  return names_;
}

Result<Bytes> HealthDesk::fetch(const std::string& name) {
  constexpr std::size_t kLimit = std::size_t{32} << 20U;
  return read_file(folder_ / name, kLimit);
}

Result<void> HealthDesk::publish(const phone::Upload& upload, std::string_view code) {
  const auto found = codes_.find(code);
  if (found == codes_.end())
    return Error{Code::kDenied, "this code is wrong or was used; ask for a new one"};
  for (const auto& key : upload.keys()) {
    const auto since_onset = (day_of(start_of(key.start)) - found->second).count();
    engine::PublishedKey published{key, engine::ReportType::kConfirmed, 0, {}};
    if (std::abs(since_onset) <= kOnsetDays)
      published.days_since_onset = static_cast<int>(since_onset);
    held_.push_back(published);
  }
  codes_.erase(found);
  return {};
}

Result<std::size_t> HealthDesk::publish_batch(Instant now) {
  const auto over = [now](const engine::PublishedKey& k) {
    return start_of(k.key.end()) + kEmbargo <= now;
  };
  const auto still_held = std::stable_partition(held_.begin(), held_.end(), over);
  wire::Export content;
  content.keys.assign(held_.begin(), still_held);
  if (content.keys.empty()) return std::size_t{0};
  const auto count = content.keys.size();
  if (auto ok = write_file_of(std::move(content), now); !ok) return ok.error();
  held_.erase(held_.begin(), still_held);
  return count;
}

Result<void> HealthDesk::publish_revision(std::span<const engine::PublishedKey> revised,
                                          Instant now) {
  wire::Export content;
  content.revised.assign(revised.begin(), revised.end());
  return write_file_of(std::move(content), now);
}

Result<void> HealthDesk::write_file_of(wire::Export content, Instant now) {
  content.head.start = std::chrono::floor<std::chrono::seconds>(published_until_);
  content.head.end = std::chrono::floor<std::chrono::seconds>(now);
  content.head.region = kRegion;
  const std::array signers{wire::Signer{key_, std::string(kKeyVersion), std::string(kKeyId)}};
  const auto zip = wire::write_export(content, signers);
  if (!zip) return zip.error();
  const auto seconds = [](auto t) { return std::to_string(t.time_since_epoch().count()); };
  const auto name = seconds(content.head.start) + "-" + seconds(content.head.end) + "-00001.zip";
  if (auto ok = write_file(folder_ / name, *zip); !ok) return ok;
  names_.push_back(name);
  published_until_ = now;
  return {};
}

wire::Trust HealthDesk::trust() const {
  wire::TrustedKey key{key_.public_key(), std::string(kKeyVersion), std::string(kKeyId)};
  wire::Trust trust;
  trust.keys.push_back(std::move(key));
  return trust;
}

}  // namespace bz::sim
