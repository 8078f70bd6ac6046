#include "wire/zip_writer.h"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <string>
#include <vector>

namespace bz::wire {
namespace {

constexpr std::size_t kPiece = std::size_t{64} * 1024;
constexpr std::uint64_t kMost = 0xffff'ffff;
constexpr std::uint64_t kVersionNeeded = 20;     // 2.0: deflate
constexpr std::uint64_t kMadeByUnix = 3U << 8U;  // whose attributes are a file's mode
constexpr std::uint64_t kDeflated = 8;
constexpr std::uint64_t kFirstDosDate = (1U << 5U) | 1U;  // 1980-01-01
constexpr std::uint64_t kEverybodyReads = std::uint64_t{0100644} << 16U;
constexpr std::uint64_t kChecksumAt = 14;  // in an entry's header, with both sizes after it

void must(bool ok) {
  if (!ok) std::abort();
}

struct Entry {
  std::string name;
  std::uint64_t at = 0;
  std::uint64_t checksum = 0;
  std::uint64_t packed = 0;
  std::uint64_t unpacked = 0;
};

void put(Bytes& out, std::size_t size, std::uint64_t value) {
  out.resize(out.size() + size);
  put_le(std::span(out).last(size), value);
}

void put(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

// What an entry's header and its line of the directory share: from the version needed to the
// lengths of name and extra field.
void put_shared(Bytes& out, const Entry& entry) {
  put(out, 2, kVersionNeeded);
  put(out, 2, 0);  // flags
  put(out, 2, kDeflated);
  put(out, 2, 0);  // 00:00
  put(out, 2, kFirstDosDate);
  put(out, 4, entry.checksum);
  put(out, 4, entry.packed);
  put(out, 4, entry.unpacked);
  put(out, 2, entry.name.size());
  put(out, 2, 0);
}

}  // namespace

Result<void> MemorySink::append(ByteView piece) {
  out_->insert(out_->end(), piece.begin(), piece.end());
  return {};
}

Result<void> MemorySink::overwrite(std::uint64_t offset, ByteView bytes) {
  assert(offset + bytes.size() <= out_->size());
  std::ranges::copy(bytes, out_->begin() + static_cast<std::ptrdiff_t>(offset));
  return {};
}

struct ZipWriter::State {
  explicit State(ByteSink& to) : sink(&to), packed(kPiece) { unpacked.reserve(kPiece); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (deflating) ::deflateEnd(&stream);
  }

  Result<void> append(ByteView piece) {
    written += piece.size();
    if (written > kMost)
      return Error{Code::kInvalid, "zip: more than 4 GiB: split it over several files"};
    return sink->append(piece);
  }

  // Deflates what has been gathered. Always in pieces of the same size but for the last, so that
  // the caller's pieces leave no trace in the file.
  Result<void> deflate_gathered(int flush) {
    auto& entry = entries.back();
    stream.next_in = unpacked.data();
    stream.avail_in = static_cast<uInt>(unpacked.size());
    entry.checksum = ::crc32(entry.checksum, unpacked.data(), stream.avail_in);
    entry.unpacked += unpacked.size();
    do {
      stream.next_out = packed.data();
      stream.avail_out = static_cast<uInt>(packed.size());
      must(::deflate(&stream, flush) != Z_STREAM_ERROR);
      const auto size = packed.size() - stream.avail_out;
      entry.packed += size;
      if (auto fine = append(ByteView(packed).first(size)); !fine) return fine;
    } while (stream.avail_out == 0);
    unpacked.clear();
    return {};
  }

  ByteSink* sink;
  std::vector<Entry> entries;
  std::uint64_t written = 0;
  z_stream stream{};
  bool deflating = false;
  Bytes unpacked;  // gathered until it is kPiece long
  Bytes packed;
};

ZipWriter::ZipWriter(ByteSink& sink) : state_(std::make_unique<State>(sink)) {}
ZipWriter::~ZipWriter() = default;
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter& ZipWriter::operator=(ZipWriter&&) noexcept = default;

Result<void> ZipWriter::begin(std::string_view name) {
  auto& s = *state_;
  assert(!s.deflating);
  constexpr int kLevel = 6;  // level 9 makes a file of keys no smaller
  constexpr int kRawDeflate = -15;
  must(::deflateInit2(&s.stream, kLevel, Z_DEFLATED, kRawDeflate, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  s.deflating = true;
  s.entries.push_back({.name = std::string(name), .at = s.written});
  Bytes header;
  put(header, "PK\x03\x04");
  put_shared(header, s.entries.back());
  put(header, name);
  return s.append(header);
}

Result<void> ZipWriter::add(ByteView piece) {
  auto& s = *state_;
  assert(s.deflating);
  while (!piece.empty()) {
    const auto size = std::min(piece.size(), kPiece - s.unpacked.size());
    const auto now = piece.first(size);
    s.unpacked.insert(s.unpacked.end(), now.begin(), now.end());
    piece = piece.subspan(size);
    if (s.unpacked.size() < kPiece) break;
    if (auto fine = s.deflate_gathered(Z_NO_FLUSH); !fine) return fine;
  }
  return {};
}

Result<void> ZipWriter::end() {
  auto& s = *state_;
  assert(s.deflating);
  if (auto fine = s.deflate_gathered(Z_FINISH); !fine) return fine;
  ::deflateEnd(&s.stream);
  s.stream = {};
  s.deflating = false;
  const auto& entry = s.entries.back();
  if (entry.unpacked > kMost)
    return Error{Code::kInvalid, "zip: more than 4 GiB: split it over several files"};
  Bytes sizes;
  for (const auto value : {entry.checksum, entry.packed, entry.unpacked}) put(sizes, 4, value);
  return s.sink->overwrite(entry.at + kChecksumAt, sizes);
}

Result<void> ZipWriter::finish() {
  auto& s = *state_;
  assert(!s.deflating);
  Bytes directory;
  for (const auto& entry : s.entries) {
    put(directory, "PK\x01\x02");
    put(directory, 2, kMadeByUnix | kVersionNeeded);
    put_shared(directory, entry);
    put(directory, 2, 0);  // no comment
    put(directory, 2, 0);  // disk
    put(directory, 2, 0);  // internal attributes
    put(directory, 4, kEverybodyReads);
    put(directory, 4, entry.at);
    put(directory, entry.name);
  }
  const auto directory_size = directory.size();
  put(directory, "PK\x05\x06");
  put(directory, 4, 0);  // disks
  put(directory, 2, s.entries.size());
  put(directory, 2, s.entries.size());
  put(directory, 4, directory_size);
  put(directory, 4, s.written);
  put(directory, 2, 0);  // no comment
  return s.append(directory);
}

}  // namespace bz::wire
