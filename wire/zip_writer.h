// Writing a zip archive (PKWARE APPNOTE 4.3) entry by entry, in memory that does not grow with it.
//
//   for each entry   header of 30 bytes, name, content deflated at level 6
//   at the end       directory, 46 bytes and the name for each entry; end record of 22 bytes
//
// The same entries give the same bytes, in whatever pieces their content comes: times are
// 1980-01-01 00:00, attributes those of a file that everybody may read. Checksum and sizes stand in
// each entry's own header, as every reader knows them, so the place that takes the bytes must let
// them be filled in afterwards. By zlib.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace bz::wire {

// Takes the bytes of a file in order; later some of them are put in place of what stood there.
class ByteSink {
 public:
  ByteSink() = default;
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;
  virtual ~ByteSink() = default;

  virtual Result<void> append(ByteView piece) = 0;
  virtual Result<void> overwrite(std::uint64_t offset, ByteView bytes) = 0;
};

class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(Bytes& out) : out_(&out) {}
  Result<void> append(ByteView piece) override;
  Result<void> overwrite(std::uint64_t offset, ByteView bytes) override;

 private:
  Bytes* out_;
};

// Calls come in the order: begin, add..., end for each entry, then finish. Errors are the sink's;
// after one the writer can only be dropped.
class ZipWriter {
 public:
  // The sink must outlive it.
  explicit ZipWriter(ByteSink& sink);
  ~ZipWriter();
  ZipWriter(ZipWriter&&) noexcept;
  ZipWriter& operator=(ZipWriter&&) noexcept;

  // Names are ASCII and differ from each other. All entries together stay under 4 GiB: kInvalid
  // beyond.
  Result<void> begin(std::string_view name);
  Result<void> add(ByteView piece);
  Result<void> end();
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bz::wire
