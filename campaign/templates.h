// Empty forms for a body to fill in: the form's columns, a row for each that it has, and the dues
// that it answers. entry.h reads a filled one back.
#pragma once

#include <string>
#include <vector>

#include "campaign/answers.h"
#include "campaign/dues.h"
#include "campaign/forms.h"

namespace bz::campaign {

struct TemplateQuestion {
  std::string body;
  std::string form;
  Day day{};                      // whose units its rows are
  std::vector<DueKey> dues = {};  // named in it; empty: none
};

// 404 when there is no such body or form; 422 when the form needs a province and the body sits in
// none. Made at `day`'s beginning: the same bytes each time.
Given<Bytes> template_xlsx(store::Sql& sql, const TemplateQuestion& question);
Given<Bytes> template_csv(store::Sql& sql, const TemplateQuestion& question);

}  // namespace bz::campaign
