#include "phone/scan_row.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace bz::phone {
namespace {

using engine::Profile;
using engine::Scan;

constexpr std::size_t kStartSize = 4;
constexpr std::uint64_t kProfiles = 3;
constexpr std::chrono::milliseconds kDayLength = std::chrono::days{1};

struct Name {
  Profile profile{};
  engine::RollingId id;
  engine::EncryptedMetadata aem;

  auto operator<=>(const Name&) const = default;
};

constexpr std::size_t aem_size(Profile profile) {
  return profile == Profile::kBluezone3 ? 0 : 4;
}

// LEB128: seven bits a byte, the lowest first, the top bit set on all but the last byte.
void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<std::uint8_t>(value | 0x80U));
  out.push_back(static_cast<std::uint8_t>(value));
}

// 0, -1, 1, -2, ... become 0, 1, 2, 3, ...
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

constexpr bool near_start(Instant time, Instant start) {
  return time >= start - kLongestScan && time <= start + kLongestScan;
}

Error invalid(const char* what) {
  return {Code::kInvalid, what};
}
Error malformed() {
  return {Code::kMalformed, "a row of the log breaks its format"};
}

Result<void> check(const Scan& scan) {
  if (scan.start < Instant{Day{}} || scan.start >= Instant{kLastDay} + kDayLength)
    return invalid("a scan must begin between 1970 and 9999");
  if (scan.heard.size() > kMostSightingsInAScan)
    return invalid("a scan holds at most 65535 sightings");
  for (const auto& sighting : scan.heard) {
    if (static_cast<std::uint64_t>(sighting.profile) >= kProfiles)
      return invalid("a sighting's profile is none of the three");
    if (!near_start(sighting.time, scan.start))
      return invalid("a sighting must lie within an hour of its scan's start");
    const auto spare = std::span(sighting.id.bytes).subspan(engine::id_size(sighting.profile));
    const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
    if (!std::ranges::all_of(spare, is_zero) ||
        (aem_size(sighting.profile) == 0 && !std::ranges::all_of(sighting.aem.bytes, is_zero)))
      return invalid("a bluezone3 sighting has a 12-byte id and no metadata");
  }
  return {};
}

// Takes bytes from the front of a row; after a failure it is left anywhere.
class Reader {
 public:
  explicit Reader(ByteView rest) : rest_(rest) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool bytes(std::span<std::uint8_t> out) {
    if (rest_.size() < out.size()) return false;
    std::copy_n(rest_.begin(), out.size(), out.begin());
    rest_ = rest_.subspan(out.size());
    return true;
  }

  // At most five bytes and only in its shortest form, so that a row has one form.
  bool varint(std::uint64_t& out) {
    out = 0;
    for (std::size_t i = 0; i < 5 && i < rest_.size(); ++i) {
      out |= static_cast<std::uint64_t>(rest_[i] & 0x7FU) << (7 * i);
      if (rest_[i] < 0x80) {
        if (i > 0 && rest_[i] == 0) return false;
        rest_ = rest_.subspan(i + 1);
        return true;
      }
    }
    return false;
  }

 private:
  ByteView rest_;
};

}  // namespace

Result<Bytes> write_scan_row(const Scan& scan) {
  if (auto fine = check(scan); !fine) return fine.error();
  Bytes row(kStartSize);
  row.reserve(kStartSize + 24 * scan.heard.size());
  put_le(row, static_cast<std::uint64_t>((scan.start - day_of(scan.start)).count()));
  std::map<Name, std::uint64_t> names;
  Instant before = scan.start;
  for (const auto& sighting : scan.heard) {
    const auto profile = sighting.profile;
    const auto [name, is_new] =
        names.try_emplace({profile, sighting.id, sighting.aem}, names.size());
    if (is_new) {
      put_varint(row, static_cast<std::uint64_t>(profile));
      row.insert(row.end(), sighting.id.bytes.data(),
                 sighting.id.bytes.data() + engine::id_size(profile));
      row.insert(row.end(), sighting.aem.bytes.data(),
                 sighting.aem.bytes.data() + aem_size(profile));
    } else {
      put_varint(row, kProfiles + name->second);
    }
    row.push_back(static_cast<std::uint8_t>(sighting.rssi.value));
    put_varint(row, zigzag((sighting.time - before).count()));
    before = sighting.time;
  }
  return row;
}

Result<Instant> start_of_scan_row(Day day, ByteView row) {
  if (row.size() < kStartSize) return malformed();
  const std::chrono::milliseconds since_midnight{get_le(row.first(kStartSize))};
  if (since_midnight >= kDayLength) return malformed();
  return Instant{day} + since_midnight;
}

Result<Scan> parse_scan_row(Day day, ByteView row) {
  const auto start = start_of_scan_row(day, row);
  if (!start) return start.error();
  Scan scan{*start, {}};
  // A sighting has at least three bytes, so a row cannot claim more memory than it deserves.
  std::vector<Name> names;
  std::map<Name, std::size_t> known;
  Instant before = *start;
  for (Reader reader(row.subspan(kStartSize)); !reader.at_end();) {
    if (scan.heard.size() == kMostSightingsInAScan) return malformed();
    std::uint64_t head = 0;
    if (!reader.varint(head)) return malformed();
    std::size_t at = 0;
    if (head < kProfiles) {
      Name name{static_cast<Profile>(head), {}, {}};
      if (!reader.bytes(std::span(name.id.bytes).first(engine::id_size(name.profile))) ||
          !reader.bytes(std::span(name.aem.bytes).first(aem_size(name.profile))))
        return malformed();
      at = names.size();
      if (!known.try_emplace(name, at).second) return malformed();
      names.push_back(name);
    } else {
      at = head - kProfiles;
      if (at >= names.size()) return malformed();
    }
    std::array<std::uint8_t, 1> rssi{};
    std::uint64_t step = 0;
    if (!reader.bytes(rssi) || !reader.varint(step)) return malformed();
    const Instant time = before + std::chrono::milliseconds{unzigzag(step)};
    if (!near_start(time, *start)) return malformed();
    const auto& name = names[at];
    scan.heard.push_back(
        {name.profile, name.id, name.aem, {static_cast<std::int8_t>(rssi[0])}, time});
    before = time;
  }
  return scan;
}

}  // namespace bz::phone
