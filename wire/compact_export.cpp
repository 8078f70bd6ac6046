#include "wire/compact_export.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string>
#include <utility>

#include "wire/limits.h"
#include "wire/message.h"
#include "wire/range_coder.h"

namespace bz::wire {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr std::string_view kFile = "compact export";
// With the version, 1 or 2 (wire/file_signatures.h), after its letter.
constexpr std::string_view kHeader = "BZ Keys v1      ";
constexpr std::size_t kVersionAt = 9;
constexpr std::size_t kFixedSize = 37;
constexpr std::size_t kCount = 3;  // bytes of a count
constexpr std::size_t kTail = 12;  // of a key's 16 bytes, those that are not coded
constexpr std::size_t kAfterList = kCount + kMostSignatureBytes;  // an empty list and signatures
constexpr std::size_t kBlock = 1024;
constexpr std::uint32_t kLastInterval = 0x7fff'ffff;
constexpr int kMostDays = 14;
constexpr std::uint32_t kNoOnset = 2 * kMostDays + 1;
constexpr std::uint32_t kFarAge = 63;  // a start that is not 0 to 62 days before the file's end

Error at(std::uint64_t offset, std::string_view what) {
  return malformed_at(kFile, offset, what);
}
Error invalid(std::string_view what) {
  return {Code::kInvalid, std::string(kFile) + ": " + std::string(what)};
}

void put(Bytes& out, std::size_t size, std::uint64_t value) {
  out.resize(out.size() + size);
  put_le(std::span(out).last(size), value);
}

// The first four bytes as a number, so that keys in order give numbers in order.
std::uint32_t first_four(const std::array<std::uint8_t, 16>& key) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = (value << 8U) | key[i];
  return value;
}

// Gaps between sorted random numbers are distributed geometrically: a gap is coded as how many
// times 2^low_bits goes into it, one bit each time, and the rest evenly. 2^low_bits is a quarter to
// an eighth of the mean gap: finer does not help, and so at most 8 bits a key are spent on
// counting.
class GapCoder {
 public:
  explicit GapCoder(std::size_t count)
      : low_bits_(30U - static_cast<unsigned>(std::bit_width(count))) {}

  // Gives nothing when the gap leads past 2^32 - 1.
  template <class Coder>
  std::optional<std::uint32_t> next(Coder& coder, std::uint32_t value) {
    const auto gap = value - before_;
    std::uint32_t times = 0;
    const std::uint32_t most = (0xffff'ffffU - before_) >> low_bits_;
    while (coder.bit(again_, times < gap >> low_bits_ ? 1 : 0) != 0) {
      if (++times > most) return std::nullopt;
    }
    std::uint64_t coded = times;
    for (unsigned left = low_bits_; left > 0;) {
      const unsigned bits = std::min(left, 16U);
      left -= bits;
      coded = (coded << bits) | coder.even(bits, (gap >> left) & ((1U << bits) - 1));
    }
    if (coded > 0xffff'ffffU - before_) return std::nullopt;
    before_ += static_cast<std::uint32_t>(coded);
    return before_;
  }

 private:
  unsigned low_bits_;
  BitModel again_;
  std::uint32_t before_ = 0;
};

// What is said of a key besides its bytes.
class MetadataCoder {
 public:
  explicit MetadataCoder(std::uint32_t last_day) : last_day_(last_day) {}

  // Codes what `key` says, or fills it in. False when what comes is out of its range.
  template <class Coder>
  bool next(Coder& coder, PublishedKey& key) {
    return start(coder, key.key.start.number) && period(coder, key.key.period) &&
           report(coder, key) && onset(coder, key.days_since_onset);
  }

 private:
  template <class Coder>
  bool start(Coder& coder, std::uint32_t& start) {
    const auto day = start / kIntervalsPerDay;
    const bool is_near = day <= last_day_ && last_day_ - day < kFarAge;
    const auto age = age_.code(coder, is_near ? last_day_ - day : kFarAge);
    if (age == kFarAge) {
      const auto high = coder.even(16, start >> 16U);
      start = (high << 16U) | coder.even(16, start & 0xffffU);
      return start <= kLastInterval;
    }
    const auto offset = offset_.code(coder, start % kIntervalsPerDay);
    if (age > last_day_ || offset >= kIntervalsPerDay) return false;
    start = (last_day_ - age) * kIntervalsPerDay + offset;
    return true;
  }

  template <class Coder>
  bool period(Coder& coder, std::uint32_t& period) {
    period = period_.code(coder, period - 1) + 1;
    return period <= kIntervalsPerDay;
  }

  template <class Coder>
  bool report(Coder& coder, PublishedKey& key) {
    const auto type = type_.code(coder, static_cast<std::uint32_t>(key.report_type));
    if (type >= risk_.size()) return false;
    key.report_type = static_cast<ReportType>(type);
    key.transmission_risk =
        static_cast<std::uint8_t>(risk_[type].code(coder, key.transmission_risk));
    return key.transmission_risk <= 8;
  }

  template <class Coder>
  bool onset(Coder& coder, std::optional<int>& days) {
    const auto number =
        onset_.code(coder, days ? static_cast<std::uint32_t>(*days + kMostDays) : kNoOnset);
    if (number < kNoOnset) {
      days = static_cast<int>(number) - kMostDays;
    } else {
      days.reset();
    }
    return number <= kNoOnset;
  }

  std::uint32_t last_day_;
  NumberModel<6> age_;
  NumberModel<8> offset_;
  NumberModel<8> period_;
  NumberModel<3> type_;
  std::array<NumberModel<4>, 6> risk_{};  // by report type: servers fill it in by that
  NumberModel<5> onset_;
};

std::uint32_t last_day_of(const ExportHead& head) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::days>(head.end).time_since_epoch().count());
}

