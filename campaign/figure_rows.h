// For the module's own files: rows of the tables series and figure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/figures.h"
#include "vi/calendar.h"

namespace bz::campaign {

// What a figure has of its own; subject, measure and source are its series'. The texts come last:
// figure_of() reads them, light_figure_of() leaves them out.
inline constexpr std::string_view kLightFigure =
    " f.series, f.cut_off_ms, f.version, f.known_ms, f.value, f.precise, f.state, f.leg, f.origin ";
inline constexpr std::string_view kWholeFigure =
    " f.series, f.cut_off_ms, f.version, f.known_ms, f.value, f.precise, f.state, f.leg, f.origin, "
    "f.reference, f.reason, f.made_by ";

Figure light_figure_of(const store::Row& row);
Figure figure_of(const store::Row& row);

Result<std::optional<std::int64_t>> find_series(store::Sql& sql, std::string_view subject,
                                                std::string_view measure, std::string_view source);
// Makes it where it is not there; only under the lock of writers.
Result<std::int64_t> series_of(store::Sql& sql, std::string_view subject, std::string_view measure,
                               std::string_view source);
// Of all who write figures.
Result<void> lock_figures(store::Sql& sql);

// Reads the rows of any number of series, in no order that is to be relied on. Its text is one of
// two, so that it is prepared once.
class ManySeries {
 public:
  // `select` ends where the list of series begins: "… f.series IN ". It has two more parameters.
  explicit ManySeries(const std::string& select);
  Result<void> each(store::Sql& sql, std::span<const std::int64_t> series, std::int64_t first,
                    std::int64_t second, const std::function<void(const store::Row&)>& visit) const;

 private:
  std::string few_, many_;
};

// Oldest first; without their series' texts.
Result<std::vector<Figure>> versions_at(store::Sql& sql, std::int64_t series, Instant cut_off);

// By series, cut-off, version. Cheaper here than in SQL, since rows mostly come in that order.
void put_in_order(std::vector<Figure>& figures);
// Calls with the versions of one cut-off of one series at a time; `rows` are in order of series,
// cut-off, version. False ends it.
void each_cut_off(std::span<const Figure> rows,
                  const std::function<bool(std::span<const Figure>)>& visit);

// The one that counts at the first cut-off after this one that carries a number.
Result<std::optional<Figure>> next_after(store::Sql& sql, std::string_view subject,
                                         std::string_view measure, std::string_view source,
                                         Instant cut_off);

inline std::int64_t number_of(Day day) {
  return day.time_since_epoch().count();
}
inline Day day_from_number(std::int64_t number) {
  return Day{std::chrono::days{static_cast<std::chrono::days::rep>(number)}};
}

}  // namespace bz::campaign
