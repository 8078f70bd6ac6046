#include "keys/export_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <functional>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/hash.h"
#include "keys/slots.h"
#include "wire/compact_export.h"
#include "wire/export_signature.h"
#include "wire/export_writer.h"
#include "wire/trace_envelope.h"

namespace bz::keys {
namespace {

using engine::PublishedChain;
using engine::PublishedKey;
using wire::KeyList;

constexpr std::size_t kLongestIndex = std::size_t{4} * 1024 * 1024;
constexpr std::chrono::hours kRound{1};  // in which every file is read again once

// The signatures of one file: drawn now, or those that were kept.
struct Signing {
  std::vector<wire::ExportSigner> signers;
  std::vector<wire::ExportSignature> made;  // filled while signing
};

Result<Signing> new_signatures(SigningKeys& keys, const ExportFile& file) {
  const auto infos = keys.valid(file.region, from_s(file.end_s));
  if (!infos) return infos.error();
  Signing signing;
  for (const auto& info : *infos) {
    wire::ExportSigner signer;
    signer.info = {.key_version = info.version, .key_id = info.key_id};
    signer.sign = [&keys, version = info.version, key_id = info.key_id](const Digest& digest) {
      return keys.sign(version, key_id, digest);
    };
    signing.signers.push_back(std::move(signer));
  }
  return signing;
}

Result<Signing> kept_signatures(const ExportFile& file) {
  const auto kept = wire::parse_export_sig(file.signatures);
  if (!kept) return kept.error();
  Signing signing;
  for (const auto& signature : *kept) {
    wire::ExportSigner signer;
    signer.info = signature.info;
    signer.sign = [bytes = signature.signature,
                   digest = file.digest](const Digest& now) -> Result<Bytes> {
      // Another digest: the store gives other keys than when the file was signed.
      if (std::equal(now.begin(), now.end(), digest.begin(), digest.end())) return bytes;
      return Error{Code::kMalformed,
                   "an export made again is not what was signed: run bz store check"};
    };
    signing.signers.push_back(std::move(signer));
  }
  return signing;
}

// Notes digest and signature as a signer is called.
void keep_notes(Signing& signing, ExportFile& file) {
  for (auto& signer : signing.signers) {
    signer.sign = [&signing, &file, info = signer.info,
                   sign = std::move(signer.sign)](const Digest& digest) -> Result<Bytes> {
      auto signature = sign(digest);
      if (!signature) return signature;
      file.digest.assign(digest.begin(), digest.end());
      signing.made.push_back({.info = info, .signature = *signature});
      return signature;
    };
  }
}

// Of our own formats, which name no key.
std::vector<wire::Sign> plain(const Signing& signing) {
  std::vector<wire::Sign> all;
  for (const auto& signer : signing.signers) all.push_back(signer.sign);
  return all;
}

// Nothing when it cannot be read.
std::optional<Bytes> digest_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Sha256Stream hash;
  std::array<char, std::size_t{64} * 1024> piece{};
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    hash.add(as_bytes({piece.data(), static_cast<std::size_t>(file.gcount())}));
  }
  if (!file.eof() || file.bad()) return {};
  const auto digest = hash.finish();
  return Bytes{digest.begin(), digest.end()};
}

wire::ExportHead head_of(const ExportFile& file) {
  return {.start = std::chrono::sys_seconds{seconds{file.start_s}},
          .end = std::chrono::sys_seconds{seconds{file.shown_end()}},
          .region = file.region};
}

// Keys of a list in the order of their bytes, one at a time.
using TakeKey = std::function<Result<void>(const PublishedKey&)>;

Result<PublishedKey> key_of(const store::Row& row) {
  PublishedKey key;
  const auto bytes = row.blob(0);
  if (bytes.size() != key.key.bytes.size()) {
    return Error{Code::kMalformed, "a stored key is not of 16 bytes: run bz store check"};
  }
  std::copy(bytes.begin(), bytes.end(), key.key.bytes.begin());
  key.key.start = {static_cast<std::uint32_t>(row.integer(1))};
  key.key.period = static_cast<std::uint32_t>(row.integer(2));
  key.transmission_risk = static_cast<std::uint8_t>(row.integer(3));
  key.report_type = static_cast<engine::ReportType>(row.integer(4));
  if (!row.is_null(5)) key.days_since_onset = static_cast<int>(row.integer(5));
  return key;
}