// Takes the keys of one list.
class ListWriter {
 public:
  explicit ListWriter(std::uint32_t last_day) : metadata_(last_day) {}

  void add(PublishedKey key) {
    firsts_.push_back(first_four(key.key.bytes));
    tails_.insert(tails_.end(), key.key.bytes.begin() + 4, key.key.bytes.end());
    metadata_.next(coder_, key);
  }

  [[nodiscard]] std::size_t count() const { return firsts_.size(); }

  void put_to(Bytes& out) {
    put(out, kCount, firsts_.size());
    if (firsts_.empty()) return;
    RangeEncoder gap_coder;
    GapCoder gap(firsts_.size());
    for (const auto first : firsts_) gap.next(gap_coder, first);
    const Bytes gaps = gap_coder.finish();
    const Bytes metadata = coder_.finish();
    // All at once: growing by doubling would take twice the file's size on top of it.
    out.reserve(out.size() + 2 * kCount + gaps.size() + tails_.size() + metadata.size() +
                kAfterList);
    put(out, kCount, gaps.size());
    put(out, kCount, metadata.size());
    for (const Bytes* column : {&gaps, &std::as_const(tails_), &metadata})
      out.insert(out.end(), column->begin(), column->end());
    tails_ = {};
  }

 private:
  std::vector<std::uint32_t> firsts_;
  Bytes tails_;
  RangeEncoder coder_;
  MetadataCoder metadata_;
};

// Where the parts of a list lie.
struct ListPlace {
  KeyList list{};
  std::size_t count = 0;
  std::size_t gaps_at = 0;
  std::size_t tails_at = 0;
  std::size_t metadata_at = 0;
  std::size_t end = 0;
};

// Reads one list, and encodes what it read again: there is one way to write it.
class ListReader {
 public:
  ListReader(ByteView file, const ListPlace& place, std::uint32_t last_day)
      : file_(file),
        place_(place),
        gaps_(file.subspan(place.gaps_at, place.tails_at - place.gaps_at)),
        metadata_(file.subspan(place.metadata_at, place.end - place.metadata_at)),
        gap_decoder_(gaps_),
        metadata_decoder_(metadata_),
        gap_(place.count),
        gap_again_(place.count),
        read_metadata_(last_day),
        metadata_again_(last_day) {}

  Result<void> read(const KeyVisitor& visitor) {
    std::vector<PublishedKey> block;
    block.reserve(std::min(place_.count, kBlock));
    for (std::size_t i = 0; i < place_.count; ++i) {
      auto key = next(i);
      if (!key) return key.error();
      block.push_back(*key);
      if (block.size() < kBlock && i + 1 < place_.count) continue;
      visitor(block, place_.list);
      block.clear();
    }
    return check_encoding();
  }

 private:
  Result<PublishedKey> next(std::size_t i) {
    PublishedKey key;
    const auto first = gap_.next(gap_decoder_, 0);
    if (!first) {
      return at(place_.gaps_at + gap_decoder_.consumed(),
                "the gaps between the keys lead past the greatest key");
    }
    gap_again_.next(gap_encoder_, *first);
    for (std::size_t b = 0; b < 4; ++b)
      key.key.bytes[b] = static_cast<std::uint8_t>(*first >> (24 - 8 * b));
    const auto tail_at = place_.tails_at + i * kTail;
    std::ranges::copy(file_.subspan(tail_at, kTail), key.key.bytes.begin() + 4);
    if (key.key.bytes < before_) return at(tail_at, "a key that comes before the one before it");
    before_ = key.key.bytes;

    if (!read_metadata_.next(metadata_decoder_, key)) {
      return at(place_.metadata_at + metadata_decoder_.consumed(),
                "a start, period, report type, risk or onset out of its range");
    }
    metadata_again_.next(metadata_encoder_, key);
    return key;
  }

