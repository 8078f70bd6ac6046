#include "wire/export_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/file.h"
#include "wire/export_signature.h"
#include "wire/limits.h"
#include "wire/zip_writer.h"

namespace bz::wire {
namespace {

constexpr std::size_t kPiece = std::size_t{16} * 1024;
constexpr std::size_t kMaxSignature = 256;

Error invalid(std::string_view what) {
  return {Code::kInvalid, "export: " + std::string(what)};
}

// Counts what goes through, to memory or to a file.
class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(Bytes& out) : memory_(std::in_place, out) {}
  explicit CountingSink(FileWriter file) : file_(std::move(file)) {}

  Result<void> append(ByteView piece) override {
    size_ += piece.size();
    return file_ ? file_->append(piece) : memory_->append(piece);
  }
  Result<void> overwrite(std::uint64_t offset, ByteView bytes) override {
    return file_ ? file_->overwrite(offset, bytes) : memory_->overwrite(offset, bytes);
  }
  Result<void> commit() { return file_ ? file_->commit() : Result<void>{}; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  std::optional<MemorySink> memory_;
  std::optional<FileWriter> file_;
  std::uint64_t size_ = 0;
};

}  // namespace

struct ExportWriter::State {
  template <class Target>
  State(Target&& target, ExportHead with_head, std::vector<ExportSigner> with_signers)
      : sink(std::forward<Target>(target)),
        zip(sink),
        head(std::move(with_head)),
        signers(std::move(with_signers)) {
    head.signatures.clear();
    for (const auto& signer : signers) head.signatures.push_back(signer.info);
  }

  // Passes on what has been encoded once it is worth it.
  Result<void> pass_on(std::size_t least) {
    if (encoded.size() < least) return {};
    hash.add(encoded);
    auto added = zip.add(encoded);
    encoded.clear();
    return added;
  }

  Result<void> check_order(const engine::PublishedKey& key, KeyList list) {
    if (written.keys + written.revised == kMaxKeysPerFile)
      return invalid("more than 500,000 keys: split them over several files");
    if (last_list != list) {
      if (list == KeyList::kNew) return invalid("a new key after a revised one");
      last = {};
    }
    if (key.key.bytes < last) return invalid("a key that comes before the one added before it");
    last_list = list;
    last = key.key.bytes;
    return {};
  }

  Result<void> sign() {
    written.digest = hash.finish();
    std::vector<ExportSignature> list;
    for (const auto& signer : signers) {
      auto signature = signer.sign(written.digest);
      if (!signature) return signature.error();
      if (signature->empty() || signature->size() > kMaxSignature)
        return invalid("a signer gave a signature that is not 1 to 256 bytes");
      list.push_back({.info = signer.info,
                      .batch_num = head.batch_num,
                      .batch_size = head.batch_size,
                      .signature = *signature});
      written.signatures.push_back(std::move(*signature));
    }
    if (auto fine = zip.begin("export.sig"); !fine) return fine;
    if (auto fine = zip.add(encode_export_sig(list)); !fine) return fine;
    return zip.end();
  }

  CountingSink sink;
  ZipWriter zip;
  ExportHead head;
  std::vector<ExportSigner> signers;
  Sha256Stream hash;
  Bytes encoded;  // of export.bin, not passed on yet
  KeyList last_list = KeyList::kNew;
  std::array<std::uint8_t, 16> last{};
  WrittenExport written;
};

ExportWriter::ExportWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ExportWriter::ExportWriter(ExportWriter&&) noexcept = default;
ExportWriter& ExportWriter::operator=(ExportWriter&&) noexcept = default;
ExportWriter::~ExportWriter() = default;

Result<ExportWriter> ExportWriter::to_file(const std::filesystem::path& path,
                                           const ExportHead& head,
                                           std::vector<ExportSigner> signers) {
  auto file = FileWriter::replacing(path);
  if (!file) return file.error();
  return begin(std::make_unique<State>(std::move(*file), head, std::move(signers)));
}

Result<ExportWriter> ExportWriter::to_memory(Bytes& zip, const ExportHead& head,
                                             std::vector<ExportSigner> signers) {
  return begin(std::make_unique<State>(zip, head, std::move(signers)));
}

Result<ExportWriter> ExportWriter::begin(std::unique_ptr<State> state) {
  if (auto fine = put_export_head(state->encoded, state->head); !fine) return fine.error();
  if (auto fine = state->zip.begin("export.bin"); !fine) return fine.error();
  return ExportWriter(std::move(state));
}

Result<void> ExportWriter::add(const engine::PublishedKey& key, KeyList list) {
  auto& s = *state_;
  if (auto fine = s.check_order(key, list); !fine) return fine;
  if (auto fine = put_export_key(s.encoded, key, list); !fine) return fine;
  ++(list == KeyList::kNew ? s.written.keys : s.written.revised);
  return s.pass_on(kPiece);
}

Result<WrittenExport> ExportWriter::finish() {
  auto& s = *state_;
  if (auto fine = s.pass_on(0); !fine) return fine.error();
  if (auto fine = s.zip.end(); !fine) return fine.error();
  if (auto fine = s.sign(); !fine) return fine.error();
  if (auto fine = s.zip.finish(); !fine) return fine.error();
  if (auto fine = s.sink.commit(); !fine) return fine.error();
  s.written.bytes = s.sink.size();
  return std::move(s.written);
}

}  // namespace bz::wire
