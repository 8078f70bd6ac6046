// What a request to the campaign carries beside files: the lines of a report as JSON, and the texts
// by which dues, figures, units, ladders and sources are named; and the daily file of installs.
// What is read holds to its bounds, and what is written of it is read as the same.
#include <cstdlib>
#include <set>

#include "campaign/dues.h"
#include "campaign/forms.h"
#include "campaign/installs.h"
#include "campaign/report_json.h"
#include "campaign/tasks.h"
#include "units/unit.h"

namespace {

using namespace bz::campaign;

void must(bool holds) {
  if (!holds) std::abort();
}

void lines(std::string_view body) {
  for (const auto& form : forms()) {
    auto json = bz::wire::JsonReader::parse(body, 1'000'000);
    if (!json) return;
    const auto read = read_lines(form, *json);
    if (!read) continue;
    must(read->lines.size() <= 2'000);
    for (const auto& fault : read->faults) must(!fault.says.empty() && !fault.says_en.empty());
    for (const auto& line : read->lines) {
      for (const auto& value : line.values) must(!value.column.empty());
    }
  }
}

// Read, written and read again.
template <class Read>
void round_trip(std::string_view text, Read read) {
  const auto first = read(text);
  if (!first) return;
  const auto again = read(to_text(*first));
  must(again && *again == *first);
}

void names(std::string_view text) {
  round_trip(text, [](std::string_view of) { return due_key_from(of); });
  round_trip(text, [](std::string_view of) { return figure_id_from(of); });
  round_trip(text, [](std::string_view of) { return bz::units::key_from_text(of); });
  round_trip(text, [](std::string_view of) { return ladder_from(of); });
  round_trip(text, [](std::string_view of) { return legs_from(of); });
  if (is_source(text)) must(!kind_of_source(text).empty() && text.size() <= 100);
  const auto dues = dues_from(text);
  if (!dues || dues->empty()) return;
  std::string joined;
  for (const auto& due : *dues) joined += (joined.empty() ? "" : ",") + to_text(due);
  must(dues_from(joined) == dues);
}

void installs(std::string_view file) {
  const auto read = read_installs(file);
  if (!read) return;
  const auto* rows = std::get_if<std::vector<InstallsRow>>(&*read);
  if (rows == nullptr) return;
  must(rows->size() <= 20'000);
  std::set<std::string> codes;
  for (const auto& row : *rows) must(row.count >= kFewestInstalls && codes.insert(row.code).second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = bz::as_text({data, size});
  lines(text);
  names(text);
  installs(text);
  return 0;
}
