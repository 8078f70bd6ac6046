#include "wire/export_bin.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "wire/export_signature.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::string_view kFile = "export.bin";
constexpr std::string_view kHeader = "EK Export v1    ";
constexpr std::size_t kMaxField =
    4096;  // tag, length and content of one field of the outer message
constexpr std::size_t kBlock = 1024;
constexpr std::uint64_t kLastInterval = 0x7fff'ffff;  // the field is an int32
constexpr int kMostDays = 14;
// The European gateway says more than days with this field: n*100 + d is "d days after a range of n
// days", 2000 + d, 3000 + d and 4000 + d are days after the upload with symptoms of unknown date,
// without symptoms, and nothing known.
constexpr int kMostPackedDays = 4014;

constexpr MessageShape kKeyShape{WireType::kBytes,  WireType::kVarint, WireType::kVarint,
                                 WireType::kVarint, WireType::kVarint, WireType::kVarint};
constexpr MessageShape kExportShape({WireType::kFixed64, WireType::kFixed64, WireType::kBytes,
                                     WireType::kVarint, WireType::kVarint, WireType::kBytes,
                                     WireType::kBytes, WireType::kBytes},
                                    1U << 6U | 1U << 7U | 1U << 8U);

Error at(std::uint64_t offset, std::string_view what) {
  return malformed_at(kFile, offset, what);
}

// One field of a key; `known` becomes false for a report type from after our time.
Result<void> take_key_field(const Field& field, PublishedKey& key, bool& known) {
  switch (field.number) {
    case 1:
      if (field.bytes.size() != key.key.bytes.size()) {
        return at(field.offset,
                  "key_data holds " + std::to_string(field.bytes.size()) + " bytes, not 16");
      }
      std::ranges::copy(field.bytes, key.key.bytes.begin());
      return {};
    case 2:
      if (field.value > 8) return at(field.offset, "transmission_risk_level is not 0 to 8");
      key.transmission_risk = static_cast<std::uint8_t>(field.value);
      return {};
    case 3:
      if (field.value > kLastInterval)
        return at(field.offset, "rolling_start_interval_number is not 0 to 2^31-1");
      key.key.start = {static_cast<std::uint32_t>(field.value)};
      return {};
    case 4:
      if (field.value < 1 || field.value > kIntervalsPerDay) {
        return at(field.offset, "rolling_period is not 1 to 144");
      }
      key.key.period = static_cast<std::uint32_t>(field.value);
      return {};
    case 5:
      known = field.value <= static_cast<std::uint64_t>(ReportType::kRevoked);
      if (known) key.report_type = static_cast<ReportType>(field.value);
      return {};
    default: {
      const auto days = field.value > 0xffff'ffffU ? kMostPackedDays + 1 : unzigzag(field.value);
      if (days < -kMostDays || days > kMostPackedDays) {
        return at(field.offset, "days_since_onset_of_symptoms is not -14 to 4014");
      }
      if (days <= kMostDays) key.days_since_onset = static_cast<int>(days);
      return {};
    }
  }
}

Result<void> parse_key(const Field& message, PublishedKey& key, bool& known) {
  constexpr std::uint32_t kData = 1U << 1U;
  constexpr std::uint32_t kStart = 1U << 3U;
  std::uint32_t seen = 0;
  auto fine = for_each_known_field({message.bytes, message.content_offset, kFile}, kKeyShape,
                                   [&](const Field& field) {
                                     seen |= 1U << field.number;
                                     return take_key_field(field, key, known);
                                   });
  if (!fine) return fine;
  if ((seen & kData) == 0) return at(message.offset, "a key without key_data");
  if ((seen & kStart) == 0)
    return at(message.offset, "a key without rolling_start_interval_number");
  return {};
}

bool seconds_fit(std::chrono::sys_seconds time) {
  const auto seconds = time.time_since_epoch().count();
  return seconds >= 0 && seconds <= kLastSecond;
}

Error invalid(std::string what) {
  return {Code::kInvalid, "export: " + std::move(what)};
}

Result<void> check_head(const ExportHead& head) {
  if (!seconds_fit(head.start) || !seconds_fit(head.end) || head.end < head.start) {
    return invalid("start and end are not in order between 1970 and 9999");
  }
  if (!is_label(head.region))
    return invalid("the region is not at most 64 printable ASCII characters");
  if (head.batch_num < 1 || head.batch_num > head.batch_size ||
      static_cast<std::uint32_t>(head.batch_size) > kMaxBatch) {
    return invalid("batch_num is not 1 to batch_size, or batch_size not 1 to 10,000");
  }
  if (head.signatures.size() > kMaxSignatures) return invalid("more than 10 signatures");
  for (const auto& info : head.signatures) {
    if (!is_label(info.key_version) || !is_label(info.key_id) || !is_label(info.algorithm)) {
      return invalid(
          "a key's version, id or algorithm is not at most 64 printable ASCII characters");
    }
  }
  return {};
}

