#include "engine/day_key.h"

#include <string_view>

#include "base/hash.h"

namespace bz::engine {
namespace {

template <class Key>
Key derived(const DayKey& key, std::string_view info) {
  Key out;
  hkdf_sha256(key.bytes, {}, as_bytes(info), out.bytes);
  return out;
}

Block padded_interval(Interval interval) {
  Block block{'E', 'N', '-', 'R', 'P', 'I'};
  put_le(std::span(block).last<4>(), interval.number);
  return block;
}

}  // namespace

DayKey new_day_key(Random& random, Interval now) {
  DayKey key;
  random.fill(key.bytes);
  key.start = {now.number - now.number % kIntervalsPerDay};
  return key;
}

IdKey id_key(const DayKey& key) {
  return derived<IdKey>(key, "EN-RPIK");
}
MetadataKey metadata_key(const DayKey& key) {
  return derived<MetadataKey>(key, "EN-AEMK");
}

RollingId rolling_id(const IdKey& key, Interval interval) {
  Aes128 cipher(key.bytes);
  const std::array<Block, 1> plain{padded_interval(interval)};
  std::array<Block, 1> out{};
  cipher.encrypt(plain, out);
  return {out[0]};
}

std::vector<RollingId> rolling_ids(const DayKey& key) {
  std::vector<Block> blocks;
  blocks.reserve(key.period);
  for (std::uint32_t i = 0; i < key.period; ++i)
    blocks.push_back(padded_interval({key.start.number + i}));
  Aes128 cipher(id_key(key).bytes);
  cipher.encrypt(blocks, blocks);
  std::vector<RollingId> ids;
  ids.reserve(blocks.size());
  for (const auto& block : blocks) ids.push_back({block});
  return ids;
}

std::optional<Dbm> Metadata::transmit_power() const {
  const Dbm power{static_cast<std::int8_t>(bytes[1])};
  if (bytes[0] >> 6U != 1 || power < Dbm{-50} || power > Dbm{20}) return std::nullopt;
  return power;
}

EncryptedMetadata encrypt(const MetadataKey& key, const RollingId& id, const Metadata& metadata) {
  EncryptedMetadata out;
  aes128_ctr(key.bytes, id.bytes, metadata.bytes, out.bytes);
  return out;
}

Metadata decrypt(const MetadataKey& key, const RollingId& id, const EncryptedMetadata& encrypted) {
  Metadata out;
  aes128_ctr(key.bytes, id.bytes, encrypted.bytes, out.bytes);
  return out;
}

}  // namespace bz::engine
