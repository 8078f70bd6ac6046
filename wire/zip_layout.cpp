#include "wire/zip_layout.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "wire/message.h"

namespace bz::wire {
namespace {

constexpr std::size_t kEntryHeader = 30;
constexpr std::size_t kDirectoryLine = 46;
constexpr std::size_t kEndRecord = 22;
constexpr std::uint64_t kMostEntries = 16;

constexpr std::string_view kEntryMark = "PK\x03\x04";
constexpr std::string_view kLineMark = "PK\x01\x02";
constexpr std::string_view kEndMark = "PK\x05\x06";
constexpr std::string_view kDescriptorMark = "PK\x07\x08";

constexpr std::uint32_t kEncrypted = 1U;
constexpr std::uint32_t kHasDescriptor = 1U << 3U;
// In place of a size: it stands in a zip64 field.
constexpr std::uint64_t kElsewhere = 0xffff'ffff;

std::string bytes_text(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}
std::string were_put(std::uint64_t count) {
  return bytes_text(count) + (count == 1 ? " was put" : " were put");
}

struct EndRecord {
  std::uint64_t at = 0;
  std::uint64_t disks = 0;  // 0 in an archive of one file
  std::uint64_t entries_on_disk = 0;
  std::uint64_t entries = 0;
  std::uint64_t directory_size = 0;
  std::uint64_t directory_at = 0;
};

class Layout {
 public:
  Layout(const ReadAt& read, std::uint64_t size, std::span<const std::string_view> names)
      : read_(read), size_(size), names_(names) {}

  Result<std::vector<ZipPart>> check() {
    if (auto fine = find_end(); !fine) return fine.error();
    if (auto fine = find_directory(); !fine) return fine.error();
    if (auto fine = read_directory(); !fine) return fine.error();
    for (const auto name : names_) {
      const auto has_name = [&](const ZipPart& p) { return p.name == name; };
      if (std::ranges::none_of(parts_, has_name))
        return Error{Code::kMalformed, "zip: no entry " + std::string(name)};
    }
    if (auto fine = check_gaps(); !fine) return fine.error();
    return std::move(parts_);
  }

 private:
  static Error unreadable() { return {Code::kUnavailable, "zip: the file cannot be read"}; }

  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t count) const {
    return offset <= size_ && count <= size_ - offset;
  }

  // Whether `mark` stands at `offset`; not so where the file ends before it.
  [[nodiscard]] Result<bool> marked(std::uint64_t offset, std::string_view mark) const {
    std::array<std::uint8_t, 4> bytes{};
    if (!holds(offset, bytes.size())) return false;
    if (!read_(offset, bytes)) return unreadable();
    return as_text(bytes) == mark;
  }

  Result<void> find_end() {
    std::uint64_t announced = 0;  // bytes after an end record that is there
    if (size_ >= kEndRecord) {
      const auto there = marked(size_ - kEndRecord, kEndMark);
      if (!there) return there.error();
      if (*there) {
        std::array<std::uint8_t, kEndRecord> bytes{};
        if (!read_(size_ - kEndRecord, bytes)) return unreadable();
        const ByteView record(bytes);
        end_ = {.at = size_ - kEndRecord,
                .disks = get_le(record.subspan(4, 4)),
                .entries_on_disk = get_le(record.subspan(8, 2)),
                .entries = get_le(record.subspan(10, 2)),
                .directory_size = get_le(record.subspan(12, 4)),
                .directory_at = get_le(record.subspan(16, 4))};
        announced = get_le(record.subspan(20, 2));
        if (announced == 0) return {};
      }
    }
    const auto begins = marked(0, kEntryMark);
    if (!begins) return begins.error();
    const auto earlier = earlier_end();
    if (!earlier) return earlier.error();
    if (*earlier && **earlier < size_) {
      return zip_malformed_at(
          **earlier, were_put(size_ - **earlier) + " behind the end of the zip, from here");
    }
    if (announced > 0) {
      return zip_malformed_at(
          size_, "cut short: the end record announces " + bytes_text(announced) + " more");
    }
    if (size_ >= 4 && !*begins)
      return zip_malformed_at(0, "no entry begins here and there is no end record: not a zip");
    return zip_malformed_at(size_, "cut short: no end record up to here, the end of the file");
  }

