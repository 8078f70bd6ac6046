#include "wire/export_bin.h"

#include <algorithm>
#include <cstdlib>
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

// Bytes that must be at hand to look for a key in the usual layout: more than any such key has, so
// that the last key of what has come is left to parse_key, and so is every key that comes byte by
// byte (which is how tests compare the two).
constexpr std::size_t kUsualRoom = 40;

// Reads a varint of at most four bytes, enough for every start until the year 7000.
bool take_short_varint(const std::uint8_t*& next, std::uint32_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const std::uint32_t byte = *next++;
    value |= (byte & 0x7fU) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// A key in the layout of every known writer: its fields in the order of their numbers, varints
// short, all values in range. Needs kUsualRoom bytes. Gives its size, tag and length included, or 0
// for anything else, which is not thereby wrong: parse_key has the last word. For speed only: a
// country's keys are matched in 300 ns each, of which parse_key alone would take 50.
std::size_t take_usual_key(const std::uint8_t* const begin, PublishedKey& key) {
  const std::uint8_t* next = begin;
  const std::size_t size = 2U + next[1];
  if ((next[0] != 0x3a && next[0] != 0x42) || next[1] >= 0x80 || next[2] != 0x0a || next[3] != 16)
    return 0;
  std::copy_n(next + 4, key.key.bytes.size(), key.key.bytes.begin());
  next += 20;
  if (*next == 0x10) {
    if (next[1] > 8) return 0;
    key.transmission_risk = next[1];
    next += 2;
  }
  if (*next++ != 0x18 || !take_short_varint(next, key.key.start.number)) return 0;
  if (*next == 0x20) {
    if (!take_short_varint(++next, key.key.period)) return 0;
    if (key.key.period < 1 || key.key.period > kIntervalsPerDay) return 0;
  }
  if (*next == 0x28) {
    if (next[1] > static_cast<std::uint8_t>(ReportType::kRevoked)) return 0;
    key.report_type = static_cast<ReportType>(next[1]);
    next += 2;
  }
  if (*next == 0x30) {
    if (next[1] > zigzag(kMostDays)) return 0;
    key.days_since_onset = static_cast<int>(unzigzag(next[1]));
    next += 2;
  }
  return next == begin + size ? size : 0;
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

Result<void> check_key(const PublishedKey& key) {
  if (key.key.period < 1 || key.key.period > kIntervalsPerDay ||
      key.key.start.number > kLastInterval) {
    return invalid("a key's period is not 1 to 144, or its start over 2^31-1");
  }
  if (key.transmission_risk > 8 || key.report_type > ReportType::kRevoked) {
    return invalid("a key's transmission risk is not 0 to 8, or its report type none of the six");
  }
  if (key.days_since_onset && std::abs(*key.days_since_onset) > kMostDays)
    return invalid("a key's days since onset are not -14 to 14");
  return {};
}

Result<void> put_keys(Bytes& out, std::vector<PublishedKey> keys, KeyList list) {
  sort_for_export(keys);
  for (const auto& key : keys) {
    if (auto fine = put_export_key(out, key, list); !fine) return fine;
  }
  return {};
}

}  // namespace

void sort_for_export(std::vector<PublishedKey>& keys) {
  std::ranges::sort(keys, {}, [](const PublishedKey& k) {
    return std::tie(k.key, k.report_type, k.transmission_risk, k.days_since_onset);
  });
}

Result<void> put_export_head(Bytes& out, const ExportHead& head) {
  if (auto fine = check_head(head); !fine) return fine;
  out.insert(out.end(), kHeader.begin(), kHeader.end());
  put_fixed64_field(out, 1, static_cast<std::uint64_t>(head.start.time_since_epoch().count()));
  put_fixed64_field(out, 2, static_cast<std::uint64_t>(head.end.time_since_epoch().count()));
  if (!head.region.empty()) put_bytes_field(out, 3, as_bytes(head.region));
  put_varint_field(out, 4, static_cast<std::uint32_t>(head.batch_num));
  put_varint_field(out, 5, static_cast<std::uint32_t>(head.batch_size));
  for (const auto& info : head.signatures) put_bytes_field(out, 6, encode_signature_info(info));
  return {};
}

Result<void> put_export_key(Bytes& out, const PublishedKey& key, KeyList list) {
  if (auto fine = check_key(key); !fine) return fine;
  put_varint(out, list == KeyList::kNew ? 0x3a : 0x42);  // fields 7 and 8, bytes
  // The message's length stands before it; every message is shorter than 128 bytes.
  const auto length_at = out.size();
  out.push_back(0);
  put_bytes_field(out, 1, key.key.bytes);
  if (key.transmission_risk != 0) put_varint_field(out, 2, key.transmission_risk);
  put_varint_field(out, 3, key.key.start.number);
  if (key.key.period != kIntervalsPerDay) put_varint_field(out, 4, key.key.period);
  if (key.report_type != ReportType::kUnknown)
    put_varint_field(out, 5, static_cast<std::uint64_t>(key.report_type));
  if (key.days_since_onset) put_varint_field(out, 6, zigzag(*key.days_since_onset));
  out[length_at] = static_cast<std::uint8_t>(out.size() - length_at - 1);
  return {};
}

Result<Bytes> encode_export_bin(const Export& content) {
  if (content.keys.size() + content.revised.size() > kMaxKeysPerFile)
    return invalid("more than 500,000 keys: split them over several files");
  Bytes out;
  if (auto fine = put_export_head(out, content.head); !fine) return fine.error();
  if (auto fine = put_keys(out, content.keys, KeyList::kNew); !fine) return fine.error();
  if (auto fine = put_keys(out, content.revised, KeyList::kRevised); !fine) return fine.error();
  return out;
}

struct ExportBinParser::State {
  KeyVisitor visitor;
  ExportSummary summary{};
  Bytes rest{};              // of what has come, the field that is not whole yet
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

  [[nodiscard]] std::size_t count() const {
    return summary.keys + summary.revised + summary.skipped + block.size();
  }

  Result<void> take_key(const Field& field) {
    if (count() == kMaxKeysPerFile) return at(field.offset, "more than 500,000 keys");
    PublishedKey key;
    bool known = true;
    if (auto fine = parse_key(field, key, known); !fine) return fine;
    if (!known) {
      ++summary.skipped;
      return {};
    }
    keep(key, field.number);
    return {};
  }

  void keep(const PublishedKey& key, std::uint32_t field_number) {
    const KeyList list = field_number == 7 ? KeyList::kNew : KeyList::kRevised;
    if (list != block_list || block.size() == kBlock) flush();
    block_list = list;
    block.push_back(key);
  }

  // Keeps keys while they come in the usual layout. Gives their size in bytes.
  std::size_t take_usual_keys(ByteView bytes) {
    std::size_t taken = 0;
    auto room = kMaxKeysPerFile - count();
    for (; room > 0 && bytes.size() - taken >= kUsualRoom; --room) {
      PublishedKey key;
      const auto size = take_usual_key(bytes.data() + taken, key);
      if (size == 0) break;
      keep(key, bytes[taken] >> 3U);
      taken += size;
    }
    return taken;
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

  // Reads every whole field of `bytes`, which begin at `offset`; `last` when no more will come.
  // Gives how many bytes that was.
  Result<std::size_t> read(ByteView bytes, bool last) {
    FieldReader reader(bytes, offset);
    while (true) {
      reader.skip(take_usual_keys(reader.rest()));
      const std::uint64_t begin = reader.offset();
      Field field;
      const auto step = reader.next(field);
      if (step == FieldReader::Step::kBroken) return at(begin, kBrokenField);
      const bool cut = step == FieldReader::Step::kCut;
      if (reader.offset() - begin > kMaxField || (cut && reader.rest().size() > kMaxField)) {
        return at(begin, "a field of more than 4,096 bytes");
      }
      if (cut && last) return at(begin, "cut: the file ends within this field");
      if (step != FieldReader::Step::kField) break;
      if (const char* complaint = kExportShape.complaint(field, seen)) return at(begin, complaint);
      if (!kExportShape.knows(field)) continue;
      if (auto fine = take(field); !fine) return fine.error();
    }
    offset = reader.offset();
    return reader.consumed();
  }

  // The header, once. Gives how many bytes it took of `bytes`: none while it is not whole.
  Result<std::size_t> read_header(ByteView bytes) {
    const auto have = std::min(bytes.size(), kHeader.size());
    if (as_text(bytes).substr(0, have) != kHeader.substr(0, have)) {
      return at(0, "the header is not `EK Export v1` and four spaces");
    }
    if (have < kHeader.size()) return std::size_t{0};
    header_read = true;
    offset = kHeader.size();
    return kHeader.size();
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
  ByteView bytes = piece;
  if (!s.rest.empty()) {
    s.rest.insert(s.rest.end(), piece.begin(), piece.end());
    bytes = s.rest;
  }
  if (!s.header_read) {
    const auto header = s.read_header(bytes);
    if (!header) return header.error();
    bytes = bytes.subspan(*header);
  }
  if (s.header_read) {
    const auto read = s.read(bytes, false);
    if (!read) return read.error();
    bytes = bytes.subspan(*read);
  }
  if (s.rest.empty()) {
    s.rest.assign(bytes.begin(), bytes.end());
  } else {
    s.rest.erase(s.rest.begin(), s.rest.end() - static_cast<std::ptrdiff_t>(bytes.size()));
  }
  return {};
}

Result<ExportSummary> ExportBinParser::finish() {
  constexpr std::uint32_t kStart = 1U << 1U;
  constexpr std::uint32_t kEnd = 1U << 2U;
  auto& s = *state_;
  if (!s.header_read) return at(s.rest.size(), "cut: the file ends within its header");
  if (const auto read = s.read(s.rest, true); !read) return read.error();
  s.flush();
  const auto& head = s.summary.head;
  if ((s.seen & kStart) == 0 || (s.seen & kEnd) == 0) {
    return at(s.offset, "the message ends without start_timestamp or end_timestamp");
  }
  if (head.end < head.start) return at(s.offset, "end_timestamp is before start_timestamp");
  if (head.batch_num > head.batch_size) return at(s.offset, "batch_num is greater than batch_size");
  return std::move(s.summary);
}

}  // namespace bz::wire