  Result<void> check_encoding() {
    if (auto fine = check_same(gap_encoder_.finish(), gaps_, place_.gaps_at); !fine) return fine;
    return check_same(metadata_encoder_.finish(), metadata_, place_.metadata_at);
  }

  static Result<void> check_same(const Bytes& ours, ByteView theirs, std::size_t offset) {
    const auto [mine, other] = std::ranges::mismatch(ours, theirs);
    if (mine == ours.end() && other == theirs.end()) return {};
    const auto same = static_cast<std::size_t>(mine - ours.begin());
    return at(offset + same, "a column that is not coded in the one way to code it");
  }

  ByteView file_;
  ListPlace place_;
  ByteView gaps_;
  ByteView metadata_;
  RangeDecoder gap_decoder_;
  RangeDecoder metadata_decoder_;
  RangeEncoder gap_encoder_;
  RangeEncoder metadata_encoder_;
  GapCoder gap_;
  GapCoder gap_again_;
  MetadataCoder read_metadata_;
  MetadataCoder metadata_again_;
  std::array<std::uint8_t, 16> before_{};
};

std::chrono::sys_seconds second(std::uint64_t count) {
  return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(count)}};
}

Result<ExportHead> read_head(ByteView file) {
  if (!looks_like_compact_export(file))
    return at(0, "the header is not `BZ Keys v1` or `v2` and six spaces");
  if (file.size() < kFixedSize) return at(file.size(), "cut: the file ends before its keys");
  const auto start = get_le(file.subspan(16, 8));
  const auto end = get_le(file.subspan(24, 8));
  if (start > end || end > static_cast<std::uint64_t>(kLastSecond))
    return at(16, "start and end are not in order before the year 9999");
  const auto num = get_le(file.subspan(32, 2));
  const auto size = get_le(file.subspan(34, 2));
  if (num < 1 || num > size || size > kMaxBatch)
    return at(32, "batch_num is not 1 to batch_size, or batch_size not 1 to 10,000");
  const std::size_t region_size = file[36];
  if (region_size > kMaxLabel) return at(36, "the region is longer than 64 characters");
  if (file.size() - kFixedSize < region_size)
    return at(file.size(), "cut: the file ends before its keys");
  const auto region = as_text(file.subspan(kFixedSize, region_size));
  if (!is_label(region)) return at(kFixedSize, "the region is not printable ASCII");
  return ExportHead{.start = second(start),
                    .end = second(end),
                    .region = std::string(region),
                    .batch_num = static_cast<std::int32_t>(num),
                    .batch_size = static_cast<std::int32_t>(size)};
}

Result<ListPlace> place_of_list(ByteView file, std::size_t offset, KeyList list,
                                std::size_t keys_before) {
  const auto rest = file.subspan(offset);
  if (rest.size() < kCount) return at(file.size(), "cut: the file ends before its keys");
  ListPlace place{.list = list, .count = get_le(rest.first(kCount)), .end = offset + kCount};
  if (place.count == 0) return place;
  if (place.count > kMaxKeysPerFile - keys_before) return at(offset, "more than 500,000 keys");
  if (rest.size() < 3 * kCount) return at(file.size(), "cut: the file ends before its keys");
  place.gaps_at = offset + 3 * kCount;
  place.tails_at = place.gaps_at + get_le(rest.subspan(kCount, kCount));
  place.metadata_at = place.tails_at + place.count * kTail;
  place.end = place.metadata_at + get_le(rest.subspan(2 * kCount, kCount));
  if (place.end > file.size()) return at(file.size(), "cut: the file ends within its keys");
  return place;
}

}  // namespace

struct CompactExportWriter::State {
  explicit State(const ExportHead& of)
      : head(of), new_keys(last_day_of(of)), revised(last_day_of(of)) {}

  ExportHead head;
  ListWriter new_keys;
  ListWriter revised;
  KeyList last_list = KeyList::kNew;
  std::array<std::uint8_t, 16> last{};
  Bytes scratch{};
};

CompactExportWriter::CompactExportWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompactExportWriter::CompactExportWriter(CompactExportWriter&&) noexcept = default;
CompactExportWriter& CompactExportWriter::operator=(CompactExportWriter&&) noexcept = default;
CompactExportWriter::~CompactExportWriter() = default;

