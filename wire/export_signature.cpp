#include "wire/export_signature.h"

#include <algorithm>

#include "wire/limits.h"

namespace bz::wire {
namespace {

constexpr std::string_view kFile = "export.sig";
constexpr std::size_t kMaxSignature = 256;

// Fields 1 and 2 named the app's packages in earlier versions of the format; they are read past.
constexpr MessageShape kInfoShape{WireType::kBytes, WireType::kBytes, WireType::kBytes,
                                  WireType::kBytes, WireType::kBytes};
constexpr MessageShape kSignatureShape{WireType::kBytes, WireType::kVarint, WireType::kVarint,
                                       WireType::kBytes};
constexpr MessageShape kListShape({WireType::kBytes}, 1U << 1U);

Result<ExportSignature> parse_signature(const MessageInFile& message) {
  ExportSignature signature;
  const auto fine =
      for_each_known_field(message, kSignatureShape, [&](const Field& field) -> Result<void> {
        if (field.number == 1) {
          auto info = parse_signature_info({field.bytes, field.content_offset, kFile});
          if (!info) return info.error();
          signature.info = std::move(*info);
        } else if (field.number == 4) {
          if (field.bytes.size() > kMaxSignature) {
            return malformed_at(kFile, field.offset, "signature is longer than 256 bytes");
          }
          signature.signature.assign(field.bytes.begin(), field.bytes.end());
        } else {
          if (field.value < 1 || field.value > kMaxBatch) {
            return malformed_at(kFile, field.offset, "batch_num or batch_size is not 1 to 10,000");
          }
          (field.number == 2 ? signature.batch_num : signature.batch_size) =
              static_cast<std::int32_t>(field.value);
        }
        return {};
      });
  if (!fine) return fine.error();
  if (signature.signature.empty())
    return malformed_at(kFile, message.offset, "signature is missing or empty");
  if (signature.batch_num > signature.batch_size) {
    return malformed_at(kFile, message.offset, "batch_num is greater than batch_size");
  }
  return signature;
}

bool names(const SignatureInfo& info, const TrustedKey& key) {
  return info.algorithm == kEcdsaP256Sha256 &&
         ((key.version.empty() && key.id.empty()) ||
          (info.key_version == key.version && info.key_id == key.id));
}

}  // namespace

Bytes encode_signature_info(const SignatureInfo& info) {
  Bytes out;
  if (!info.key_version.empty()) put_bytes_field(out, 3, as_bytes(info.key_version));
  if (!info.key_id.empty()) put_bytes_field(out, 4, as_bytes(info.key_id));
  if (!info.algorithm.empty()) put_bytes_field(out, 5, as_bytes(info.algorithm));
  return out;
}

Result<SignatureInfo> parse_signature_info(const MessageInFile& message) {
  SignatureInfo info{.algorithm = {}};
  const auto fine =
      for_each_known_field(message, kInfoShape, [&](const Field& field) -> Result<void> {
        if (field.number < 3) return {};
        const auto text = as_text(field.bytes);
        if (!is_label(text)) {
          return malformed_at(
              message.file, field.offset,
              "a text of signature_info is not at most 64 printable ASCII characters");
        }
        (field.number == 3   ? info.key_version
         : field.number == 4 ? info.key_id
                             : info.algorithm) = text;
        return {};
      });
  if (!fine) return fine.error();
  return info;
}

Bytes encode_export_sig(std::span<const ExportSignature> signatures) {
  Bytes list;
  for (const auto& signature : signatures) {
    Bytes one;
    put_bytes_field(one, 1, encode_signature_info(signature.info));
    put_varint_field(one, 2, static_cast<std::uint32_t>(signature.batch_num));
    put_varint_field(one, 3, static_cast<std::uint32_t>(signature.batch_size));
    put_bytes_field(one, 4, signature.signature);
    put_bytes_field(list, 1, one);
  }
  return list;
}

Result<std::vector<ExportSignature>> parse_export_sig(ByteView bytes) {
  std::vector<ExportSignature> signatures;
  const auto fine =
      for_each_known_field({bytes, 0, kFile}, kListShape, [&](const Field& field) -> Result<void> {
        if (signatures.size() == kMaxSignatures)
          return malformed_at(kFile, field.offset, "more than 10 signatures");
        auto signature = parse_signature({field.bytes, field.content_offset, kFile});
        if (!signature) return signature.error();
        signatures.push_back(std::move(*signature));
        return {};
      });
  if (!fine) return fine.error();
  return signatures;
}

Result<void> verify(std::span<const ExportSignature> signatures, const Digest& digest,
                    const Trust& trust) {
  if (signatures.empty()) return Error{Code::kDenied, "export.sig holds no signature"};
  bool named = false;
  for (const auto& signature : signatures) {
    for (const auto& key : trust.keys) {
      if (!names(signature.info, key)) continue;
      if (key.key.verifies(digest, signature.signature)) return {};
      named = true;
    }
  }
  if (!named) {
    return Error{
        Code::kDenied,
        "no signature in export.sig names a trusted key's version and id with ECDSA P-256 SHA-256: "
        "it was signed by another key"};
  }
  return Error{Code::kDenied,
               "the signature in export.sig does not hold over export.bin: the file was changed, "
               "or signed by "
               "another key"};
}

}  // namespace bz::wire
