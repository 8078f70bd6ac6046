#include "campaign/asked.h"

#include <algorithm>

#include "campaign/sight.h"
#include "units/units.h"
#include "vi/calendar.h"

namespace bz::campaign {

Result<std::string> subject_of(store::Sql& sql, std::string_view text, Instant on) {
  if (is_unit(text) || text.empty()) return std::string(text);
  const auto unit = units::find_on(sql, text, vi::cut_off_day(on));
  if (!unit) return unit.error();
  return *unit ? units::to_text((*unit)->key) : std::string(text);
}

At at_of(const Times& times, const http::Request& request) {
  return {.on = times.on,
          .as_of = times.as_of,
          .counts = query(request, "counts") == "accepted" ? Counts::kAcceptedOnly
                                                           : Counts::kProvisionalToo};
}

Result<std::string> source_asked(store::Sql& sql, std::string_view named, std::string_view subject,
                                 std::string_view measure, Instant as_of) {
  if (!named.empty()) return std::string(named);
  const auto found = sources_of(sql, subject, measure, as_of);
  if (!found) return found.error();
  const auto first =
      std::ranges::find_if(*found, [](const std::string& one) { return !is_operators(one); });
  return first != found->end() ? *first : std::string{};
}

}  // namespace bz::campaign