  // The byte behind the last end record that a directory stands before: content may hold the mark
  // by chance, but not that. Follows at most 1,000 marks to their directory, so that a file of
  // nothing else does not take long.
  [[nodiscard]] Result<std::optional<std::uint64_t>> earlier_end() const {
    Bytes window(std::size_t{32} * 1024);
    int followed = 0;
    for (std::uint64_t to = size_; to >= kEndRecord;) {
      const std::uint64_t from = to - std::min<std::uint64_t>(to, window.size());
      const std::span<std::uint8_t> bytes(window.data(), static_cast<std::size_t>(to - from));
      if (!read_(from, bytes)) return unreadable();
      // Of a record at `found` the whole lies in the window.
      const auto text = as_text(bytes);
      auto found = text.rfind(kEndMark, text.size() - kEndRecord);
      while (found != std::string_view::npos && followed < 1000) {
        const auto at = from + found;
        const auto directory_size = get_le(ByteView(bytes).subspan(found + 12, 4));
        if (directory_size >= kDirectoryLine && directory_size <= at) {
          ++followed;
          const auto directory = marked(at - directory_size, kLineMark);
          if (!directory) return directory.error();
          if (*directory) return std::optional(at + kEndRecord);
        }
        found = found == 0 ? std::string_view::npos : text.rfind(kEndMark, found - 1);
      }
      if (from == 0) break;
      to = from + kEndRecord - 1;
    }
    return std::optional<std::uint64_t>{};
  }

  Result<void> find_directory() {
    if (end_.disks != 0 || end_.entries != end_.entries_on_disk)
      return zip_malformed_at(end_.at, "the end record is of a zip in several files");
    if (end_.entries > kMostEntries) {
      return zip_malformed_at(end_.at, "the end record announces " + std::to_string(end_.entries) +
                                           " entries, more than 16");
    }
    const auto directory_end = end_.directory_at + end_.directory_size;
    if (directory_end == end_.at) return {};
    if (directory_end < end_.at) {
      const auto extra = end_.at - directory_end;
      const auto in_place = marked(end_.directory_at, kLineMark);
      if (!in_place) return in_place.error();
      const auto moved = marked(end_.directory_at + extra, kLineMark);
      if (!moved) return moved.error();
      const auto all_moved = marked(extra, kEntryMark);
      if (!all_moved) return all_moved.error();
      if (*moved && *all_moved) return before_first(extra);
      if (*moved) return gap_before(end_.directory_at + extra, extra, "the directory");
      if (*in_place) return gap_before(end_.at, extra, "the end record");
    }
    return zip_malformed_at(end_.at,
                            "the end record gives a place of the directory where it is not");
  }

  static Error before_first(std::uint64_t count) {
    return zip_malformed_at(0, were_put(count) + " before the first entry");
  }
  static Error gap(std::uint64_t offset, std::uint64_t count) {
    return zip_malformed_at(offset, were_put(count) + " between the parts of the zip, from here");
  }
  static Error gap_before(std::uint64_t offset, std::uint64_t count, std::string_view part) {
    return zip_malformed_at(offset, were_put(count) + " before " + std::string(part));
  }

  Result<void> read_directory() {
    std::uint64_t at = end_.directory_at;
    for (std::uint64_t i = 0; i < end_.entries; ++i) {
      std::array<std::uint8_t, kDirectoryLine> bytes{};
      if (end_.at - at < kDirectoryLine)
        return zip_malformed_at(at, "the directory ends before its last line");
      if (!read_(at, bytes)) return unreadable();
      const ByteView line(bytes);
      const auto whole = kDirectoryLine + get_le(line.subspan(28, 2)) +
                         get_le(line.subspan(30, 2)) + get_le(line.subspan(32, 2));
      if (as_text(line.first(4)) != kLineMark || whole > end_.at - at)
        return zip_malformed_at(at, "no line of the directory begins here");
      if (auto fine = take_line(line, at); !fine) return fine;
      at += whole;
    }
    if (at != end_.at) return gap(at, end_.at - at);
    return {};
  }

  Result<void> take_line(ByteView line, std::uint64_t line_at) {
    ZipPart part{.name = {},
                 .at = get_le(line.subspan(42, 4)),
                 .flags = static_cast<std::uint32_t>(get_le(line.subspan(8, 2))),
                 .method = static_cast<std::uint32_t>(get_le(line.subspan(10, 2))),
                 .checksum = get_le(line.subspan(16, 4)),
                 .packed = get_le(line.subspan(20, 4)),
                 .unpacked = get_le(line.subspan(24, 4))};
    std::array<std::uint8_t, kEntryHeader> bytes{};
    const bool inside = part.at < end_.directory_at && end_.directory_at - part.at >= kEntryHeader;
    if (inside && !read_(part.at, bytes)) return unreadable();
    const ByteView header(bytes);
    if (!inside || as_text(header.first(4)) != kEntryMark)
      return zip_malformed_at(line_at, "this line of the directory leads to no entry");

    const auto name = name_of(line, line_at);
    if (!name) return name.error();
    if (name->empty())
      return zip_malformed_at(part.at, "an entry that does not belong in such a file");
    part.name = *name;
    if (std::ranges::any_of(parts_, [&](const ZipPart& p) { return p.name == part.name; }))
      return zip_malformed_at(part.at, "a second entry named " + std::string(part.name));
    if (auto fine = check_header(header, part, line); !fine) return fine;
    parts_.push_back(part);
    return {};
  }

