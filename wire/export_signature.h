// The signatures beside a key export: export.sig, the protobuf TEKSignatureList
// (docs/formats/export.md).
#pragma once

#include <vector>

#include "base/hash.h"
#include "wire/export_bin.h"
#include "wire/message.h"
#include "wire/trust.h"

namespace bz::wire {

struct ExportSignature {
  SignatureInfo info;
  std::int32_t batch_num = 1;
  std::int32_t batch_size = 1;
  Bytes signature;  // X9.62 DER over the whole of export.bin, header included; 1 to 256 bytes

  bool operator==(const ExportSignature&) const = default;
};

inline constexpr std::size_t kMaxSignatures = 10;
inline constexpr std::size_t kMaxSignatureFile = std::size_t{16} * 1024;

Bytes encode_export_sig(std::span<const ExportSignature> signatures);

// kMalformed with the offset in export.sig when it is not such a list, a signature is missing or
// longer than 256 bytes, a batch number is not 1 to the batch size, or there are more than
// kMaxSignatures.
Result<std::vector<ExportSignature>> parse_export_sig(ByteView bytes);

// kDenied, each with its own sentence, when there is no signature, when none names a trusted key,
// and when none of those that do holds over `digest`, the SHA-256 of export.bin.
Result<void> verify(std::span<const ExportSignature> signatures, const Digest& digest,
                    const Trust& trust);

// SignatureInfo as it stands in both files.
Bytes encode_signature_info(const SignatureInfo& info);
Result<SignatureInfo> parse_signature_info(const MessageInFile& message);

}  // namespace bz::wire
