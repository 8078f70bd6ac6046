// The Protocol Buffers wire format (protobuf.dev/programming-guides/encoding), as far as Exposure
// Notification needs it: varints, 64-bit and 32-bit fixed values, length-delimited bytes. No
// groups.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace bz::wire {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// One field as it lies in its message.
struct Field {
  std::uint32_t number = 0;  // 1 to 2^29-1
  WireType type{};
  std::uint64_t value = 0;           // of a varint or fixed value
  ByteView bytes = {};               // of a length-delimited one: a view into the message
  std::uint64_t offset = 0;          // where its tag lies, in the count that the reader was given
  std::uint64_t content_offset = 0;  // where `bytes` lie, in the same count
};

// Goes over the fields of one message, which must outlive it. Total: any bytes may come. A varint
// may be longer than it need be, as the format allows, but never over ten bytes or 64 bits.
class FieldReader {
 public:
  enum class Step {
    kField,   // the next field is in `field`
    kEnd,     // the message ends here, as it should
    kCut,     // it ends within a field
    kBroken,  // bytes that no longer message could mend: field number 0, a group, a varint over 64
              // bits
  };

  // `offset` is the message's own place in its file, for Field::offset.
  explicit FieldReader(ByteView message, std::uint64_t offset = 0)
      : message_(message), base_(offset) {}

  // After anything but kField the reader stays where it is: before the field that could not be
  // read.
  Step next(Field& field);

  // For a caller that reads some fields by itself: what is left, and moving past the first `size`
  // bytes of it, which must be whole fields.
  [[nodiscard]] ByteView rest() const { return message_.subspan(at_); }
  void skip(std::size_t size) { at_ += size; }

  [[nodiscard]] std::size_t consumed() const { return at_; }
  [[nodiscard]] std::uint64_t offset() const { return base_ + at_; }

 private:
  ByteView message_;
  std::uint64_t base_;
  std::size_t at_ = 0;
};

// What is known of one message: the wire types of its fields 1 to `count`, and which of them may
// come again (bit n for field n). Checks fields as they come; one that is not known is let through
// for the caller to skip.
class MessageShape {
 public:
  constexpr MessageShape(std::initializer_list<WireType> types, std::uint32_t repeated = 0)
      : count_(types.size()), repeated_(repeated) {
    std::size_t i = 0;
    for (const auto type : types) types_[i++] = type;
  }

  [[nodiscard]] constexpr bool knows(const Field& field) const { return field.number <= count_; }

  // Null, or what is wrong: another wire type, or a single field for the second time. `seen` begins
  // as 0 for each message. (The format lets the last of two win; no writer of ours or theirs sends
  // two.)
  const char* complaint(const Field& field, std::uint32_t& seen) const;

 private:
  std::array<WireType, 8> types_{};
  std::size_t count_;
  std::uint32_t repeated_;
};

void put_varint(Bytes& out, std::uint64_t value);
void put_varint_field(Bytes& out, std::uint32_t number, std::uint64_t value);
void put_fixed64_field(Bytes& out, std::uint32_t number, std::uint64_t value);
void put_bytes_field(Bytes& out, std::uint32_t number, ByteView value);

// Signed numbers near zero in few bits (sint32): 0, -1, 1, -2, ... are 0, 1, 2, 3, ...
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

}  // namespace bz::wire
