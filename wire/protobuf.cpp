#include "wire/protobuf.h"

namespace bz::wire {
namespace {

using Step = FieldReader::Step;

// Reads a varint at `at` and moves past it.
Step read_varint(ByteView bytes, std::size_t& at, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (at == bytes.size()) return Step::kCut;
    const std::uint8_t byte = bytes[at++];
    if (shift == 63 && byte > 1) return Step::kBroken;  // the tenth byte has room for one bit
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) return Step::kField;
  }
  return Step::kBroken;
}

Step read_fixed(ByteView bytes, std::size_t& at, std::size_t size, std::uint64_t& value) {
  if (bytes.size() - at < size) return Step::kCut;
  value = get_le(bytes.subspan(at, size));
  at += size;
  return Step::kField;
}

}  // namespace

Step FieldReader::next(Field& field) {
  if (at_ == message_.size()) return Step::kEnd;
  std::size_t at = at_;
  std::uint64_t tag = 0;
  if (const auto step = read_varint(message_, at, tag); step != Step::kField) return step;
  if (tag > 0xffffffffU || tag >> 3U == 0) return Step::kBroken;
  field = {.number = static_cast<std::uint32_t>(tag >> 3U),
           .type = static_cast<WireType>(tag & 7U),
           .offset = offset()};

  Step step = Step::kBroken;
  switch (field.type) {
    case WireType::kVarint: step = read_varint(message_, at, field.value); break;
    case WireType::kFixed64: step = read_fixed(message_, at, 8, field.value); break;
    case WireType::kFixed32: step = read_fixed(message_, at, 4, field.value); break;
    case WireType::kBytes: {
      std::uint64_t size = 0;
      step = read_varint(message_, at, size);
      if (step != Step::kField) break;
      if (size > message_.size() - at) return Step::kCut;
      field.bytes = message_.subspan(at, size);
      field.content_offset = base_ + at;
      at += size;
      break;
    }
  }
  if (step == Step::kField) at_ = at;
  return step;
}

const char* MessageShape::complaint(const Field& field, std::uint32_t& seen) const {
  if (!knows(field)) return nullptr;
  if (field.type != types_[field.number - 1]) return "a field of another wire type than its own";
  const std::uint32_t bit = 1U << field.number;
  if ((seen & bit & ~repeated_) != 0) return "a single field for the second time";
  seen |= bit;
  return nullptr;
}

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<std::uint8_t>(value | 0x80U));
  out.push_back(static_cast<std::uint8_t>(value));
}

namespace {
void put_tag(Bytes& out, std::uint32_t number, WireType type) {
  put_varint(out, std::uint64_t{number} << 3U | static_cast<std::uint64_t>(type));
}
}  // namespace

void put_varint_field(Bytes& out, std::uint32_t number, std::uint64_t value) {
  put_tag(out, number, WireType::kVarint);
  put_varint(out, value);
}

void put_fixed64_field(Bytes& out, std::uint32_t number, std::uint64_t value) {
  put_tag(out, number, WireType::kFixed64);
  out.resize(out.size() + 8);
  put_le(std::span(out).last(8), value);
}

void put_bytes_field(Bytes& out, std::uint32_t number, ByteView value) {
  put_tag(out, number, WireType::kBytes);
  put_varint(out, value.size());
  out.insert(out.end(), value.begin(), value.end());
}

}  // namespace bz::wire