// The statement of a list. In a batch of one slot, which is nearly every batch, the table has the
// keys in their order already; otherwise they are sorted.
std::string select_of(std::string_view columns, std::string_view table, bool one_slot) {
  return "SELECT " + std::string{columns} + " FROM " + std::string{table} + " WHERE " +
         (one_slot ? "slot = $1 AND slot <= $2" : "slot > $1 AND slot <= $2") +
         " AND key > $3 AND (regions & $4) <> 0 ORDER BY key LIMIT $5";
}

struct Range {
  std::string_view table;
  std::int64_t start_s = 0;
  std::int64_t end_s = 0;
};

Result<void> each_of(store::Sql& sql, std::string_view columns, const Range& range,
                     std::int64_t region_bit, const Bytes& after, std::int64_t count,
                     const store::RowVisitor& visit) {
  if (count == 0) return {};
  const std::string table{range.table};
  const auto first =
      sql.integer("SELECT MIN(slot) FROM " + table + " WHERE slot > $1 AND slot <= $2",
                  {range.start_s, range.end_s});
  if (!first) return first.error();
  const auto last =
      sql.integer("SELECT MAX(slot) FROM " + table + " WHERE slot > $1 AND slot <= $2",
                  {range.start_s, range.end_s});
  if (!last) return last.error();
  const auto one_slot = *first == *last;
  return sql.each(select_of(columns, table, one_slot),
                  {one_slot ? first->value_or(0) : range.start_s, range.end_s, ByteView{after},
                   region_bit, count},
                  visit);
}

constexpr std::string_view kKeyColumns = "key, start_interval, period, risk, report, onset_days";

// Shows the keys of one file to `take`, new ones first.
Result<void> each_key(store::Sql& sql, const ExportFile& file, std::int64_t region_bit,
                      const std::function<Result<void>(const PublishedKey&, KeyList)>& take) {
  const auto show = [&](KeyList list) {
    return [&take, list](const store::Row& row) -> Result<bool> {
      const auto key = key_of(row);
      if (!key) return key.error();
      auto taken = take(*key, list);
      if (!taken) return taken.error();
      return true;
    };
  };
  auto shown = each_of(sql, kKeyColumns, {"keys", file.start_s, file.end_s}, region_bit,
                       file.after_key, file.keys, show(KeyList::kNew));
  if (!shown) return shown;
  return each_of(sql, kKeyColumns, {"revisions", file.start_s, file.end_s}, region_bit,
                 file.after_revised, file.revised, show(KeyList::kRevised));
}

Result<Bytes> trace_envelope(store::Sql& sql, const ExportFile& file, std::int64_t region_bit,
                             const Signing& signing, Bytes& last_key) {
  wire::TraceEnvelope envelope{
      .start = head_of(file).start, .end = head_of(file).end, .region = file.region, .chains = {}};
  auto read = each_of(
      sql, "key, start_s, end_s, ids_per_day", {"chains", file.start_s, file.end_s}, region_bit,
      file.after_key, file.keys, [&](const store::Row& row) -> Result<bool> {
        PublishedChain chain;
        const auto bytes = row.blob(0);
        if (bytes.size() != chain.daily_key.size()) {
          return Error{Code::kMalformed, "a stored chain is not of 32 bytes: run bz store check"};
        }
        std::copy(bytes.begin(), bytes.end(), chain.daily_key.begin());
        chain.start = from_s(row.integer(1));
        chain.end = from_s(row.integer(2));
        chain.ids_per_day = static_cast<std::int32_t>(row.integer(3));
        last_key.assign(bytes.begin(), bytes.end());
        envelope.chains.push_back(chain);
        return true;
      });
  if (!read) return read.error();
  return wire::write_trace_envelope(envelope, plain(signing));
}

Result<std::vector<ExportFile>> read_files(store::Sql& sql) {
  std::vector<ExportFile> all;
  const auto read = sql.each(
      "SELECT end_s, start_s, region, format, number, keys, revised, after_key, after_revised, "
      "size, digest, signatures, file_digest FROM export_files "
      "ORDER BY end_s, region, format, number",
      {}, [&](const store::Row& row) -> Result<bool> {
        const auto bytes = [&](int column) {
          const auto view = row.is_null(column) ? ByteView{} : row.blob(column);
          return Bytes{view.begin(), view.end()};
        };
        all.push_back({.end_s = row.integer(0),
                       .start_s = row.integer(1),
                       .region = std::string{row.text(2)},
                       .format = static_cast<Format>(row.integer(3)),
                       .number = row.integer(4),
                       .keys = row.integer(5),
                       .revised = row.integer(6),
                       .after_key = bytes(7),
                       .after_revised = bytes(8),
                       .size = row.integer(9),
                       .digest = bytes(10),
                       .signatures = bytes(11),
                       .file_digest = bytes(12)});
        return true;
      });
  if (!read) return read.error();
  return all;
}

