#include "tools/answer_view.h"

#include <algorithm>
#include <ostream>

#include "vi/number.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

const json::value* value_at(const json::object& object, std::string_view path) {
  const auto dot = path.find('.');
  const auto* value = object.if_contains(path.substr(0, dot));
  if (value == nullptr || dot == std::string_view::npos) return value;
  return value->is_object() ? value_at(value->as_object(), path.substr(dot + 1)) : nullptr;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Result<json::object> object_in(const std::string& text) {
  boost::system::error_code fault;
  auto value = json::parse(text, fault);
  if (fault || !value.is_object()) return Error{Code::kMalformed, "the answer is no JSON object"};
  return std::move(value.as_object());
}

std::string text_at(const json::object& object, std::string_view path) {
  const auto* value = value_at(object, path);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string{};
}

std::optional<std::int64_t> number_at(const json::object& object, std::string_view path) {
  const auto* value = value_at(object, path);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->as_int64();
}

bool flag_at(const json::object& object, std::string_view path) {
  const auto* value = value_at(object, path);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::vector<json::object> objects_at(const json::object& object, std::string_view path) {
  std::vector<json::object> found;
  const auto* value = value_at(object, path);
  if (value == nullptr || !value->is_array()) return found;
  for (const auto& one : value->as_array())
    if (one.is_object()) found.push_back(one.as_object());
  return found;
}

std::vector<std::string> texts_at(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return texts;
  for (const auto& one : value->as_array())
    if (one.is_string()) texts.emplace_back(one.as_string());
  return texts;
}

std::optional<json::object> object_at(const json::object& object, std::string_view path) {
  const auto* value = value_at(object, path);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return value->as_object();
}

std::string fault_line(const json::object& fault) {
  const auto said = [&](std::string_view says, std::string_view todo) {
    const auto advice = text_at(fault, todo);
    return text_at(fault, says) + (advice.empty() ? "" : " ") + advice;
  };
  const auto cell = text_at(fault, "cell");
  return (cell.empty() ? "" : cell + ": ") + said("says", "do") + " · " + said("says_en", "do_en");
}

std::string count_at(const json::object& object, std::string_view path) {
  const auto number = number_at(object, path);
  return number ? vi::show_count(*number) : "–";
}

void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows,
                 const std::vector<std::size_t>& right) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - width_of(row[i]), ' ');
      const bool to_right = std::ranges::find(right, i) != right.end();
      line += (i == 0 ? "" : "  ") + (to_right ? blanks + row[i] : row[i] + blanks);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace bz::tools
