#include "wire/trace_envelope.h"

#include <algorithm>

#include "base/hash.h"
#include "wire/limits.h"
#include "wire/message.h"

namespace bz::wire {
namespace {

using engine::PublishedChain;
using EncodedChain = std::array<std::uint8_t, 44>;

constexpr std::string_view kFile = "trace envelope";
// With the version, 1 or 2 (wire/file_signatures.h), after its letter.
constexpr std::string_view kHeader = "BZ Trace v1     ";
constexpr std::size_t kVersionAt = 10;
constexpr std::size_t kFixedSize = 37;
constexpr std::uint64_t kLongestSeconds = std::chrono::seconds{kLongestChain}.count();
constexpr std::uint64_t kLastDay = kLastSecond / 86'400;

Error at(std::uint64_t offset, std::string_view what) {
  return malformed_at(kFile, offset, what);
}
Error invalid(std::string_view what) {
  return {Code::kInvalid, std::string(kFile) + ": " + std::string(what)};
}

std::uint64_t seconds_of(std::chrono::sys_seconds time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

std::chrono::sys_seconds second(std::uint64_t count) {
  return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(count)}};
}

bool in_order(std::uint64_t start, std::uint64_t end) {
  return start <= end && end <= static_cast<std::uint64_t>(kLastSecond);
}

void put(Bytes& out, std::size_t size, std::uint64_t value) {
  out.resize(out.size() + size);
  put_le(std::span(out).last(size), value);
}

Result<EncodedChain> encode(const PublishedChain& chain) {
  constexpr Instant kFirst{};
  constexpr Instant kLast{std::chrono::seconds{kLastSecond}};
  const bool in_time = chain.start >= kFirst && chain.start <= kLast;
  if (!in_time || Instant{day_of(chain.start)} != chain.start) {
    return invalid("a chain does not start at 00:00 UTC of a day from 1970 to 9999");
  }
  if (chain.end < chain.start || chain.end - kLongestChain > chain.start) {
    return invalid("a chain does not end 0 to 31 days after its start");
  }
  const auto length = std::chrono::floor<std::chrono::seconds>(chain.end - chain.start);
  if (chain.start + length != chain.end) return invalid("a chain does not end on a whole second");
  if (chain.ids_per_day < kFewestIdsPerDay || chain.ids_per_day > kMostIdsPerDay)
    return invalid("a chain's ids a day are not 2 to 1,440");
  const auto day = day_of(chain.start).time_since_epoch().count();
  EncodedChain bytes{};
  std::ranges::copy(chain.daily_key, bytes.begin());
  const std::span rest = std::span(bytes).subspan(32);
  put_le(rest.first(4), static_cast<std::uint64_t>(day));
  put_le(rest.subspan(4, 4), static_cast<std::uint64_t>(length.count()));
  put_le(rest.last(4), static_cast<std::uint64_t>(chain.ids_per_day));
  return bytes;
}

Result<PublishedChain> decode(ByteView bytes, std::uint64_t offset) {
  PublishedChain chain;
  std::ranges::copy(bytes.first(32), chain.daily_key.begin());
  const auto day = get_le(bytes.subspan(32, 4));
  const auto end = get_le(bytes.subspan(36, 4));
  const auto ids = get_le(bytes.subspan(40, 4));
  if (day > kLastDay) return at(offset + 32, "the day is after the year 9999");
  if (end > kLongestSeconds) return at(offset + 36, "the end is more than 31 days after the start");
  if (ids < kFewestIdsPerDay || ids > kMostIdsPerDay)
    return at(offset + 40, "ids a day are not 2 to 1,440");
  chain.start = Instant{Day{std::chrono::days{static_cast<std::int64_t>(day)}}};
  chain.end = chain.start + std::chrono::seconds{static_cast<std::int64_t>(end)};
  chain.ids_per_day = static_cast<std::int32_t>(ids);
  return chain;
}

}  // namespace

