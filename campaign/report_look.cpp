#include "campaign/report_look.h"

#include <algorithm>
#include <map>

#include "campaign/report_rows.h"
#include "papers/mail.h"
#include "vi/calendar.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::size_t kLongestText = 4'000;
constexpr std::int64_t kMostRate = 100'000'000;  // a million percent

std::string in_row(const Line& line, std::string_view column, const std::string& cell = {}) {
  if (!cell.empty()) return cell;
  const auto& row = line.place.empty() ? line.subject : line.place;
  return column.empty() ? row : row + "." + std::string(column);
}

class Looking {
 public:
  Looking(Sql& sql, const Submission& given) : sql_(sql), given_(given) {}

  Given<Looked> look() {
    if (auto stopped = known_body(); !stopped || *stopped) return stop(stopped);
    if (auto stopped = known_dues(); !stopped || *stopped) return stop(stopped);
    rows_ = std::vector<FormRow>{};
    auto rows = rows_of(sql_, *looked_.form, looked_.body, day_asked(looked_.dues.back()));
    if (!rows) {
      if (rows.error().code != Code::kInvalid) return rows.error();
      return refused(422, "Cơ quan này chưa được gắn với một tỉnh.",
                     "The body has been put into no province.");
    }
    rows_ = std::move(*rows);
    look_at_lines();
    if (looked_.missing_rows.size() == rows_.size() && faults_.empty()) {
      faults_.push_back(fault("lines", "Báo cáo không có số liệu nào.",
                              "There is nothing in the report.",
                              "Điền số liệu, hoặc ghi \"không phát sinh\".",
                              "Fill it in, or say that there is nothing to report."));
    }
    make_figures();
    if (faults_.empty()) {
      if (auto asked = ask(); !asked) return asked.error();
    }
    if (auto needed = need_reason(); !needed) return needed.error();
    if (!faults_.empty()) {
      return refused(422, "Báo cáo chưa đúng; chưa có gì được lưu.",
                     "The report is not right; nothing was kept.", std::move(faults_));
    }
    return std::move(looked_);
  }

 private:
  // Nothing: go on.
  using Stop = Result<std::optional<Refusal>>;
  static Given<Looked> stop(const Stop& stopped) {
    if (!stopped) return stopped.error();
    return **stopped;
  }

  Stop known_body() {
    if (given_.original.content.size() > papers::kMostMailBytes) {
      return std::optional(refused(413, "Tệp lớn hơn 25 MB. Gửi tệp nhỏ hơn.",
                                   "The file is over 25 MB. Send a smaller one."));
    }
    auto body = find_body(sql_, given_.body);
    if (!body) {
      if (body.error().code == Code::kNotFound) return std::optional(refusal::not_found());
      return body.error();
    }
    looked_.body = std::move(*body);
    return std::optional<Refusal>{};
  }

  Stop known_dues() {
    auto keys = given_.dues;
    if (keys.empty()) {
      if (find_form(given_.form) == nullptr) return std::optional(unknown_form());
      auto meant = dues_meant(sql_, given_.body, given_.form, given_.received_at);
      if (!meant) return meant.error();
      if (const auto* refusal = meant.refused()) return std::optional(*refusal);
      keys = std::move(meant.value());
    }
    std::ranges::sort(keys, {}, [](const DueKey& key) {
      return std::pair(key.due_before, std::string_view(key.task));
    });
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    if (keys.size() > kMostDuesNamed) return std::optional(too_many_dues());
    std::string form = given_.form;
    for (const auto& key : keys) {
      // Whatever has come by now: the clocks of servers differ.
      auto due = find_due(sql_, key, Instant::max());
      if (!due) return due.error();
      if (!*due || key.body != given_.body) return std::optional(not_asked());
      if (form.empty()) form = (*due)->form;
      if (form != (*due)->form) return std::optional(other_form());
      known_.push_back(std::move(**due));
    }
    looked_.form = find_form(form);
    if (looked_.form == nullptr) return std::optional(unknown_form());
    looked_.dues = std::move(keys);
    return std::optional<Refusal>{};
  }