  // Which of the names asked for a line of the directory has; empty when none.
  [[nodiscard]] Result<std::string_view> name_of(ByteView line, std::uint64_t line_at) const {
    const auto length = get_le(line.subspan(28, 2));
    for (const auto name : names_) {
      if (name.size() != length) continue;
      Bytes bytes(name.size());
      if (!read_(line_at + kDirectoryLine, bytes)) return unreadable();
      if (as_text(bytes) == name) return name;
    }
    return std::string_view{};
  }

  [[nodiscard]] Result<void> check_header(ByteView header, const ZipPart& part,
                                          ByteView line) const {
    const std::string name(part.name);
    if ((part.flags & kEncrypted) != 0) return zip_malformed_at(part.at, name + " is encrypted");
    if (part.method != 0 && part.method != 8) {
      return zip_malformed_at(part.at,
                              name + " is packed by a method other than stored or deflated");
    }
    bool same = get_le(header.subspan(6, 2)) == part.flags &&
                get_le(header.subspan(8, 2)) == part.method &&
                get_le(header.subspan(26, 2)) == get_le(line.subspan(28, 2));
    if ((part.flags & kHasDescriptor) == 0) {
      const auto agrees = [&](std::size_t at, std::uint64_t value) {
        const auto given = get_le(header.subspan(at, 4));
        return given == value || given == kElsewhere;
      };
      same = same && get_le(header.subspan(14, 4)) == part.checksum && agrees(18, part.packed) &&
             agrees(22, part.unpacked);
    }
    Bytes bytes(part.name.size());
    if (same) {
      if (!read_(part.at + kEntryHeader, bytes)) return unreadable();
      same = as_text(bytes) == part.name;
    }
    if (!same)
      return zip_malformed_at(part.at, name + ": its header and the directory do not agree");
    return {};
  }

  [[nodiscard]] Result<void> check_gaps() const {
    auto parts = parts_;
    std::ranges::sort(parts, {}, &ZipPart::at);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto& part = parts[i];
      if (part.at > at) {
        return i == 0 ? before_first(part.at) : gap(at, part.at - at);
      }
      if (part.at < at) return zip_malformed_at(part.at, "an entry begins inside another");
      std::array<std::uint8_t, 4> lengths{};
      if (!read_(part.at + 26, lengths)) return unreadable();
      at = part.at + kEntryHeader + get_le(ByteView(lengths).first(2)) +
           get_le(ByteView(lengths).last(2)) + part.packed;
      const auto to = i + 1 < parts.size() ? parts[i + 1].at : end_.directory_at;
      if (at > to) {
        return zip_malformed_at(part.at, std::string(part.name) + " reaches into what follows it");
      }
      if ((part.flags & kHasDescriptor) == 0) continue;
      const auto descriptor = descriptor_size(part, at, to - at);
      if (!descriptor) return descriptor.error();
      if (*descriptor == 0) return zip_malformed_at(at, "no data descriptor of the entry before");
      at += *descriptor;
    }
    if (at != end_.directory_at) return gap(at, end_.directory_at - at);
    return {};
  }

  // Bytes of the descriptor at `at`, where there is room for `room`: checksum and both sizes, of
  // four bytes or (zip64) eight each, with a mark or without. 0 when none of the four is there.
  [[nodiscard]] Result<std::uint64_t> descriptor_size(const ZipPart& part, std::uint64_t at,
                                                      std::uint64_t room) const {
    std::array<std::uint8_t, 24> bytes{};
    const ByteView there = ByteView(bytes).first(std::min<std::size_t>(room, bytes.size()));
    if (!read_(at, std::span(bytes).first(there.size()))) return unreadable();
    for (const std::size_t size : {24U, 20U, 16U, 12U}) {  // a longer one holds a shorter one
      if (there.size() < size) continue;
      const std::size_t mark = size % 8 == 0 ? 4 : 0;
      const std::size_t width = (size - mark - 4) / 2;
      const ByteView values = there.subspan(mark, size - mark);
      if ((mark == 0 || as_text(there.first(4)) == kDescriptorMark) &&
          get_le(values.first(4)) == part.checksum &&
          get_le(values.subspan(4, width)) == part.packed &&
          get_le(values.subspan(4 + width, width)) == part.unpacked) {
        return std::uint64_t{size};
      }
    }
    return std::uint64_t{0};
  }

  const ReadAt& read_;
  std::uint64_t size_;
  std::span<const std::string_view> names_;
  EndRecord end_;
  std::vector<ZipPart> parts_;
};

}  // namespace

Error zip_malformed_at(std::uint64_t offset, std::string_view what) {
  return malformed_at("zip", offset, what);
}

Result<std::vector<ZipPart>> check_zip_layout(const ReadAt& read, std::uint64_t size,
                                              std::span<const std::string_view> names) {
  return Layout(read, size, names).check();
}

}  // namespace bz::wire
