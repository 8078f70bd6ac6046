#include "wire/sightings_csv.h"

#include <array>
#include <charconv>

#include "base/bytes.h"
#include "wire/limits.h"

namespace bz::wire {
namespace {

using engine::Profile;
using engine::Sighting;

constexpr std::string_view kCheckHeader = "id,time_ms";
constexpr int kWeakest = -127;
constexpr int kStrongest = 20;

Error malformed(std::size_t line, const std::string& what) {
  return {Code::kMalformed, "sightings, line " + std::to_string(line) + ": " + what};
}

// The lines of a text, each without its end.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    ++number_;
    const auto end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
  }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// False when there are not exactly N columns.
template <std::size_t N>
bool split(std::string_view line, std::array<std::string_view, N>& columns) {
  for (std::size_t i = 0; i < N; ++i) {
    const auto comma = line.find(',');
    if ((comma == std::string_view::npos) != (i == N - 1)) return false;
    columns[i] = line.substr(0, comma);
    if (i < N - 1) line.remove_prefix(comma + 1);
  }
  return true;
}

bool whole_number(std::string_view text, std::int64_t from, std::int64_t to, std::int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= from && value <= to;
}

Result<void> read_id(std::string_view text, std::size_t line, Sighting& sighting) {
  const std::size_t size = id_size(sighting.profile);
  if (!from_hex(text, std::span(sighting.id.bytes).first(size))) {
    return malformed(line, "id is not " + std::to_string(size) + " bytes of hex");
  }
  return {};
}

Result<void> read_time(std::string_view text, std::size_t line, Sighting& sighting) {
  std::int64_t ms = 0;
  if (!whole_number(text, 0, kLastMs, ms)) {
    return malformed(line, "time_ms is not a whole number of milliseconds from 1970 to 9999");
  }
  sighting.time = from_ms(ms);
  return {};
}

Result<void> read_sighting(std::string_view text, std::size_t line, Sighting& sighting) {
  std::array<std::string_view, 5> columns;
  if (!split(text, columns)) return malformed(line, "not 5 columns");
  const auto& [profile, id, aem, rssi, time] = columns;
  const auto known = engine::profile_named(profile);
  if (!known) return malformed(line, "profile is not bluezone3, gaen or bluezone4");
  sighting.profile = *known;
  if (auto fine = read_id(id, line, sighting); !fine) return fine;

  const bool has_none = *known == Profile::kBluezone3;
  if (!(has_none && aem.empty()) && !from_hex(aem, sighting.aem.bytes)) {
    return malformed(line, "aem is not 4 bytes of hex (blank for bluezone3 only)");
  }
  if (has_none && sighting.aem != engine::EncryptedMetadata{}) {
    return malformed(line, "aem of bluezone3, which has none, is not blank");
  }

  std::int64_t power = engine::kNoRssi.value;
  if (!rssi.empty() && !whole_number(rssi, kWeakest, kStrongest, power)) {
    return malformed(line, "rssi_dbm is not a whole number from -127 to 20");
  }
  sighting.rssi = {static_cast<std::int8_t>(power)};
  return read_time(time, line, sighting);
}

Result<void> read_check_line(std::string_view text, std::size_t line, Sighting& sighting) {
  std::array<std::string_view, 2> columns;
  if (!split(text, columns)) return malformed(line, "not 2 columns");
  sighting.profile = Profile::kBluezone3;
  sighting.rssi = engine::kNoRssi;
  if (auto fine = read_id(columns[0], line, sighting); !fine) return fine;
  return read_time(columns[1], line, sighting);
}

template <class Read, class Take>
Result<void> read_lines(std::string_view text, std::string_view header, Read read, Take take) {
  Lines lines(text);
  std::string_view line;
  if (!lines.next(line) || line != header) {
    return malformed(1, "the header is not " + std::string(header));
  }
  while (lines.next(line)) {
    if (line.empty()) return malformed(lines.number(), "empty");
    Sighting sighting;
    if (Result<void> fine = read(line, lines.number(), sighting); !fine) return fine;
    if (Result<void> fine = take(sighting); !fine) return fine;
  }
  return {};
}

template <class Read>
Result<std::vector<Sighting>> all_lines(std::string_view text, std::string_view header, Read read) {
  std::vector<Sighting> sightings;
  const auto fine = read_lines(text, header, read, [&](const Sighting& sighting) -> Result<void> {
    sightings.push_back(sighting);
    return {};
  });
  if (!fine) return fine.error();
  return sightings;
}

}  // namespace

Result<std::vector<Sighting>> parse_sightings_csv(std::string_view text) {
  return all_lines(text, kSightingsHeader, read_sighting);
}

Result<void> parse_sightings_csv(std::string_view text,
                                 const std::function<Result<void>(const Sighting&)>& take) {
  return read_lines(text, kSightingsHeader, read_sighting, take);
}

Result<std::vector<Sighting>> parse_check_csv(std::string_view text) {
  return all_lines(text, kCheckHeader, read_check_line);
}

std::string sightings_csv_line(const Sighting& sighting) {
  std::string line(name_of(sighting.profile));
  line += ',' + to_hex(ByteView(sighting.id.bytes).first(id_size(sighting.profile))) + ',';
  if (sighting.profile != Profile::kBluezone3) line += to_hex(sighting.aem.bytes);
  line += ',';
  if (sighting.rssi.value >= kWeakest && sighting.rssi.value <= kStrongest) {
    line += std::to_string(sighting.rssi.value);
  }
  return line + ',' + std::to_string(to_ms(sighting.time)) + '\n';
}

std::string write_sightings_csv(std::span<const Sighting> sightings) {
  std::string text(kSightingsHeader);
  text += '\n';
  for (const auto& sighting : sightings) text += sightings_csv_line(sighting);
  return text;
}

}  // namespace bz::wire
