#include "campaign/report_rows.h"

namespace bz::campaign {

Result<std::int64_t> next_id(store::Sql& sql, std::string_view select_max) {
  const auto last = sql.integer(select_max);
  if (!last) return last.error();
  return last->value_or(0) + 1;
}

std::string is_or_any(std::string_view column, std::string_view parameter, std::string_view value) {
  std::string equal(column);
  equal.append(" = ").append(parameter);
  return value.empty() ? "(" + std::string(parameter) + " = '' OR " + equal + ")" : equal;
}

std::string legs_text(const std::vector<Leg>& legs) {
  std::vector<std::string> texts;
  for (const auto leg : legs) texts.emplace_back(to_text(leg));
  return joined(texts);
}

std::vector<Leg> legs_of_text(std::string_view text) {
  std::vector<Leg> legs;
  for (const auto& word : split(text)) {
    if (const auto leg = leg_from(word)) legs.push_back(*leg);
  }
  return legs;
}

namespace {

std::string words_of(const std::vector<Leg>& legs, std::string_view phone, std::string_view file,
                     std::string_view both) {
  std::string words;
  for (const auto leg : legs) {
    if (!words.empty()) words += both;
    words += leg == Leg::kPhone ? phone : file;
  }
  return words;
}

}  // namespace

std::string legs_words(const std::vector<Leg>& legs) {
  return words_of(legs, "điện thoại", "tệp", " và ");
}
std::string legs_words_en(const std::vector<Leg>& legs) {
  return words_of(legs, "by telephone", "as a file", " and ");
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) {
    if (!all.empty()) all += ',';
    all += text;
  }
  return all;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return parts;
}

Fault fault(std::string_view cell, std::string_view says, std::string_view says_en,
            std::string_view todo, std::string_view todo_en) {
  return {std::string(cell), std::string(says), std::string(says_en), std::string(todo),
          std::string(todo_en)};
}

Refusal refused(int status, std::string_view detail, std::string_view detail_en,
                std::vector<Fault> faults) {
  return {status, std::string(detail), std::string(detail_en), std::move(faults)};
}

}  // namespace bz::campaign