Result<std::int64_t> count_of(store::Sql& sql, std::string_view table, const Batch& batch,
                              std::int64_t region_bit) {
  const auto count = sql.integer("SELECT COUNT(*) FROM " + std::string{table} +
                                     " WHERE slot > $1 AND slot <= $2 AND (regions & $3) <> 0",
                                 {batch.start_s, batch.end_s, region_bit});
  if (!count) return count.error();
  return count->value_or(0);
}

std::string five_digits(std::int64_t number) {
  auto text = std::to_string(number);
  return text.size() < 5 ? std::string(5 - text.size(), '0') + text : text;
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Error{Code::kUnavailable, "a folder for exports cannot be made"};
  return {};
}

}  // namespace

std::string_view suffix_of(Format format) {
  switch (format) {
    case Format::kZip: return ".zip";
    case Format::kCompact: return ".bzk";
    case Format::kChains: return ".bzt";
  }
  return {};
}

std::string_view index_name_of(Format format) {
  switch (format) {
    case Format::kZip: return "index.txt";
    case Format::kCompact: return "compact.txt";
    case Format::kChains: return "chains.txt";
  }
  return {};
}

std::string ExportFile::name() const {
  return region + "/" + std::to_string(start_s) + "-" + std::to_string(shown_end()) + "-" +
         five_digits(number) + std::string{suffix_of(format)};
}