Result<void> put_keys(Bytes& out, std::uint32_t number, std::vector<PublishedKey> keys) {
  std::ranges::sort(keys, {}, [](const PublishedKey& k) {
    return std::tie(k.key, k.report_type, k.transmission_risk, k.days_since_onset);
  });
  Bytes message;
  for (const auto& key : keys) {
    if (key.key.period < 1 || key.key.period > kIntervalsPerDay ||
        key.key.start.number > kLastInterval) {
      return invalid("a key's period is not 1 to 144, or its start over 2^31-1");
    }
    if (key.transmission_risk > 8 || key.report_type > ReportType::kRevoked) {
      return invalid("a key's transmission risk is not 0 to 8, or its report type none of the six");
    }
    if (key.days_since_onset && std::abs(*key.days_since_onset) > kMostDays) {
      return invalid("a key's days since onset are not -14 to 14");
    }
    message.clear();
    put_bytes_field(message, 1, key.key.bytes);
    if (key.transmission_risk != 0) put_varint_field(message, 2, key.transmission_risk);
    put_varint_field(message, 3, key.key.start.number);
    if (key.key.period != kIntervalsPerDay) put_varint_field(message, 4, key.key.period);
    if (key.report_type != ReportType::kUnknown) {
      put_varint_field(message, 5, static_cast<std::uint64_t>(key.report_type));
    }
    if (key.days_since_onset) put_varint_field(message, 6, zigzag(*key.days_since_onset));
    put_bytes_field(out, number, message);
  }
  return {};
}

}  // namespace

Result<Bytes> encode_export_bin(const Export& content) {
  const auto& head = content.head;
  if (const auto fine = check_head(head); !fine) return fine.error();
  if (content.keys.size() + content.revised.size() > kMaxKeysPerFile) {
    return invalid("more than 500,000 keys: split them over several files");
  }
  Bytes out(kHeader.begin(), kHeader.end());
  put_fixed64_field(out, 1, static_cast<std::uint64_t>(head.start.time_since_epoch().count()));
  put_fixed64_field(out, 2, static_cast<std::uint64_t>(head.end.time_since_epoch().count()));
  if (!head.region.empty()) put_bytes_field(out, 3, as_bytes(head.region));
  put_varint_field(out, 4, static_cast<std::uint32_t>(head.batch_num));
  put_varint_field(out, 5, static_cast<std::uint32_t>(head.batch_size));
  for (const auto& info : head.signatures) put_bytes_field(out, 6, encode_signature_info(info));
  if (auto fine = put_keys(out, 7, content.keys); !fine) return fine.error();
  if (auto fine = put_keys(out, 8, content.revised); !fine) return fine.error();
  return out;
}

struct ExportBinParser::State {
  KeyVisitor visitor;
  ExportSummary summary{};
  Bytes rest{};              // what has come and is not read yet
  std::uint64_t offset = 0;  // of rest's first byte in export.bin
  bool header_read = false;
  std::uint32_t seen = 0;  // outer fields so far
  std::vector<PublishedKey> block{};
  KeyList block_list = KeyList::kNew;

  void flush() {
    if (block.empty()) return;
    (block_list == KeyList::kNew ? summary.keys : summary.revised) += block.size();
    visitor(block, block_list);
    block.clear();
  }

  Result<void> take_key(const Field& field) {
    if (summary.keys + summary.revised + summary.skipped + block.size() == kMaxKeysPerFile) {
      return at(field.offset, "more than 500,000 keys");
    }
    PublishedKey key;
    bool known = true;
    if (auto fine = parse_key(field, key, known); !fine) return fine;
    if (!known) {
      ++summary.skipped;
      return {};
    }
    const KeyList list = field.number == 7 ? KeyList::kNew : KeyList::kRevised;
    if (list != block_list || block.size() == kBlock) flush();
    block_list = list;
    block.push_back(key);
    return {};
  }