  static Refusal unknown_form() {
    return refused(422, "Không rõ biểu mẫu.", "It is not clear which form this is.",
                   {fault("form", "Không có biểu mẫu này.", "There is no such form.",
                          "Ghi kỳ báo cáo hoặc tên biểu mẫu.", "Name the due or the form.")});
  }
  static Refusal too_many_dues() {
    return refused(
        422, "Báo cáo ghi hơn 20 kỳ.", "The report names over 20 dues.",
        {fault("dues", "Một báo cáo trả lời nhiều nhất 20 kỳ.", "A report answers at most 20 dues.",
               "Chia thành nhiều báo cáo.", "Split it.")});
  }
  static Refusal not_asked() {
    return refused(404, "Không giao kỳ báo cáo này cho cơ quan đó: xem sổ theo dõi.",
                   "No such report is asked of this body: see the register.");
  }
  static Refusal other_form() {
    return refused(422, "Kỳ báo cáo này dùng biểu mẫu khác.", "This due asks for another form.",
                   {fault("form", "Các kỳ ghi ở đây dùng biểu mẫu khác nhau.",
                          "The dues named here ask for different forms.",
                          "Gửi mỗi biểu mẫu một báo cáo.", "Send one report for each form.")});
  }

  void look_at_lines() {
    if (given_.nothing) {
      if (!given_.lines.empty()) {
        faults_.push_back(fault("lines", "Báo cáo \"không phát sinh\" mà vẫn có số liệu.",
                                "It says nothing to report, and has lines.", "Bỏ một trong hai.",
                                "Leave out one of the two."));
      }
      return;
    }
    std::map<std::string_view, const Line*> by_subject;
    for (const auto& line : given_.lines) {
      if (std::ranges::find(rows_, line.subject, &FormRow::subject) == rows_.end()) {
        faults_.push_back(fault(in_row(line, ""), "Biểu mẫu không có dòng này.",
                                "The form has no such row.", "Chỉ ghi các đơn vị trong biểu mẫu.",
                                "Give the units of the form only."));
      } else if (!by_subject.emplace(line.subject, &line).second) {
        faults_.push_back(fault(in_row(line, ""), "Đơn vị này có hai dòng.",
                                "This unit has two rows.", "Giữ lại một dòng.",
                                "Keep one of them."));
      }
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto found = by_subject.find(rows_[i].subject);
      if (found != by_subject.end()) take(static_cast<std::int64_t>(i) + 1, *found->second);
      if (found == by_subject.end() || !is_complete(looked_.lines.back().line))
        looked_.missing_rows.push_back(rows_[i].subject);
    }
  }

  // The line with its values in order, each looked at.
  void take(std::int64_t number, const Line& line) {
    PlacedLine placed{number, {line.subject, {}, line.nothing, line.place}};
    for (const auto& value : line.values) {
      const auto* column = find_column(*looked_.form, value.column);
      if (column == nullptr || column->kind == ColumnKind::kNumber ||
          column->kind == ColumnKind::kUnit) {
        faults_.push_back(fault(in_row(line, value.column, value.cell),
                                "Biểu mẫu không có cột này.", "The form has no such column.",
                                "Chỉ ghi các cột của biểu mẫu.",
                                "Give the columns of the form only."));
      }
    }
    for (const auto& column : looked_.form->columns) {
      int seen = 0;
      for (const auto& value : line.values) {
        if (value.column != column.id || (!value.number && value.words.empty())) continue;
        if (++seen > 1) {
          faults_.push_back(fault(in_row(line, column.id, value.cell), "Ô này ghi hai lần.",
                                  "This cell stands here twice.", "Giữ lại một.",
                                  "Keep one of them."));
        } else if (is_right(line, column, value)) {
          placed.line.values.push_back(value);
        }
      }
    }
    looked_.lines.push_back(std::move(placed));
  }

  bool is_right(const Line& line, const Column& column, const Value& value) {
    const auto cell = in_row(line, column.id, value.cell);
    const auto wrong = [&](std::string_view says, std::string_view says_en, std::string_view todo,
                           std::string_view todo_en) {
      faults_.push_back(fault(cell, says, says_en, todo, todo_en));
      return false;
    };
    if (value.words.size() > kLongestText || !vi::normal(value.words)) {
      return wrong("Đoạn chữ quá dài hoặc không đọc được.", "The text is too long or unreadable.",
                   "Rút gọn, nhiều nhất 4.000 byte.", "Shorten it to at most 4,000 bytes.");
    }
    if (column.kind == ColumnKind::kText) return true;
    const std::int64_t most = column.kind == ColumnKind::kRate    ? kMostRate
                              : column.kind == ColumnKind::kCount ? kMostValue
                                                                  : to_ms(Instant::max());
    // A rate or a time that no number could be read of stays as it was written.
    if (!value.number && column.kind != ColumnKind::kCount) return true;
    if (!value.number || *value.number < 0 || *value.number > most) {
      return wrong("Ở đây phải là số nguyên từ 0 trở lên.",
                   "A whole number from 0 on must stand here.", "Sửa số, ví dụ 9.210.",
                   "Correct the number, as 9210.");
    }
    if (column.kind == ColumnKind::kCount && line.nothing) {
      return wrong("Dòng ghi \"không phát sinh\" mà vẫn có số.",
                   "The row says nothing to report, and has a number.", "Bỏ một trong hai.",
                   "Leave out one of the two.");
    }
    return true;
  }