std::optional<FileName> parse_file_name(std::string_view name) {
  FileName parsed;
  const auto has_suffix = std::any_of(std::begin(kFormats), std::end(kFormats), [&](Format format) {
    if (!name.ends_with(suffix_of(format))) return false;
    parsed.format = format;
    return true;
  });
  if (!has_suffix || std::count(name.begin(), name.end(), '-') != 2) return {};
  name.remove_suffix(suffix_of(parsed.format).size());
  for (auto* number : {&parsed.start_s, &parsed.end_s, &parsed.number}) {
    const auto end = std::min(name.find('-'), name.size());
    const auto digits = name.substr(0, end);
    const auto is_number =
        !digits.empty() && digits.size() <= 12 &&
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return {};
    std::from_chars(digits.data(), digits.data() + digits.size(), *number);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  if (!name.empty()) return {};
  return parsed;
}

Result<void> ExportFiles::make(const Batch& batch, const std::vector<Region>& regions) {
  for (const auto& region : regions) {
    for (const auto format : kFormats) {
      auto made = make_all_of(batch, region, format);
      if (!made) return made;
    }
  }
  return note_files(store_, batch);
}

Result<void> ExportFiles::make_all_of(const Batch& batch, const Region& region, Format format) {
  const auto is_chains = format == Format::kChains;
  std::int64_t keys = 0;
  std::int64_t revised = 0;
  auto counted = store_.read([&](store::Sql& sql) -> Result<void> {
    const auto fresh = count_of(sql, is_chains ? "chains" : "keys", batch, region.bit());
    if (!fresh) return fresh.error();
    keys = *fresh;
    if (is_chains) return {};
    const auto changed = count_of(sql, "revisions", batch, region.bit());
    if (!changed) return changed.error();
    revised = *changed;
    return {};
  });
  if (!counted) return counted;

  ExportFile file{.end_s = batch.end_s,
                  .start_s = batch.start_s,
                  .region = region.name,
                  .format = format,
                  .number = 0};
  while (keys > 0 || revised > 0) {
    ++file.number;
    file.keys = std::min(keys, most_);
    file.revised = std::min(revised, most_ - file.keys);
    keys -= file.keys;
    revised -= file.revised;
    Bytes last_key = file.after_key;
    Bytes last_revised = file.after_revised;
    auto written = write(file, region.bit(), true, last_key, last_revised);
    if (!written) return written;
    const auto noted = store_.write([&](store::Sql& sql) {
      // Another server may have been first: then its signatures count, and complete() makes the
      // file anew.
      return sql.run(
          "INSERT INTO export_files (end_s, region, format, number, start_s, keys, revised, "
          "after_key, after_revised, size, digest, signatures, file_digest) VALUES ($1, $2, $3, "
          "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
          {file.end_s, file.region, static_cast<std::int64_t>(file.format), file.number,
           file.start_s, file.keys, file.revised, ByteView{file.after_key},
           ByteView{file.after_revised}, file.size, ByteView{file.digest},
           ByteView{file.signatures}, ByteView{file.file_digest}});
    });
    if (!noted) return noted.error();
    // Not taken away, since it may be in the index already.
    if (*noted == 0) unsound_[file.name()] = Why::kOther;
    file.after_key = last_key;
    file.after_revised = last_revised;
  }
  return {};
}

Result<void> ExportFiles::write(ExportFile& file, std::int64_t region_bit, bool is_new,
                                Bytes& last_key, Bytes& last_revised) {
  auto signing = is_new ? new_signatures(keys_, file) : kept_signatures(file);
  if (!signing) return signing.error();
  if (is_new) keep_notes(*signing, file);
  const auto path = folder_ / file.name();
  if (auto made = make_folder(path.parent_path()); !made) return made;

  const auto note_last = [&](const PublishedKey& key, KeyList list) {
    auto& last = list == KeyList::kNew ? last_key : last_revised;
    last.assign(key.key.bytes.begin(), key.key.bytes.end());
  };
  auto written = store_.read([&](store::Sql& sql) -> Result<void> {
    if (file.format == Format::kZip) {
      auto writer = wire::ExportWriter::to_file(path, head_of(file), signing->signers);
      if (!writer) return writer.error();
      auto shown = each_key(sql, file, region_bit, [&](const PublishedKey& key, KeyList list) {
        note_last(key, list);
        return writer->add(key, list);
      });
      if (!shown) return shown;
      const auto done = writer->finish();
      if (!done) return done.error();
      file.size = static_cast<std::int64_t>(done->bytes);
      return {};
    }
    Result<Bytes> content = Bytes{};
    if (file.format == Format::kCompact) {
      auto writer = wire::CompactExportWriter::begin(head_of(file));
      if (!writer) return writer.error();
      auto shown = each_key(sql, file, region_bit, [&](const PublishedKey& key, KeyList list) {
        note_last(key, list);
        return writer->add(key, list);
      });
      if (!shown) return shown;
      content = writer->finish(plain(*signing));
    } else {
      content = trace_envelope(sql, file, region_bit, *signing, last_key);
    }
    if (!content) return content.error();
    file.size = static_cast<std::int64_t>(content->size());
    return write_file(path, *content);
  });
  if (!written) return written;
  auto digest = digest_of(path);
  if (!digest) return Error{Code::kUnavailable, "an export that was written cannot be read"};
  file.file_digest = std::move(*digest);
  if (is_new) file.signatures = wire::encode_export_sig(signing->made);
  made_[file.name()] = {.size = file.size, .digest = file.file_digest};
  looked_at_.insert(file.name());
  return {};
}

ExportFiles::Look ExportFiles::look_of(const ExportFile& file) const {
  const auto made = made_.find(file.name());
  if (made != made_.end()) return made->second;
  return {.size = file.size, .digest = file.file_digest};
}

bool ExportFiles::is_there(const ExportFile& file) const {
  std::error_code failed;
  const auto size = std::filesystem::file_size(folder_ / file.name(), failed);
  return !failed && size == static_cast<std::uintmax_t>(look_of(file).size);
}

void ExportFiles::look_at_some(const std::vector<ExportFile>& files, Running running) {
  auto left = bytes_at_a_time_;
  const auto waits = [&](const ExportFile& file) { return !looked_at_.contains(file.name()); };
  if (!round_began_) round_began_ = running;
  if (std::none_of(files.begin(), files.end(), waits)) {
    if (running - *round_began_ < kRound) return;
    looked_at_.clear();
    round_began_ = running;
  }
  for (const auto& file : files) {
    if (left <= 0) return;
    if (!waits(file) || !is_there(file)) continue;
    looked_at_.insert(file.name());
    left -= file.size;
    const auto look = look_of(file);
    if (look.digest.empty()) {
      unsound_[file.name()] = Why::kOther;
    } else if (digest_of(folder_ / file.name()) != look.digest) {
      unsound_[file.name()] = Why::kDamaged;
    }
  }
}

// Makes a file again that is missing, or not what it should be.
Result<void> ExportFiles::mend(const ExportFile& file, std::int64_t region_bit) {
  const auto name = file.name();
  std::error_code failed;
  const auto was_there = std::filesystem::exists(folder_ / name, failed);
  const auto before = digest_of(folder_ / name);
  Bytes last_key;
  Bytes last_revised;
  auto copy = file;
  if (auto written = write(copy, region_bit, false, last_key, last_revised); !written) {
    return written;
  }
  const auto why = unsound_.find(name);
  const auto is_damage = why == unsound_.end() || why->second == Why::kDamaged;
  // The same again: it was whole, packed by another version of a library than the store's digest.
  if (is_damage && was_there && before != copy.file_digest) damaged_.push_back(name);
  unsound_.erase(name);
  if (!file.file_digest.empty()) return {};
  const auto noted = store_.write([&](store::Sql& sql) {
    return sql.run(
        "UPDATE export_files SET file_digest = $5, size = $6 WHERE end_s = $1 AND region = $2 AND "
        "format = $3 AND number = $4 AND file_digest IS NULL",
        {file.end_s, file.region, static_cast<std::int64_t>(file.format), file.number,
         ByteView{copy.file_digest}, copy.size});
  });
  if (!noted) return noted.error();
  return {};
}

Result<void> ExportFiles::complete(Running running) {
  if (auto made = make_folder(folder_); !made) return made;
  struct State {
    std::vector<ExportFile> files;
    Directory directory;
  };
  auto state = store_.read([](store::Sql& sql) -> Result<State> {
    auto files = read_files(sql);
    if (!files) return files.error();
    auto directory = read_directory(sql);
    if (!directory) return directory.error();
    return State{std::move(*files), std::move(*directory)};
  });
  if (!state) return state.error();
  look_at_some(state->files, running);
  Result<void> first;
  const auto note = [&](const Result<void>& done) {
    if (!done && first) first = done;
  };
  // What cannot be made is left out of the index here, and nothing else waits for it.
  std::vector<ExportFile> here;
  for (auto& file : state->files) {
    if (is_there(file) && !unsound_.contains(file.name())) {
      here.push_back(file);
      continue;
    }
    const auto& regions = state->directory.regions;
    const auto region = std::find_if(regions.begin(), regions.end(),
                                     [&](const Region& r) { return r.name == file.region; });
    if (region == regions.end()) continue;
    const auto mended = mend(file, region->bit());
    note(mended);
    if (mended) here.push_back(file);
  }
  for (const auto& region : state->directory.regions) note(make_folder(folder_ / region.name));
  note(write_indexes(here));
  return first;
}

Result<void> ExportFiles::write_indexes(const std::vector<ExportFile>& files) {
  std::map<std::pair<std::string, Format>, std::set<std::string>> lines;
  std::error_code failed;
  for (const auto& folder : std::filesystem::directory_iterator(folder_, failed)) {
    const auto region = folder.path().filename().string();
    if (!is_region_name(region)) continue;
    for (const auto format : kFormats) lines[{region, format}];
  }
  if (failed) return Error{Code::kUnavailable, "the folder of exports cannot be read"};
  for (const auto& file : files) lines[{file.region, file.format}].insert(file.name());
  Result<void> first;
  for (const auto& [place, names] : lines) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : "\n") + name;
    const auto path = folder_ / place.first / std::string{index_name_of(place.second)};
    const auto there = read_file(path, kLongestIndex);
    if (there && as_text(*there) == text) continue;
    const auto written = write_file(path, as_bytes(text));
    if (!written && first) first = written;
  }
  return first;
}

Result<void> ExportFiles::forget(std::int64_t until_s) {
  const auto dropped = store_.write([&](store::Sql& sql) {
    return sql.run("DELETE FROM export_files WHERE end_s <= $1", {until_s});
  });
  if (!dropped) return dropped.error();
  return {};
}

Result<void> ExportFiles::delete_old(std::int64_t until_s) {
  std::error_code failed;
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_, failed)) {
    const auto name = parse_file_name(entry.path().filename().string());
    if (name && name->end_s - (name->number - 1) <= until_s) old.push_back(entry.path());
  }
  if (failed) return Error{Code::kUnavailable, "the folder of exports cannot be read"};
  for (const auto& path : old) std::filesystem::remove(path, failed);
  return {};
}

}  // namespace bz::keys
