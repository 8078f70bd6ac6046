// Text that was made normal, folded or spelled one way stays so; a count, a percentage, a day and
// an instant that are read are read again from what is shown of them; a deadline that is read is
// read again from its phrase.
#include <cstdlib>

#include "base/bytes.h"
#include "vi/deadline.h"
#include "vi/number.h"
#include "vi/text.h"

namespace {

using namespace bz;

void must(bool holds) {
  if (!holds) std::abort();
}

void check_text(std::string_view text) {
  const auto normal = vi::normal(text);
  if (normal) must(vi::normal(*normal) == normal);
  const auto folded = vi::fold(text);
  must(vi::fold(folded) == folded);
  must(vi::matches(folded, folded));
  const auto spelled = vi::same_spelling(text);
  must(vi::same_spelling(spelled) == spelled);
  must(vi::fold(spelled) == folded);
  if (normal) must(vi::sort_key(*normal) == vi::sort_key(text));
}

void check_numbers(std::string_view text) {
  if (const auto count = vi::read_count(text)) {
    must(*count >= 0 && *count <= vi::kMostCount);
    must(*vi::read_count(vi::show_count(*count)) == *count);
    must(!vi::count_in_words(*count).empty());
  }
  if (const auto rate = vi::read_percent(text)) {
    must(*vi::read_percent(vi::show_hundredths(*rate)) == *rate);
  }
}

void check_days(std::string_view text) {
  if (const auto day = vi::read_day(text, 2020)) must(*vi::read_day(vi::show_day(*day)) == *day);
  if (const auto t = vi::read_instant(text)) must(*vi::read_instant(vi::iso_local(*t)) == *t);
  const vi::PhraseContext context{2020, Day{std::chrono::year{2020} / 8 / 28}};
  const auto rule = vi::read_deadline(text, context);
  if (!rule) return;
  const auto& phrase = std::visit(
      [](const auto& it) -> const auto& { return it.phrase; }, *rule);
  const auto again = vi::read_deadline(phrase, context);
  must(again.has_value() && again->index() == rule->index());
  if (const auto* deadline = std::get_if<vi::Deadline>(&*rule)) {
    must(std::get<vi::Deadline>(*again).due_before == deadline->due_before);
  }
  if (const auto* window = std::get_if<vi::Window>(&*rule)) {
    must(std::get<vi::Window>(*again).ends == window->ends);
    must(!window->begins || *window->begins < window->ends);
  }
  if (const auto* daily = std::get_if<vi::Daily>(&*rule)) {
    must(std::get<vi::Daily>(*again).due_before == daily->due_before);
    must(vi::next_dues(*daily, Instant{}).size() <= vi::kMostDues);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text({data, size});
  check_text(text);
  check_numbers(text);
  check_days(text);
  return 0;
}