Result<CompactExportWriter> CompactExportWriter::begin(const ExportHead& head) {
  ExportHead unsigned_head = head;
  unsigned_head.signatures.clear();
  Bytes scratch;
  if (auto fine = put_export_head(scratch, unsigned_head); !fine) return fine.error();
  return CompactExportWriter(std::make_unique<State>(unsigned_head));
}

Result<void> CompactExportWriter::add(const PublishedKey& key, KeyList list) {
  auto& s = *state_;
  if (s.new_keys.count() + s.revised.count() == kMaxKeysPerFile)
    return invalid("more than 500,000 keys: split them over several files");
  if (list == KeyList::kNew && s.last_list == KeyList::kRevised)
    return invalid("a new key after a revised one");
  if (list == s.last_list && key.key.bytes < s.last)
    return invalid("a key that comes before the one added before it");
  s.scratch.clear();
  if (auto fine = put_export_key(s.scratch, key, list); !fine) return fine;  // checks its ranges
  s.last_list = list;
  s.last = key.key.bytes;
  (list == KeyList::kNew ? s.new_keys : s.revised).add(key);
  return {};
}

Result<Bytes> CompactExportWriter::finish(std::span<const Sign> signers) {
  auto& s = *state_;
  Bytes out(kHeader.begin(), kHeader.end());
  out[kVersionAt] = static_cast<std::uint8_t>(version_of_signatures(signers.size()));
  put(out, 8, static_cast<std::uint64_t>(s.head.start.time_since_epoch().count()));
  put(out, 8, static_cast<std::uint64_t>(s.head.end.time_since_epoch().count()));
  put(out, 2, static_cast<std::uint64_t>(s.head.batch_num));
  put(out, 2, static_cast<std::uint64_t>(s.head.batch_size));
  put(out, 1, s.head.region.size());
  out.insert(out.end(), s.head.region.begin(), s.head.region.end());
  s.new_keys.put_to(out);
  s.revised.put_to(out);

  if (auto fine = put_signatures(out, signers, kFile); !fine) return fine.error();
  return out;
}

Result<Bytes> write_compact_export(const Export& content, std::span<const Sign> signers) {
  auto writer = CompactExportWriter::begin(content.head);
  if (!writer) return writer.error();
  for (const auto list : {KeyList::kNew, KeyList::kRevised}) {
    auto keys = list == KeyList::kNew ? content.keys : content.revised;
    sort_for_export(keys);
    for (const auto& key : keys) {
      if (auto fine = writer->add(key, list); !fine) return fine.error();
    }
  }
  return writer->finish(signers);
}

Result<Bytes> write_compact_export(const Export& content, const Sign& sign) {
  return write_compact_export(content, std::span(&sign, std::size_t{sign ? 1U : 0U}));
}

Result<ExportSummary> read_compact_export(ByteView file, const Trust& trust,
                                          const KeyVisitor& visitor) {
  if (const auto fine = check(trust); !fine) return fine.error();
  auto head = read_head(file);
  if (!head) return head.error();
  const auto new_keys = place_of_list(file, kFixedSize + head->region.size(), KeyList::kNew, 0);
  if (!new_keys) return new_keys.error();
  const auto revised = place_of_list(file, new_keys->end, KeyList::kRevised, new_keys->count);
  if (!revised) return revised.error();
  const auto version = static_cast<char>(file[kVersionAt]);
  if (auto fine = read_signatures(file, revised->end, version, trust, kFile); !fine) {
    return fine.error();
  }
  const auto last_day = last_day_of(*head);
  for (const auto* place : {&*new_keys, &*revised}) {
    if (place->count == 0) continue;
    ListReader reader(file, *place, last_day);
    if (auto fine = reader.read(visitor); !fine) return fine.error();
  }
  return ExportSummary{
      .head = std::move(*head), .keys = new_keys->count, .revised = revised->count};
}

Result<Export> read_whole_compact_export(ByteView file, const Trust& trust) {
  Export whole;
  auto summary = read_compact_export(
      file, trust, [&](std::span<const engine::PublishedKey> keys, KeyList list) {
        auto& to = list == KeyList::kNew ? whole.keys : whole.revised;
        to.insert(to.end(), keys.begin(), keys.end());
      });
  if (!summary) return summary.error();
  whole.head = std::move(summary->head);
  return whole;
}

bool looks_like_compact_export(ByteView first_bytes) {
  if (first_bytes.size() < kHeader.size()) return false;
  const auto text = as_text(first_bytes.first(kHeader.size()));
  const auto version = text[kVersionAt];
  return (version == '1' || version == '2') &&
         text.substr(0, kVersionAt) == kHeader.substr(0, kVersionAt) &&
         text.substr(kVersionAt + 1) == kHeader.substr(kVersionAt + 1);
}

}  // namespace bz::wire
