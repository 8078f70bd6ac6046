#include "papers/xlsx_parts.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "papers/says.h"
#include "papers/sheet.h"

namespace bz::papers {
namespace {

constexpr std::size_t kMostSheets = 200;
constexpr std::size_t kMostStyles = 65'536;

std::optional<unsigned> unsigned_of(std::string_view text, int base = 10) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_utf8(std::string& out, unsigned c) {
  const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | (c >> 6U));
  } else {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
  }
  put(0x80U | (c & 0x3FU));
}

// "xl/" and "../docProps/app.xml" make "docProps/app.xml". Empty when it leads out of the file.
std::string resolved(std::string_view folder, std::string_view target) {
  std::string whole = target.starts_with('/') ? std::string(target.substr(1))
                                              : std::string(folder) + std::string(target);
  std::vector<std::string_view> names;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const auto slash = rest.find('/');
    const auto name = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(name);
    } else if (names.empty()) {
      return {};
    } else {
      names.pop_back();
    }
  }
  std::string path;
  for (const auto name : names) {
    if (!path.empty()) path += '/';
    path += name;
  }
  return path;
}

Error over_bound(std::string_view what) {
  return {Code::kMalformed, std::string(what)};
}

}  // namespace

std::string without_escapes(std::string_view stored) {
  std::string out;
  std::size_t at = 0;
  for (auto mark = stored.find("_x"); mark != std::string_view::npos;
       mark = stored.find("_x", std::max(at, mark + 1))) {
    if (mark + 7 > stored.size() || stored[mark + 6] != '_') continue;
    const auto c = unsigned_of(stored.substr(mark + 2, 4), 16);
    const bool character = c && *c != 0 && (*c < 0xD800 || *c > 0xDFFF) && *c < 0xFFFE;
    if (!character) continue;
    out += stored.substr(at, mark - at);
    append_utf8(out, *c);
    at = mark + 7;
  }
  return out + std::string(stored.substr(at));
}

std::string with_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    out += text[at];
    if (text.substr(at, 2) == "_x") out += "x005F_";
  }
  return out;
}

const Relations::Relation* Relations::find(std::string_view id) const {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [&](const Relation& one) { return one.id == id; });
  return found == all_.end() ? nullptr : &*found;
}

std::string Relations::by_id(std::string_view id) const {
  const auto* relation = find(id);
  return relation == nullptr ? std::string{} : relation->part;
}

std::string Relations::by_type(std::string_view end) const {
  for (const auto& one : all_) {
    if (one.type.ends_with(end)) return one.part;
  }
  return {};
}

bool Relations::is(std::string_view id, std::string_view type_end) const {
  const auto* relation = find(id);
  return relation != nullptr && relation->type.ends_with(type_end);
}

Result<void> Relations::begin(std::span<const std::string_view> path,
                              std::span<const XmlAttribute> attributes) {
  if (!below_root(path, "Relationship")) return {};
  if (attribute(attributes, "TargetMode") == "External") return {};
  if (all_.size() == 10'000) return over_bound("too many relationships");
  all_.push_back({std::string(attribute(attributes, "Id")),
                  std::string(attribute(attributes, "Type")),
                  resolved(folder_, attribute(attributes, "Target"))});
  return {};
}

Result<void> WorkbookPart::begin(std::span<const std::string_view> path,
                                 std::span<const XmlAttribute> attributes) {
  if (below_root(path, "workbookPr")) {
    if (is_yes(attribute(attributes, "date1904"))) days_from = DaysFrom::k1904;
  } else if (below_root(path, "sheets", "sheet")) {
    if (tabs.size() == kMostSheets) {
      return says(Code::kMalformed, "Tệp có hơn 200 trang tính. Hãy bỏ các trang thừa.",
                  "The file has over 200 sheets: remove those that are not needed.");
    }
    const auto state = attribute(attributes, "state");
    tabs.push_back({std::string(attribute(attributes, "name")),
                    std::string(attribute(attributes, "id")),
                    state == "hidden" || state == "veryHidden"});
  }
  return {};
}

Result<void> SharedStrings::begin(std::span<const std::string_view> path,
                                  std::span<const XmlAttribute>) {
  if (!below_root(path, "si")) return {};
  if (texts.size() == kMostCells) return over_bound("too many shared strings");
  texts.emplace_back();
  return {};
}

Result<void> SharedStrings::text(std::span<const std::string_view> path, std::string_view piece) {
  if (below_root(path, "si", "t") || below_root(path, "si", "r", "t")) texts.back() += piece;
  return {};
}

Result<void> SharedStrings::end(std::span<const std::string_view> path) {
  if (below_root(path, "si")) texts.back() = without_escapes(texts.back());
  return {};
}

NumberFormat Styles::format(std::size_t style) const {
  if (style >= of_style_.size()) return {};
  const auto written = written_.find(of_style_[style]);
  return written == written_.end() ? built_in_format(of_style_[style]) : written->second;
}

Result<void> Styles::begin(std::span<const std::string_view> path,
                           std::span<const XmlAttribute> attributes) {
  if (below_root(path, "numFmts", "numFmt")) {
    const auto id = unsigned_of(attribute(attributes, "numFmtId"));
    if (written_.size() == kMostStyles) return over_bound("too many number formats");
    if (id) written_[*id] = format_of_code(attribute(attributes, "formatCode"));
  } else if (below_root(path, "cellXfs", "xf")) {
    if (of_style_.size() == kMostStyles) return over_bound("too many styles");
    of_style_.push_back(unsigned_of(attribute(attributes, "numFmtId")).value_or(0));
  }
  return {};
}

}  // namespace bz::papers
