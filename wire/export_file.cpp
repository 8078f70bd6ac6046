#include "wire/export_file.h"

#include <algorithm>
#include <array>
#include <optional>

#include "wire/export_signature.h"
#include "wire/export_writer.h"

namespace bz::wire {
namespace {

constexpr std::string_view kBin = "export.bin";
constexpr std::string_view kSig = "export.sig";

Result<std::vector<ExportSignature>> read_signatures(ZipReader& zip) {
  Bytes bytes;
  const auto fine = zip.read(kSig, kMaxSignatureFile, [&](ByteView piece) -> Result<void> {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    return {};
  });
  if (!fine) return fine.error();
  return parse_export_sig(bytes);
}

Result<Digest> digest_of_bin(ZipReader& zip) {
  Sha256Stream hash;
  const auto fine = zip.read(kBin, kMaxExportBin, [&](ByteView piece) -> Result<void> {
    hash.add(piece);
    return {};
  });
  if (!fine) return fine.error();
  return hash.finish();
}

Result<void> check_pair(const ExportHead& head, std::span<const ExportSignature> signatures) {
  if (head.signatures.size() != signatures.size()) {
    return Error{Code::kMalformed, "export.bin names " + std::to_string(head.signatures.size()) +
                                       " signatures, export.sig holds " +
                                       std::to_string(signatures.size())};
  }
  const bool same_batch = std::ranges::all_of(signatures, [&](const ExportSignature& s) {
    return s.batch_num == head.batch_num && s.batch_size == head.batch_size;
  });
  if (!same_batch) {
    return Error{Code::kMalformed,
                 "export.bin and export.sig are not of the same batch_num and batch_size"};
  }
  return {};
}

}  // namespace

Result<Bytes> write_export(const Export& content, std::span<const Signer> signers) {
  std::vector<ExportSigner> with;
  for (const auto& signer : signers) {
    with.push_back({.info = {.key_version = signer.key_version, .key_id = signer.key_id},
                    .sign = [key = signer.key](const Digest& digest) -> Result<Bytes> {
                      return key.sign(digest);
                    }});
  }
  Bytes zip;
  auto writer = ExportWriter::to_memory(zip, content.head, std::move(with));
  if (!writer) return writer.error();
  for (const auto list : {KeyList::kNew, KeyList::kRevised}) {
    auto keys = list == KeyList::kNew ? content.keys : content.revised;
    sort_for_export(keys);
    for (const auto& key : keys) {
      if (auto fine = writer->add(key, list); !fine) return fine.error();
    }
  }
  if (const auto written = writer->finish(); !written) return written.error();
  return zip;
}

Result<ExportSummary> read_export(const ZipSource& source, const Trust& trust,
                                  const KeyVisitor& visitor) {
  if (const auto fine = check(trust); !fine) return fine.error();
  constexpr std::array kEntries{kBin, kSig};
  auto zip = ZipReader::open(source, kEntries);
  if (!zip) return zip.error();
  const auto signatures = read_signatures(*zip);
  if (!signatures) return signatures.error();

  std::optional<Digest> believed;
  if (trust.verifies()) {
    const auto digest = digest_of_bin(*zip);
    if (!digest) return digest.error();
    if (const auto holds = verify(*signatures, *digest, trust); !holds) return holds.error();
    believed = *digest;
  }

  ExportBinParser parser(visitor);
  Sha256Stream hash;
  const auto read = zip->read(kBin, kMaxExportBin, [&](ByteView piece) {
    if (believed) hash.add(piece);
    return parser.add(piece);
  });
  if (!read) return read.error();
  if (believed && hash.finish() != *believed) {
    return Error{Code::kUnavailable, "export.bin changed while it was read"};
  }
  auto summary = parser.finish();
  if (!summary) return summary.error();
  if (const auto fine = check_pair(summary->head, *signatures); !fine) return fine.error();
  return summary;
}

Result<Export> read_whole_export(const ZipSource& zip, const Trust& trust) {
  Export whole;
  auto summary =
      read_export(zip, trust, [&](std::span<const engine::PublishedKey> keys, KeyList list) {
        auto& to = list == KeyList::kNew ? whole.keys : whole.revised;
        to.insert(to.end(), keys.begin(), keys.end());
      });
  if (!summary) return summary.error();
  whole.head = std::move(summary->head);
  return whole;
}

bool looks_like_export(ByteView first_bytes) {
  return as_text(first_bytes.first(std::min<std::size_t>(first_bytes.size(), 4))) == "PK\x03\x04";
}

}  // namespace bz::wire
