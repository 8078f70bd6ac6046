#include "campaign/series.h"

#include "campaign/denominators.h"
#include "campaign/family.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

// Of each day the denominator as it was then: it seldom changes, so the days from which on another
// one counts are found by halves.
class Denominators {
 public:
  Denominators(store::Sql& sql, const SeriesQuestion& question) : sql_(sql), question_(question) {}

  Result<void> fill(std::vector<SeriesDay>& days) {
    if (days.empty()) return {};
    if (auto read = put(days.front()); !read) return read;
    if (auto read = put(days.back()); !read) return read;
    return fill(days, 0, days.size() - 1);
  }

 private:
  Result<void> put(SeriesDay& day) {
    auto found = denominator_of(
        sql_, *question_.indicator, question_.subject, question_.source,
        {.on = vi::end_of(day.day), .as_of = question_.as_of, .counts = question_.counts});
    if (!found) return found.error();
    day.rate.denominator = std::move(*found);
    return {};
  }

  // Both ends are filled in. Later cut-offs only replace earlier ones, so between two days with the
  // same there is no other.
  Result<void> fill(std::vector<SeriesDay>& days, std::size_t from, std::size_t to) {
    if (to - from < 2) return {};
    const auto& a = days[from].rate.denominator;
    const auto& b = days[to].rate.denominator;
    const bool same = a.has_value() == b.has_value() && (!a || a->id == b->id);
    if (same) {
      for (std::size_t i = from + 1; i < to; ++i) days[i].rate.denominator = a;
      return {};
    }
    const std::size_t middle = from + (to - from) / 2;
    if (auto read = put(days[middle]); !read) return read;
    if (auto read = fill(days, from, middle); !read) return read;
    return fill(days, middle, to);
  }

  store::Sql& sql_;
  const SeriesQuestion& question_;
};

}  // namespace

Result<std::vector<SeriesDay>> series(store::Sql& sql, const SeriesQuestion& question) {
  std::vector<Instant> ons;
  std::vector<SeriesDay> found;
  for (Day day = question.first; day <= question.last; day += std::chrono::days{1}) {
    ons.push_back(vi::end_of(day));
    auto& one = found.emplace_back();
    one.day = day;
    one.rate.indicator = question.indicator;
  }
  auto moments = read_family(sql, {.subject = question.subject,
                                   .measure = question.indicator->numerator,
                                   .source = question.source,
                                   .ons = ons,
                                   .as_of = question.as_of,
                                   .counts = question.counts});
  if (!moments) return moments.error();
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& rolled = (*moments)[i].whole;
    found[i].is_new = rolled.newest && *rolled.newest > vi::start_of(found[i].day);
    found[i].rate.numerator = std::move(rolled);
  }
  if (auto filled = Denominators(sql, question).fill(found); !filled) return filled.error();
  return found;
}

}  // namespace bz::campaign
