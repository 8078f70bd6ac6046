#include "units/report.h"

#include <algorithm>
#include <map>

#include "papers/says.h"

namespace bz::units {
namespace {

using vi::Language;

struct Sentence {
  std::string_view vietnamese;
  std::string_view english;
};

// %c the code, %f what the file has, %e what is expected. Between them plain words.
Sentence sentence_of(Fault fault) {
  switch (fault) {
    case Fault::kNoTable: return {"Không đọc được bảng. %f", "No table that can be read. %f"};
    case Fault::kNoCode:
      return {"“%f” không phải mã đơn vị (2, 3 hoặc 5 chữ số)",
              "“%f” is no unit's code (2, 3 or 5 digits)"};
    case Fault::kTwice: return {"%c có hai lần trong tệp", "%c stands twice in the file"};
    case Fault::kNoParent:
      return {"%c: đơn vị cấp trên “%f” không có trong danh sách",
              "%c: its parent “%f” is not on the list"};
    case Fault::kNoName:
      return {"%c: “%f” không có tên hoặc loại đơn vị (%e) không thuộc cấp này",
              "%c: “%f” has no name, or its type (%e) is none of this level"};
    case Fault::kNoCount:
      return {"%c: “%f” không phải số đếm từ 0", "%c: “%f” is no count of 0 or more"};
    case Fault::kNoKind:
      return {"%c: “%f” không phải full hay partial", "%c: “%f” is neither full nor partial"};
    case Fault::kNoWeight:
      return {"%c: trọng số “%f” không phải số nguyên lớn hơn 0",
              "%c: the weight “%f” is no whole number over 0"};
    case Fault::kEdgesDisagree:
      return {"%c nhập toàn bộ vào %f nhưng còn dòng khác cho cùng đơn vị",
              "%c went wholly to %f, but has another row"};
    case Fault::kNoDay:
      return {"%c: “%f” không phải ngày (năm-tháng-ngày)", "%c: “%f” is no day (year-month-day)"};
    case Fault::kNoGeometry:
      return {"%c: ranh giới không phải đa giác khép kín nằm ở Việt Nam",
              "%c: its border is no closed polygon in Vietnam"};
    case Fault::kOlder:
      return {"Danh sách ngày %f cũ hơn danh sách đã nhập ngày %e; hãy nhập theo thứ tự thời gian",
              "The list of %f is older than that of %e, which is imported; import in order"};
    case Fault::kSpelling:
      return {"%c: viết “%f”, hiểu là “%e”", "%c: written “%f”, taken as “%e”"};
    case Fault::kOtherName:
      return {"%c: tên “%f” khác tên đã có “%e”; lấy theo mã",
              "%c: the name “%f” is not “%e”, which we have; joined on the code"};
    case Fault::kLevelColumn:
      return {"%c: cột cấp ghi %f, theo mã là cấp %e; lấy theo mã",
              "%c: the level column says %f, the code %e; the code counts"};
    case Fault::kNoCommunes: return {"%c %f không có đơn vị cấp xã", "%c %f has no communes"};
    case Fault::kCodeUsedAgain:
      return {"%c: mã dùng lại, trước là “%e”, nay là “%f”",
              "%c: the code is used again, before for “%e”, now for “%f”"};
    case Fault::kNoUnit:
      return {"%c %f: không có đơn vị này vào ngày ấy; bỏ qua",
              "%c %f: no such unit on that day; left out"};
    case Fault::kNoPolygon:
      return {"%c %e: tệp không có ranh giới", "%c %e: the file has no polygon"};
    case Fault::kNotListed:
      return {"%c %e: đã có từ chính ngày này nhưng không có trong danh sách; giữ nguyên",
              "%c %e: begins on this very day but is not on the list; it stays"};
    case Fault::kNoEdge:
      return {"%c %f: bảng chuyển đổi không nói đi đâu; không suy đoán",
              "%c %f: the crosswalk does not say where it went; not guessed"};
    case Fault::kNoOrigin:
      return {"%c %f: bảng chuyển đổi không nói từ đâu; không suy đoán",
              "%c %f: the crosswalk does not say whence it came; not guessed"};
    case Fault::kMissingCount: return {"%c %e: không có số. %f", "%c %e: no count. %f"};
    case Fault::kFolded:
      return {"%c: số gồm cả đơn vị đã giải thể (%f)",
              "%c: the count holds a dissolved unit's (%f)"};
    case Fault::kOddAct:
      return {"“%c” không đúng cách ghi số văn bản", "“%c” is not how an act is numbered"};
    case Fault::kOddDay:
      return {"%c: ngày %f là ngày tải danh sách, không phải ngày có hiệu lực",
              "%c: %f is the day the list was fetched, not the day of effect"};
  }
  return {};
}

std::string filled(std::string_view pattern, const Finding& finding) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out += pattern[i];
      continue;
    }
    const char which = pattern[++i];
    out += which == 'c' ? finding.code : which == 'f' ? finding.found : finding.expected;
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  return out + ".";
}

