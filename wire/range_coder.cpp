#include "wire/range_coder.h"

#include <algorithm>

namespace bz::wire {
namespace {

constexpr std::uint32_t kLeastRange = 1U << 24U;

std::uint32_t part_for_one(std::uint32_t range, const BitModel& model) {
  return static_cast<std::uint32_t>((std::uint64_t{range} * model.chance_of_one()) >> 16U);
}

}  // namespace

void RangeEncoder::carry() {
  if (low_ >> 32U == 0) return;
  low_ &= 0xffff'ffff;
  // Never past the first byte: the whole is a fraction below 1.
  for (auto i = out_.size(); i-- > 0;) {
    if (++out_[i] != 0) break;
  }
}

void RangeEncoder::shift() {
  while (range_ < kLeastRange) {
    out_.push_back(static_cast<std::uint8_t>(low_ >> 24U));
    low_ = (low_ << 8U) & 0xffff'ffff;
    range_ <<= 8U;
  }
}

std::uint32_t RangeEncoder::bit(BitModel& model, std::uint32_t bit) {
  const auto ones = part_for_one(range_, model);
  model.count(bit);
  if (bit != 0) {
    range_ = ones;
  } else {
    low_ += ones;
    range_ -= ones;
    carry();
  }
  shift();
  return bit;
}

std::uint32_t RangeEncoder::even(unsigned bits, std::uint32_t number) {
  range_ >>= bits;
  low_ += std::uint64_t{range_} * number;
  carry();
  shift();
  return number;
}

Bytes RangeEncoder::finish() {
  // Of all numbers within the range the one that ends in the most zeros, which are not written.
  low_ = (low_ + range_ - 1) & ~std::uint64_t{kLeastRange - 1};
  carry();
  out_.push_back(static_cast<std::uint8_t>(low_ >> 24U));
  while (!out_.empty() && out_.back() == 0) out_.pop_back();
  return std::move(out_);
}

RangeDecoder::RangeDecoder(ByteView bytes) : bytes_(bytes) {
  for (int i = 0; i < 4; ++i) {
    code_ = (code_ << 8U) | (at_ < bytes_.size() ? bytes_[at_] : 0U);
    ++at_;
  }
}

void RangeDecoder::shift() {
  while (range_ < kLeastRange) {
    code_ = (code_ << 8U) | (at_ < bytes_.size() ? bytes_[at_] : 0U);
    ++at_;
    range_ <<= 8U;
  }
}

std::uint32_t RangeDecoder::bit(BitModel& model, std::uint32_t) {
  const auto ones = part_for_one(range_, model);
  const std::uint32_t bit = code_ < ones ? 1 : 0;
  model.count(bit);
  if (bit != 0) {
    range_ = ones;
  } else {
    code_ -= ones;
    range_ -= ones;
  }
  shift();
  return bit;
}

std::uint32_t RangeDecoder::even(unsigned bits, std::uint32_t) {
  range_ >>= bits;
  const auto number = std::min(code_ / range_, (1U << bits) - 1);
  code_ -= number * range_;
  shift();
  return number;
}

}  // namespace bz::wire