Result<Bytes> write_trace_envelope(const TraceEnvelope& content, std::span<const Sign> signers) {
  const auto start = seconds_of(content.start);
  const auto end = seconds_of(content.end);
  if (!in_order(start, end)) return invalid("start and end are not in order between 1970 and 9999");
  if (!is_label(content.region))
    return invalid("the region is not at most 64 printable ASCII characters");
  if (content.chains.size() > kMaxKeysPerFile)
    return invalid("more than 500,000 chains: split them");

  std::vector<EncodedChain> entries;
  entries.reserve(content.chains.size());
  for (const auto& chain : content.chains) {
    const auto entry = encode(chain);
    if (!entry) return entry.error();
    entries.push_back(*entry);
  }
  std::ranges::sort(entries);
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());

  Bytes out(kHeader.begin(), kHeader.end());
  out[kVersionAt] = static_cast<std::uint8_t>(version_of_signatures(signers.size()));
  put(out, 8, start);
  put(out, 8, end);
  put(out, 4, entries.size());
  put(out, 1, content.region.size());
  out.insert(out.end(), content.region.begin(), content.region.end());
  for (const auto& entry : entries) out.insert(out.end(), entry.begin(), entry.end());

  if (auto fine = put_signatures(out, signers, kFile); !fine) return fine.error();
  return out;
}

Result<Bytes> write_trace_envelope(const TraceEnvelope& content, const SigningKey* signer) {
  const Sign sign = [signer](const Digest& digest) -> Result<Bytes> {
    return signer->sign(digest);
  };
  return write_trace_envelope(content, std::span(&sign, std::size_t{signer == nullptr ? 0U : 1U}));
}

Result<TraceEnvelope> read_trace_envelope(ByteView file, const Trust& trust) {
  if (const auto fine = check(trust); !fine) return fine.error();
  if (!looks_like_trace_envelope(file))
    return at(0, "the header is not `BZ Trace v1` or `v2` and five spaces");
  if (file.size() < kFixedSize) return at(file.size(), "cut: the file ends before its entries");
  const auto start = get_le(file.subspan(16, 8));
  const auto end = get_le(file.subspan(24, 8));
  const auto count = get_le(file.subspan(32, 4));
  const std::size_t region_size = file[36];
  if (!in_order(start, end)) return at(16, "start and end are not in order before the year 9999");
  if (count > kMaxKeysPerFile) return at(32, "more than 500,000 entries");
  if (region_size > kMaxLabel) return at(36, "the region is longer than 64 characters");

  const std::size_t entries_at = kFixedSize + region_size;
  const std::size_t content_size = entries_at + count * sizeof(EncodedChain);
  if (file.size() <= content_size)
    return at(file.size(), "cut: the file ends before its signature");
  const auto version = static_cast<char>(file[kVersionAt]);
  if (auto fine = read_signatures(file, content_size, version, trust, kFile); !fine) {
    return fine.error();
  }

  TraceEnvelope envelope{.start = second(start), .end = second(end), .chains = {}};
  envelope.region = as_text(file.subspan(kFixedSize, region_size));
  if (!is_label(envelope.region)) return at(kFixedSize, "the region is not printable ASCII");
  envelope.chains.reserve(count);
  ByteView before;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = entries_at + i * sizeof(EncodedChain);
    const ByteView bytes = file.subspan(offset, sizeof(EncodedChain));
    if (i > 0 && !std::ranges::lexicographical_compare(before, bytes)) {
      return at(offset, "an entry that does not come after the one before it");
    }
    auto chain = decode(bytes, offset);
    if (!chain) return chain.error();
    envelope.chains.push_back(*chain);
    before = bytes;
  }
  return envelope;
}

bool looks_like_trace_envelope(ByteView first_bytes) {
  if (first_bytes.size() < kHeader.size()) return false;
  const auto text = as_text(first_bytes.first(kHeader.size()));
  const auto version = text[kVersionAt];
  return (version == '1' || version == '2') &&
         text.substr(0, kVersionAt) == kHeader.substr(0, kVersionAt) &&
         text.substr(kVersionAt + 1) == kHeader.substr(kVersionAt + 1);
}

}  // namespace bz::wire