class Text {
 public:
  explicit Text(Language language) : language_(language) {}

  void line(std::string_view vietnamese, std::string_view english, std::int64_t count) {
    if (count == 0) return;
    out += std::string(pick(vietnamese, english)) + ": " + vi::show_count(count, language_) + "\n";
  }
  void sentence(std::string_view vietnamese, std::string_view english) {
    out += std::string(pick(vietnamese, english)) + "\n";
  }
  [[nodiscard]] std::string_view pick(std::string_view vietnamese, std::string_view english) const {
    return language_ == Language::kVietnamese ? vietnamese : english;
  }

  std::string out;

 private:
  Language language_;
};

void write_counts(Text& text, const Report& report) {
  text.line("Số dòng", "Rows", report.rows);
  text.line("Cấp tỉnh", "Provinces", report.provinces);
  text.line("Cấp huyện", "Districts", report.districts);
  text.line("Cấp xã", "Communes", report.communes);
  text.line("Chuyển toàn bộ", "Full edges", report.full_edges);
  text.line("Chuyển một phần", "Partial edges", report.partial_edges);
  text.line("Tổng số", "Total", report.total);
  text.line("Thêm mới", "Added", report.added);
  text.line("Thay đổi", "Changed", report.changed);
  text.line("Kết thúc hiệu lực", "Ended", report.closed);
  text.line("Đã có, giữ nguyên", "Already there", report.same);
}

void write_finding(Text& text, const Finding& finding, Language language) {
  text.out += "  ";
  if (finding.row > 0) {
    text.out += std::string(text.pick("dòng ", "row ")) + std::to_string(finding.row) + ": ";
  }
  text.out += says(finding, language) + "\n";
}

}  // namespace

bool refuses(Fault fault) {
  return fault <= Fault::kOlder;
}

std::string says(const Finding& finding, Language language) {
  const auto sentence = sentence_of(finding.fault);
  const bool vietnamese = language == Language::kVietnamese;
  auto shown = finding;
  if (finding.fault == Fault::kNoTable) {
    // What papers/ says of the file stands there in both languages.
    const auto both = papers::two_languages({Code::kMalformed, finding.found});
    shown.found = vietnamese ? both.vietnamese : both.english;
    if (!finding.expected.empty()) {
      shown.found = (vietnamese ? "Cần có: " : "Needed: ") + finding.expected;
    }
  }
  return filled(vietnamese ? sentence.vietnamese : sentence.english, shown);
}

bool Report::is_refused() const {
  return std::ranges::any_of(findings, [](const Finding& one) { return refuses(one.fault); });
}

std::int64_t Report::count(Fault fault) const {
  return std::ranges::count(findings, fault, &Finding::fault);
}

std::string to_text(const Report& report, Language language, std::size_t most) {
  Text text(language);
  write_counts(text, report);
  std::map<Fault, std::vector<const Finding*>> by_fault;
  for (const auto& finding : report.findings) by_fault[finding.fault].push_back(&finding);
  for (const auto& place : by_fault) {
    const auto& findings = place.second;
    const auto shown = std::min(most, findings.size());
    for (std::size_t i = 0; i < shown; ++i) write_finding(text, *findings[i], language);
    text.line("  … cùng loại, tổng cộng", "  … of this kind, in all",
              shown < findings.size() ? static_cast<std::int64_t>(findings.size()) : 0);
  }
  if (report.is_refused()) {
    text.sentence("Không nhập được: hãy sửa các lỗi trên rồi nộp lại tệp.",
                  "Refused: mend what stands above and hand the file in again.");
  } else if (report.changes_nothing()) {
    text.sentence("Không có gì thay đổi.", "Nothing changes.");
  }
  return text.out;
}

}  // namespace bz::units