  Result<void> take(const Field& field) {
    auto& head = summary.head;
    switch (field.number) {
      case 1:
      case 2:
        if (field.value > static_cast<std::uint64_t>(kLastSecond)) {
          return at(field.offset, "start_timestamp or end_timestamp is after the year 9999");
        }
        (field.number == 1 ? head.start : head.end) =
            std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(field.value)}};
        return {};
      case 3:
        if (!is_label(as_text(field.bytes))) {
          return at(field.offset, "region is not at most 64 printable ASCII characters");
        }
        head.region = as_text(field.bytes);
        return {};
      case 4:
      case 5:
        if (field.value < 1 || field.value > kMaxBatch) {
          return at(field.offset, "batch_num or batch_size is not 1 to 10,000");
        }
        (field.number == 4 ? head.batch_num : head.batch_size) =
            static_cast<std::int32_t>(field.value);
        return {};
      case 6: {
        if (head.signatures.size() == kMaxSignatures)
          return at(field.offset, "more than 10 signature_infos");
        auto info = parse_signature_info({field.bytes, field.content_offset, kFile});
        if (!info) return info.error();
        head.signatures.push_back(std::move(*info));
        return {};
      }
      default: return take_key(field);
    }
  }

  // Reads every whole field there is; `last` when no more will come.
  Result<void> read(bool last) {
    FieldReader reader(rest, offset);
    while (true) {
      const std::uint64_t begin = reader.offset();
      Field field;
      const auto step = reader.next(field);
      if (step == FieldReader::Step::kBroken) return at(begin, kBrokenField);
      const bool cut = step == FieldReader::Step::kCut;
      if (reader.offset() - begin > kMaxField ||
          (cut && rest.size() - reader.consumed() > kMaxField)) {
        return at(begin, "a field of more than 4,096 bytes");
      }
      if (cut && last) return at(begin, "cut: the file ends within this field");
      if (step != FieldReader::Step::kField) break;
      if (const char* complaint = kExportShape.complaint(field, seen)) return at(begin, complaint);
      if (!kExportShape.knows(field)) continue;
      if (auto fine = take(field); !fine) return fine;
    }
    offset = reader.offset();
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(reader.consumed()));
    return {};
  }
};

ExportBinParser::ExportBinParser(KeyVisitor visitor)
    : state_(std::make_unique<State>(State{.visitor = std::move(visitor)})) {
  state_->block.reserve(kBlock);
}
ExportBinParser::~ExportBinParser() = default;
ExportBinParser::ExportBinParser(ExportBinParser&&) noexcept = default;
ExportBinParser& ExportBinParser::operator=(ExportBinParser&&) noexcept = default;

Result<void> ExportBinParser::add(ByteView piece) {
  auto& s = *state_;
  s.rest.insert(s.rest.end(), piece.begin(), piece.end());
  if (!s.header_read) {
    const auto have = std::min(s.rest.size(), kHeader.size());
    if (as_text(s.rest).substr(0, have) != kHeader.substr(0, have)) {
      return at(0, "the header is not `EK Export v1` and four spaces");
    }
    if (have < kHeader.size()) return {};
    s.header_read = true;
    s.rest.erase(s.rest.begin(), s.rest.begin() + static_cast<std::ptrdiff_t>(kHeader.size()));
    s.offset = kHeader.size();
  }
  return s.read(false);
}

Result<ExportSummary> ExportBinParser::finish() {
  constexpr std::uint32_t kStart = 1U << 1U;
  constexpr std::uint32_t kEnd = 1U << 2U;
  auto& s = *state_;
  if (!s.header_read) return at(s.rest.size(), "cut: the file ends within its header");
  if (auto fine = s.read(true); !fine) return fine.error();
  s.flush();
  const auto& head = s.summary.head;
  if ((s.seen & kStart) == 0 || (s.seen & kEnd) == 0) {
    return at(s.offset, "the message ends without start_timestamp or end_timestamp");
  }
  if (head.end < head.start) return at(s.offset, "end_timestamp is before start_timestamp");
  if (head.batch_num > head.batch_size) return at(s.offset, "batch_num is greater than batch_size");
  return std::move(s.summary);
}

void replace_reports(std::vector<PublishedKey>& keys, std::span<const PublishedKey> revised) {
  using Name = std::pair<std::array<std::uint8_t, 16>, std::uint32_t>;
  const auto name_of = [](const PublishedKey& k) { return Name{k.key.bytes, k.key.start.number}; };
  struct Revision {
    PublishedKey key;
    bool used = false;
  };
  std::map<Name, Revision> latest;  // the last of several revisions counts
  for (const auto& key : revised) latest.insert_or_assign(name_of(key), Revision{.key = key});
  for (auto& key : keys) {
    const auto found = latest.find(name_of(key));
    if (found == latest.end()) continue;
    key = found->second.key;
    found->second.used = true;
  }
  for (const auto& [name, revision] : latest) {
    if (!revision.used) keys.push_back(revision.key);
  }
}

}  // namespace bz::wire