  [[nodiscard]] bool is_complete(const Line& line) const {
    for (const auto& column : looked_.form->columns) {
      if (!column.is_needed || column.kind == ColumnKind::kUnit) continue;
      if (line.nothing && column.kind == ColumnKind::kCount) continue;
      if (std::ranges::find(line.values, column.id, &Value::column) == line.values.end())
        return false;
    }
    return true;
  }

  void make_figures() {
    for (const auto& due : looked_.dues) {
      if (given_.nothing) {
        for (std::size_t i = 0; i < rows_.size(); ++i) {
          nothing_in(due, static_cast<std::int64_t>(i) + 1, rows_[i].subject);
        }
      }
      for (const auto& placed : looked_.lines) {
        if (placed.line.nothing) nothing_in(due, placed.number, placed.line.subject);
        for (const auto& value : placed.line.values) {
          add(due, placed.number, placed.line.subject, value.column, value.number);
        }
      }
    }
  }

  void nothing_in(const DueKey& due, std::int64_t number, const std::string& subject) {
    for (const auto& column : looked_.form->columns) {
      if (column.is_needed) add(due, number, subject, column.id, std::nullopt);
    }
  }

  void add(const DueKey& due, std::int64_t number, const std::string& subject, std::string_view id,
           std::optional<std::int64_t> value) {
    const auto* column = find_column(*looked_.form, id);
    if (column == nullptr || column->measure.empty()) return;
    NewFigure figure;
    figure.subject = subject;
    figure.measure = column->measure;
    figure.source = source_of(looked_.body);
    figure.cut_off = due.due_before;
    figure.value = value;
    figure.known_at = given_.known();
    figure.leg = leg_of(given_.channel);
    figure.origin = given_.is_illustrative ? OriginKind::kIllustrative : OriginKind::kReportLine;
    figure.by = given_.account;
    figure.reason = given_.reason;
    looked_.figures.push_back({std::move(figure), number, column - looked_.form->columns.data()});
  }

  // The rate as it was written beside the counts.
  [[nodiscard]] std::optional<ReportedRate> rate_of(const Line& line, const Column& counted) const {
    if (counted.measure != "app_installed_sim") return std::nullopt;
    const auto rate = std::ranges::find(line.values, "rate", &Value::column);
    const auto whole = std::ranges::find(line.values, "subscriptions", &Value::column);
    if (rate == line.values.end() || !rate->number || whole == line.values.end())
      return std::nullopt;
    ReportedRate reported{*rate->number, 2, whole->number};
    const auto comma = rate->words.find(',');
    if (!rate->words.empty()) {
      std::size_t digits = 0;
      if (comma != std::string::npos) {
        while (comma + 1 + digits < rate->words.size() && rate->words[comma + 1 + digits] >= '0' &&
               rate->words[comma + 1 + digits] <= '9') {
          ++digits;
        }
      }
      for (auto left = digits; left < 2 && reported.digits % 10 == 0; ++left) {
        reported.digits /= 10;
        --reported.decimals;
      }
    }
    return reported;
  }

  Result<void> ask() {
    for (const auto& due : looked_.dues) {
      std::vector<NewFigure> beside;
      for (const auto& placed : looked_.figures) {
        if (placed.figure.cut_off == due.due_before) beside.push_back(placed.figure);
      }
      for (const auto& placed : looked_.figures) {
        if (placed.figure.cut_off != due.due_before || !placed.figure.value) continue;
        if (auto asked = ask_about(placed, beside); !asked) return asked;
      }
    }
    for (const auto& placed : looked_.lines) {
      for (const auto& value : placed.line.values) ask_about_time(placed.line, value);
    }
    return {};
  }

