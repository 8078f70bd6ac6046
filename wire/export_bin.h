// The message inside a key export: header `EK Export v1` and the protobuf
// TemporaryExposureKeyExport (Exposure Notification, "Exposure key export file format and
// verification"). Byte by byte: docs/formats/export.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "engine/published_key.h"

namespace bz::wire {

// ECDSA on P-256 over SHA-256, the only signature made and checked here.
inline constexpr std::string_view kEcdsaP256Sha256 = "1.2.840.10045.4.3.2";

// Says which key a signature was made with. Each text at most 64 printable ASCII characters.
struct SignatureInfo {
  std::string key_version = {};  // "v1"
  std::string key_id = {};       // by habit the mobile country code: "452"
  std::string algorithm{kEcdsaP256Sha256};

  bool operator==(const SignatureInfo&) const = default;
};

// What an export says besides its keys.
struct ExportHead {
  std::chrono::sys_seconds start;  // when its keys came to the server: from here, included,
  std::chrono::sys_seconds end;    // to here, not included; 1970 to 9999, not before `start`
  std::string region = {};         // "VN"; at most 64 printable ASCII characters
  std::int32_t batch_num = 1;      // 1 to batch_size
  std::int32_t batch_size = 1;
  std::vector<SignatureInfo> signatures = {};  // one for each signature beside it, at most 10

  bool operator==(const ExportHead&) const = default;
};

struct Export {
  ExportHead head;
  std::vector<engine::PublishedKey> keys = {};
  // Keys published earlier whose report has changed: each replaces what an earlier file said of
  // that key, kRevoked included (phone::Matches does it).
  std::vector<engine::PublishedKey> revised = {};

  bool operator==(const Export&) const = default;
};

// Header and message; the same keys in any order give the same bytes: keys are sorted by their
// bytes, so that the order says nothing of who uploaded together. kInvalid when a value is out of
// its range or there are more than kMaxKeysPerFile keys, revised ones included.
Result<Bytes> encode_export_bin(const Export& content);

// Which list of the message a key stands in.
enum class KeyList : std::uint8_t { kNew, kRevised };

// The same piece by piece, for whoever does not have all keys in memory (wire/export_writer.h): the
// header with everything before the keys, and a key. Both append to `out`; kInvalid as above.
Result<void> put_export_head(Bytes& out, const ExportHead& head);
Result<void> put_export_key(Bytes& out, const engine::PublishedKey& key, KeyList list);

// The order in which encode_export_bin writes the keys of a list: by their bytes, then start,
// period, report type, risk and onset.
void sort_for_export(std::vector<engine::PublishedKey>& keys);

// Takes the next keys of one list, at most 1,024, in the order of the file.
using KeyVisitor = std::function<void(std::span<const engine::PublishedKey>, KeyList)>;

struct ExportSummary {
  ExportHead head;
  std::size_t keys = 0;     // shown to the visitor as kNew
  std::size_t revised = 0;  // shown as kRevised
  std::size_t skipped =
      0;  // not shown: their report type is none that we know, so nothing can be made of them

  bool operator==(const ExportSummary&) const = default;
};

// Reads the message from pieces of any size, holding at most one piece and 4 KiB. Any bytes may
// come; what is not an export gives kMalformed with the offset in export.bin. Keys reach the
// visitor before the end is known to be good: when any call fails, whatever was made of them must
// be dropped.
class ExportBinParser {
 public:
  explicit ExportBinParser(KeyVisitor visitor);
  ~ExportBinParser();
  ExportBinParser(ExportBinParser&&) noexcept;
  ExportBinParser& operator=(ExportBinParser&&) noexcept;

  // After a failure nothing more may be added.
  Result<void> add(ByteView piece);
  // Ends the message.
  Result<ExportSummary> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bz::wire
