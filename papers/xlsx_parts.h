// The parts of a workbook other than its sheets: which sheets there are and where, shared strings,
// which formats are dates. Only for papers/xlsx_read.cpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "papers/excel_values.h"
#include "papers/xml.h"

namespace bz::papers {

// A text as XML parts store it: "_x000D_" is the character U+000D.
std::string without_escapes(std::string_view stored);
// A text whose "_x" is not taken for the beginning of such a character. The library that writes
// does so for characters, not for texts that look like one.
std::string with_escapes(std::string_view text);

// Relationships of a part (ECMA-376 part 2, 9.3): where what it names lies. `folder` is the part's
// own
// ("xl/"), from which targets count.
class Relations final : public XmlTaker {
 public:
  explicit Relations(std::string folder) : folder_(std::move(folder)) {}

  // The part; empty when there is no such relation, or it leads out of the file.
  [[nodiscard]] std::string by_id(std::string_view id) const;
  // The first whose type ends so ("/sharedStrings").
  [[nodiscard]] std::string by_type(std::string_view end) const;
  // Whether the relation is of such a type.
  [[nodiscard]] bool is(std::string_view id, std::string_view type_end) const;

  Result<void> begin(std::span<const std::string_view> path,
                     std::span<const XmlAttribute> attributes) override;
  Result<void> text(std::span<const std::string_view>, std::string_view) override { return {}; }
  Result<void> end(std::span<const std::string_view>) override { return {}; }

 private:
  struct Relation {
    std::string id;
    std::string type;
    std::string part;
  };
  [[nodiscard]] const Relation* find(std::string_view id) const;
  std::string folder_;
  std::vector<Relation> all_;
};

// xl/workbook.xml
class WorkbookPart final : public XmlTaker {
 public:
  struct Tab {
    std::string name;
    std::string relation;
    bool hidden = false;
  };
  std::vector<Tab> tabs;
  DaysFrom days_from = DaysFrom::k1900;

  Result<void> begin(std::span<const std::string_view> path,
                     std::span<const XmlAttribute> attributes) override;
  Result<void> text(std::span<const std::string_view>, std::string_view) override { return {}; }
  Result<void> end(std::span<const std::string_view>) override { return {}; }
};

// xl/sharedStrings.xml: texts that cells name by their number. What a text's runs look like, and
// how it is pronounced, is passed over.
class SharedStrings final : public XmlTaker {
 public:
  std::vector<std::string> texts;

  Result<void> begin(std::span<const std::string_view> path,
                     std::span<const XmlAttribute> attributes) override;
  Result<void> text(std::span<const std::string_view> path, std::string_view piece) override;
  Result<void> end(std::span<const std::string_view> path) override;
};

// xl/styles.xml
class Styles final : public XmlTaker {
 public:
  // The number format of a cell's style; a plain number where there is none.
  [[nodiscard]] NumberFormat format(std::size_t style) const;

  Result<void> begin(std::span<const std::string_view> path,
                     std::span<const XmlAttribute> attributes) override;
  Result<void> text(std::span<const std::string_view>, std::string_view) override { return {}; }
  Result<void> end(std::span<const std::string_view>) override { return {}; }

 private:
  std::map<unsigned, NumberFormat> written_;
  std::vector<unsigned> of_style_;
};

// Whether `path` ends below the root with these names and is that deep: below_root(path, "sheets",
// "sheet").
template <class... Names>
bool below_root(std::span<const std::string_view> path, Names... names) {
  const std::string_view wanted[] = {names...};
  if (path.size() != sizeof...(names) + 1) return false;
  for (std::size_t i = 0; i < sizeof...(names); ++i) {
    if (path[i + 1] != wanted[i]) return false;
  }
  return true;
}

// "1" or "true", as XML has a yes.
inline bool is_yes(std::string_view value) {
  return value == "1" || value == "true";
}

}  // namespace bz::papers
