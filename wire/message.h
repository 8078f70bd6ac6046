// Going over a protobuf message that stands in a file, with errors that say where in that file.
#pragma once

#include <string>
#include <string_view>

#include "wire/protobuf.h"

namespace bz::wire {

// "export.bin, byte 1234: what".
inline Error malformed_at(std::string_view file, std::uint64_t offset, std::string_view what) {
  return {Code::kMalformed,
          std::string(file) + ", byte " + std::to_string(offset) + ": " + std::string(what)};
}

inline constexpr std::string_view kBrokenField =
    "no protobuf field begins here (zeros, or other bytes that do not belong)";

// A message and where it begins in its file.
struct MessageInFile {
  ByteView bytes;
  std::uint64_t offset = 0;
  std::string_view file;
};

// Hands every field that `shape` knows to `take`, which gives a Result<void>; skips the others.
template <class Take>
Result<void> for_each_known_field(const MessageInFile& message, const MessageShape& shape,
                                  Take take) {
  FieldReader reader(message.bytes, message.offset);
  std::uint32_t seen = 0;
  while (true) {
    Field field;
    switch (reader.next(field)) {
      case FieldReader::Step::kEnd: return {};
      case FieldReader::Step::kCut:
        return malformed_at(message.file, reader.offset(),
                            "a field reaches past the end of its message");
      case FieldReader::Step::kBroken:
        return malformed_at(message.file, reader.offset(), kBrokenField);
      case FieldReader::Step::kField: break;
    }
    if (const char* complaint = shape.complaint(field, seen)) {
      return malformed_at(message.file, field.offset, complaint);
    }
    if (!shape.knows(field)) continue;
    if (Result<void> taken = take(field); !taken) return taken;
  }
}

}  // namespace bz::wire
