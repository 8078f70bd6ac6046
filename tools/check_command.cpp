#include "tools/check_command.h"

#include <boost/json.hpp>
#include <ostream>

#include "base/bytes.h"
#include "engine/contact_check.h"
#include "tools/input.h"
#include "wire/sightings_csv.h"
#include "wire/trace_list.h"

namespace bz::tools {

Result<void> run_check(const CheckOptions& options, std::ostream& out) {
  const auto trace = read_text(options.trace);
  if (!trace) return trace.error();
  const auto csv = read_text(options.sightings);
  if (!csv) return csv.error();
  const auto entries = wire::parse_trace_list(*trace);
  if (!entries) return in_file(options.trace, entries.error());
  const auto sightings = wire::parse_check_csv(*csv);
  if (!sightings) return in_file(options.sightings, sightings.error());

  boost::json::array keys;
  for (const auto i : engine::entries_with_contact(*entries, *sightings)) {
    keys.emplace_back(to_hex((*entries)[i].daily_key));
  }
  const bool contact = !keys.empty();
  out << boost::json::serialize(
             boost::json::object{{"contact", contact}, {"keys", std::move(keys)}})
      << '\n';
  return {};
}

}  // namespace bz::tools
