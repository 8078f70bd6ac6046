// Looking into an answer's JSON, and lines of columns for a terminal.
#pragma once

#include <boost/json.hpp>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace bz::tools {

// kMalformed when it is no JSON object.
Result<boost::json::object> object_in(const std::string& text);

// Members by path, "rate.numerator.value"; empty, nothing or an empty list where there is none.
std::string text_at(const boost::json::object& object, std::string_view path);
std::optional<std::int64_t> number_at(const boost::json::object& object, std::string_view path);
bool flag_at(const boost::json::object& object, std::string_view path);
std::vector<boost::json::object> objects_at(const boost::json::object& object,
                                            std::string_view path);
std::vector<std::string> texts_at(const boost::json::object& object, std::string_view name);
std::optional<boost::json::object> object_at(const boost::json::object& object,
                                             std::string_view path);

// What is wrong with one thing of a refused request, and what to do: "C7: 1.5: … · C7: …".
std::string fault_line(const boost::json::object& fault);

// A count as Vietnam writes it; "–" where there is none.
std::string count_at(const boost::json::object& object, std::string_view path);

// Rows whose columns are as wide as their widest cell, counted in characters; the first row is the
// heading. Columns named in `right` (from 0) stand to the right.
void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows,
                 const std::vector<std::size_t>& right = {});

}  // namespace bz::tools