  // A time after the report came, or of a day that is neither the due's nor the one on which it
  // came: it may be another day's file. An hour, as clocks differ.
  void ask_about_time(const Line& line, const Value& value) {
    const auto* column = find_column(*looked_.form, value.column);
    if (column->kind != ColumnKind::kTime || !value.number) return;
    const Instant stated = from_ms(*value.number);
    const auto day = vi::local_day(stated);
    const bool is_ahead = stated > given_.received_at + std::chrono::hours{1};
    const bool is_of_a_due =
        std::ranges::any_of(looked_.dues, [&](const DueKey& due) { return day_asked(due) == day; });
    if (!is_ahead && (is_of_a_due || day == vi::local_day(given_.received_at))) return;
    Question question{line.subject, value.column, in_row(line, value.column, value.cell), {}};
    auto& finding = question.finding;
    finding.severity = Severity::kNote;
    finding.check = "other_time";
    finding.says = is_ahead ? "Thời điểm này ở sau lúc nhận báo cáo."
                            : "Thời điểm này không thuộc ngày của kỳ báo cáo.";
    finding.says_en =
        is_ahead ? "This time lies after the report came." : "This time is not of the due's day.";
    finding.todo =
        "Xem có đúng tệp của kỳ này không; nếu đúng, sửa thời điểm hoặc giải thích ở "
        "cột ghi chú.";
    finding.todo_en =
        "See whether this is the file of this due; if it is, mend the time or explain it in the "
        "note column.";
    put(std::move(question), line);
  }

  Result<void> ask_about(const PlacedFigure& placed, std::span<const NewFigure> beside) {
    const auto& line = std::ranges::find(looked_.lines, placed.line, &PlacedLine::number)->line;
    const auto& column = looked_.form->columns[static_cast<std::size_t>(placed.place)];
    const auto findings = check(sql_, placed.figure, beside, rate_of(line, column));
    if (!findings) return findings.error();
    const auto value = std::ranges::find(line.values, column.id, &Value::column);
    const auto cell = in_row(line, column.id, value->cell);
    for (const auto& finding : *findings)
      put({line.subject, std::string(column.id), cell, finding}, line);
    return {};
  }

  // A note in the row answers it; where nobody can be asked it stays open, else it is to be mended.
  void put(Question question, const Line& line) {
    const bool has_note = std::ranges::find(line.values, looked_.form->note_column,
                                            &Value::column) != line.values.end();
    const auto& finding = question.finding;
    const bool is_note = finding.severity == Severity::kNote;
    if (is_note && (has_note || is_there(question))) return;
    if (is_note && leaves_open()) {
      looked_.questions.push_back(std::move(question));
    } else if (!is_fault(question.cell, finding.says)) {
      faults_.push_back(
          fault(question.cell, finding.says, finding.says_en, finding.todo, finding.todo_en));
    }
  }

  // Two dues ask the same.
  [[nodiscard]] bool is_there(const Question& question) const {
    return std::ranges::any_of(looked_.questions, [&](const Question& one) {
      return one.cell == question.cell && one.finding.check == question.finding.check;
    });
  }
  [[nodiscard]] bool is_fault(const std::string& cell, const std::string& says) const {
    return std::ranges::any_of(
        faults_, [&](const Fault& one) { return one.cell == cell && one.says == says; });
  }

  // A mail has been sent and a caller has hung up: there is nobody to ask.
  [[nodiscard]] bool leaves_open() const {
    return given_.channel == Channel::kMail || given_.channel == Channel::kCall;
  }

  Result<void> need_reason() {
    if (leaves_open() || !given_.reason.empty()) return {};
    for (const auto& due : known_) {
      const auto& leg = due.leg(leg_of(given_.channel));
      if (leg.versions == 0 || leg.newest_is_returned || !leg.newest_is_complete) continue;
      faults_.push_back(fault("reason", "Kỳ này đã có báo cáo: đây là bản đính chính.",
                              "There is a report for this due: this one corrects it.",
                              "Ghi lý do đính chính.", "Write why it is corrected."));
      return {};
    }
    return {};
  }

  Sql& sql_;
  const Submission& given_;
  Looked looked_;
  std::vector<Due> known_;
  std::vector<FormRow> rows_;
  std::vector<Fault> faults_;
};

}  // namespace

Given<Looked> look_at(Sql& sql, const Submission& submission) {
  return Looking(sql, submission).look();
}

}  // namespace bz::campaign
