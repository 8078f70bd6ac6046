#include "campaign/templates.h"

#include "campaign/form_paper.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

Given<papers::SheetToWrite> sheet_for(store::Sql& sql, const TemplateQuestion& question) {
  const auto* form = find_form(question.form);
  if (form == nullptr) return refusal::not_found();
  const auto body = find_body(sql, question.body);
  if (!body) {
    if (body.error().code == Code::kNotFound) return refusal::not_found();
    return body.error();
  }
  const auto paper = form_paper(sql, *form, *body, question.day, question.dues);
  if (!paper) {
    if (paper.error().code != Code::kInvalid) return paper.error();
    return Refusal{422,
                   "Cơ quan này chưa được gắn với một tỉnh, mà biểu mẫu có dòng cho từng huyện.",
                   "The body sits in no province, and the form has a row for each district."};
  }
  return form_sheet(*paper, {}, false, true);
}

}  // namespace

Given<Bytes> template_xlsx(store::Sql& sql, const TemplateQuestion& question) {
  auto sheet = sheet_for(sql, question);
  if (!sheet) return sheet.error();
  if (const auto* refusal = sheet.refused()) return *refusal;
  auto file = papers::write_xlsx({sheet.value()}, vi::start_of(question.day));
  if (!file) return file.error();
  return std::move(*file);
}

Given<Bytes> template_csv(store::Sql& sql, const TemplateQuestion& question) {
  auto sheet = sheet_for(sql, question);
  if (!sheet) return sheet.error();
  if (const auto* refusal = sheet.refused()) return *refusal;
  return csv_of(sheet.value());
}

}  // namespace bz::campaign
