#include "campaign/bench.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include "campaign/counted_sql.h"
#include "campaign/figure_rows.h"
#include "campaign/wall.h"
#include "units/unit.h"
#include "vi/calendar.h"
#include "vi/number.h"

namespace bz::campaign {
namespace {

using std::chrono::days;
using store::Sql;
using store::Store;

// As many as are asked of each, in this order. The last two serve as denominators.
constexpr std::array<std::string_view, 6> kMeasures{
    "app_installed", "app_installed_sim", "installed_with_phone_number",
    "bluetooth_on",  "population",        "smartphone_users"};
constexpr std::array<std::string_view, 3> kSources{"app-counter", "door", "entrance"};
constexpr int kRepeats = 50;

struct Unit {
  std::string code;
  std::string parent_code;
  std::string key;
};

Day first_day() {
  return Day{std::chrono::year{2020} / 6 / 1};
}

std::vector<Unit> country_of(const BenchSize& size) {
  std::vector<Unit> units{{"VN", "", units::to_text(units::nation())}};
  const auto add = [&](int count, int first_code, std::size_t first_parent, std::size_t parents) {
    for (int i = 0; i < count; ++i) {
      const auto parent = first_parent + static_cast<std::size_t>(i) % parents;
      const auto code = std::to_string(first_code + i);
      units.push_back({code, units[parent].code, units::to_text({code, first_day()})});
    }
  };
  const auto provinces = static_cast<std::size_t>(size.provinces);
  add(size.provinces, 10, 0, 1);
  add(size.districts, 100, 1, provinces);
  add(size.communes, 10'000, 1 + provinces, static_cast<std::size_t>(size.districts));
  return units;
}

Result<void> put_units(Sql& sql, const std::vector<Unit>& units) {
  std::vector<store::Parameter> values;
  for (const auto& unit : units) {
    const auto key = units::key_from_text(unit.key);
    values.insert(values.end(), {std::string_view(unit.key), std::string_view(unit.code),
                                 key->valid_from.time_since_epoch().count(),
                                 static_cast<std::int64_t>(*units::level_of(unit.code)),
                                 std::string_view(unit.parent_code)});
  }
  auto done = sql.run_each(
      "INSERT INTO unit (key, code, valid_from, level, type, name, folded, parent_code) VALUES "
      "($1, $2, $3, $4, '', $2, $2, $5)",
      5, values);
  if (!done) return done.error();
  return {};
}

// All days of one unit: counts that grow by one each day, and a denominator far above them.
std::vector<NewFigure> figures_of(const Unit& unit, const BenchSize& size) {
  std::vector<NewFigure> figures;
  NewFigure figure;
  figure.subject = unit.key;
  figure.reference = "bench";
  figure.by = "bench";
  for (int m = 0; m < size.measures; ++m) {
    figure.measure = kMeasures.at(static_cast<std::size_t>(m));
    for (int s = 0; s < size.sources; ++s) {
      figure.source = kSources.at(static_cast<std::size_t>(s));
      for (int d = 0; d < size.days; ++d) {
        figure.cut_off = vi::end_of(first_day() + days{d});
        figure.known_at = figure.cut_off + std::chrono::hours{9};
        figure.value = (m < 4 ? 1'000 : 1'000'000) + d;
        figures.push_back(figure);
      }
    }
  }
  return figures;
}

// Keeps which rows were read, each once.
class SeenSql final : public CountedSql {
 public:
  using CountedSql::CountedSql;
  using CountedSql::each;
  using Span = std::pair<std::int64_t, std::int64_t>;
  std::map<std::int64_t, Span> figures, sums;  // by series, the first and the last
  std::set<std::int64_t> series, targets;
  std::set<std::string> units;

  Result<void> each(std::string_view sql, store::Parameters parameters,
                    const store::RowVisitor& visit) override {
    const auto has = [&](std::string_view text) { return sql.find(text) != sql.npos; };
    const bool is_figure = has(" f.series, f.cut_off_ms");
    const bool is_sum = has(" r.series, r.day");
    const bool is_child = has("SELECT u.key, u.valid_from");
    const bool is_series =
        has("SELECT s.id") || has("SELECT id FROM series") || has("SELECT id, m");
    const bool is_unit = has("SELECT u.code, u.valid_from");
    const bool is_target = has("FROM target");
    return CountedSql::each(sql, parameters, [&](const store::Row& row) {
      if (is_figure) see(figures, row);
      if (is_sum) see(sums, row);
      if (is_child) units.emplace(row.text(0));
      if (is_child && !row.is_null(5)) series.insert(row.integer(5));
      if (is_series) series.insert(row.integer(0));
      if (is_unit) {
        units.insert(units::to_text({std::string(row.text(0)), day_from_number(row.integer(1))}));
      }
      if (is_target) targets.insert(row.integer(0));
      return visit(row);
    });
  }

 private:
  static void see(std::map<std::int64_t, Span>& spans, const store::Row& row) {
    const auto at = row.integer(1);
    auto& span = spans.try_emplace(row.integer(0), at, at).first->second;
    span = {std::min(span.first, at), std::max(span.second, at)};
  }
};

// The same rows by their keys, of which nothing is made.
Result<std::int64_t> read_bare(Sql& sql, const SeenSql& seen) {
  std::int64_t rows = 0;
  const auto read = [&](std::string_view select,
                        std::initializer_list<store::Parameter> key) -> Result<void> {
    return sql.each(select, key, [&](const store::Row& row) -> Result<bool> {
      rows += row.is_null(0) ? 0 : 1;
      return true;
    });
  };
  for (const auto& [series, span] : seen.figures) {
    auto done = read(
        "SELECT series, cut_off_ms, version, known_ms, value, precise, state, leg, origin, "
        "reference, reason, made_by FROM figure WHERE series = $1 AND cut_off_ms >= $2 AND "
        "cut_off_ms <= $3",
        {series, span.first, span.second});
    if (!done) return done.error();
  }
  for (const auto& [series, span] : seen.sums) {
    auto done = read(
        "SELECT series, day, sum, covered, children, is_partial, is_provisional, "
        "is_illustrative, precise, oldest_ms, newest_ms, changed_ms FROM roll_up WHERE series = $1 "
        "AND day >= $2 AND day <= $3",
        {series, span.first, span.second});
    if (!done) return done.error();
  }
  for (const auto series : seen.series) {
    auto done = read("SELECT id, subject, measure, source FROM series WHERE id = $1", {series});
    if (!done) return done.error();
  }
  for (const auto& unit : seen.units) {
    auto done = read(
        "SELECT code, valid_from, valid_to, level, type, name, folded, parent_code, from_act, "
        "to_act FROM unit WHERE key = $1",
        {std::string_view(unit)});
    if (!done) return done.error();
  }
  for (const auto target : seen.targets) {
    auto done =
        read("SELECT id, indicator, subject, due_ms, task FROM target WHERE id = $1", {target});
    if (!done) return done.error();
  }
  return rows;
}

class Watch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

class Bench {
 public:
  Bench(Store& store, const BenchSize& size, const std::function<void(std::string_view)>& say)
      : store_(store), size_(size), say_(say), units_(country_of(size)) {}

  Result<BenchReport> run() {
    if (auto done = fill(); !done) return done.error();
    if (auto done = measure_walls(report_.wall); !done) return done.error();
    if (auto done = set_targets(); !done) return done.error();
    if (auto done = measure_walls(report_.wall_with_targets); !done) return done.error();
    if (auto done = measure_writes(); !done) return done.error();
    return report_;
  }

 private:
  Result<void> fill() {
    const auto is_empty = store_.read([](Sql& sql) {
      return sql.integer("SELECT (SELECT COUNT(*) FROM unit) + (SELECT COUNT(*) FROM series)");
    });
    if (!is_empty) return is_empty.error();
    if (**is_empty != 0) {
      return Error{Code::kConflict, "the store is not empty: the benchmark needs one of its own"};
    }
    auto put = store_.write([&](Sql& sql) -> Result<int> {
      if (auto done = put_units(sql, units_); !done) return done.error();
      return 0;
    });
    if (!put) return put.error();
    const Watch loading;
    constexpr std::size_t kAtOnce = 50;
    // The nation reports nothing itself.
    for (std::size_t from = 1; from < units_.size(); from += kAtOnce) {
      auto done = store_.write([&](Sql& sql) { return load_units(sql, from, kAtOnce); });
      if (!done) return done.error();
      report_.figures += *done;
    }
    report_.units = static_cast<std::int64_t>(units_.size()) - 1;
    report_.load_seconds = loading.seconds();
    say_("figures are loaded");
    const Watch rolling;
    auto rolled = store_.write([](Sql& sql) -> Result<std::int64_t> {
      if (auto done = rebuild_all_roll_ups(sql); !done) return done.error();
      const auto rows = sql.integer("SELECT COUNT(*) FROM roll_up");
      if (!rows) return rows.error();
      return **rows;
    });
    if (!rolled) return rolled.error();
    report_.roll_ups = *rolled;
    report_.roll_up_seconds = rolling.seconds();
    say_("roll-ups are worked out");
    return {};
  }

  Result<std::int64_t> load_units(Sql& sql, std::size_t from, std::size_t count) {
    std::int64_t loaded = 0;
    for (std::size_t i = from; i < std::min(from + count, units_.size()); ++i) {
      const auto figures = figures_of(units_[i], size_);
      if (auto done = load(sql, figures); !done) return done.error();
      loaded += static_cast<std::int64_t>(figures.size());
    }
    return loaded;
  }

  [[nodiscard]] Day last_day() const { return first_day() + days{size_.days - 1}; }

  // Of each province, as a letter's sentence sets them that may be read in two ways.
  Result<void> set_targets() {
    auto done = store_.write([&](Sql& sql) -> Result<int> {
      for (int i = 0; i < size_.provinces; ++i) {
        NewTarget target;
        target.subject = units_[1 + static_cast<std::size_t>(i)].key;
        target.due_before = vi::end_of(last_day() + days{30});
        target.hundredths = 5'000;
        target.start = vi::start_of(first_day());
        target.source = kSources[0];
        target.by = "bench";
        for (const auto* indicator : {"install_rate.population", "install_rate.smartphone_users"}) {
          target.indicator = indicator;
          if (auto id = add_target(sql, target, target.start); !id) return id.error();
        }
      }
      return 0;
    });
    if (!done) return done.error();
    return {};
  }

  // Provinces, one after the other, each read twice before it counts.
  Result<void> measure_walls(WallCost& cost) {
    std::vector<double> walls;
    std::vector<double> bare;
    for (int i = 0; i < kRepeats; ++i) {
      const auto& unit = units_[1 + static_cast<std::size_t>(i % size_.provinces)];
      const WallQuestion question{unit.key, {vi::end_of(last_day())}, "", "app-counter", {}};
      auto done = store_.read([&](Sql& sql) -> Result<int> {
        SeenSql seen(sql);
        if (auto first = wall(seen, question); !first) return first.error();
        cost.statements = seen.statements;
        cost.rows = seen.rows_read;
        if (auto first = read_bare(sql, seen); !first) return first.error();
        const Watch of_wall;
        if (auto again = wall(sql, question); !again) return again.error();
        walls.push_back(of_wall.seconds() * 1e6);
        const Watch of_bare;
        if (auto again = read_bare(sql, seen); !again) return again.error();
        bare.push_back(of_bare.seconds() * 1e6);
        return 0;
      });
      if (!done) return done.error();
    }
    cost.us = median(walls);
    cost.bare_us = median(bare);
    say_("walls are measured");
    return {};
  }

  // A commune's report of a new day, and a correction of one 300 days back, each durable.
  Result<void> measure_writes() {
    std::vector<double> reports;
    std::vector<double> corrections;
    const auto communes = static_cast<std::size_t>(size_.communes);
    const auto first = units_.size() - communes;
    for (int i = 0; i < kRepeats; ++i) {
      const auto& unit = units_[first + static_cast<std::size_t>(i) * 97 % communes];
      NewFigure figure;
      figure.subject = unit.key;
      figure.measure = kMeasures[0];
      figure.source = kSources[0];
      figure.value = 5'000 + i;
      figure.reference = "bench";
      figure.by = "bench";
      figure.reason = "bench";
      figure.cut_off = vi::end_of(last_day() + days{1});
      figure.known_at = figure.cut_off;
      auto done = write(figure, reports, report_.report_rows_written);
      if (!done) return done;
      figure.cut_off = vi::end_of(last_day() - days{std::min(300, size_.days - 1)});
      done = write(figure, corrections, report_.correction_rows_written);
      if (!done) return done;
    }
    report_.report_us = median(reports);
    report_.correction_us = median(corrections);
    return {};
  }

  Result<void> write(const NewFigure& figure, std::vector<double>& times, std::int64_t& rows) {
    const Watch watch;
    auto done = store_.write([&](Sql& sql) -> Result<std::int64_t> {
      CountedSql counted(sql);
      if (auto id = record(counted, figure); !id) return id.error();
      return counted.rows_written;
    });
    if (!done) return done.error();
    times.push_back(watch.seconds() * 1e6);
    rows = *done;
    return {};
  }

  Store& store_;
  const BenchSize& size_;
  const std::function<void(std::string_view)>& say_;
  std::vector<Unit> units_;
  BenchReport report_;
};

std::string rounded(double value) {
  const auto tenths = static_cast<std::int64_t>(value * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string wall_text(const WallCost& cost) {
  const auto ratio = std::llround(100 * cost.us / std::max(cost.bare_us, 0.1));
  return rounded(cost.us) + " us: statements " + std::to_string(cost.statements) + ", rows " +
         std::to_string(cost.rows) + "; the same rows read bare " + rounded(cost.bare_us) +
         " us, ratio " + vi::show_hundredths(ratio, vi::Language::kEnglish);
}

}  // namespace

Result<BenchReport> bench(Store& store, const BenchSize& size,
                          const std::function<void(std::string_view)>& say) {
  const bool is_right = size.provinces >= 1 && size.provinces <= 90 && size.districts >= 1 &&
                        size.districts <= 900 && size.communes >= 1 && size.communes <= 90'000 &&
                        size.measures >= 5 && size.measures <= 6 && size.sources >= 1 &&
                        size.sources <= 3 && size.days >= 1;
  if (!is_right) {
    return Error{Code::kInvalid,
                 "the benchmark knows up to 90 provinces, 900 districts, 90000 "
                 "communes, 5 or 6 measures and up to 3 sources"};
  }
  return Bench(store, size, say).run();
}

std::string to_text(const BenchReport& report) {
  const auto count = [](std::int64_t number) { return std::to_string(number); };
  return "units " + count(report.units) + ", figures " + count(report.figures) + ", roll-ups " +
         count(report.roll_ups) + "\nload " + rounded(report.load_seconds) + " s, roll-ups " +
         rounded(report.roll_up_seconds) + " s\nwall " + wall_text(report.wall) +
         "\nwall with two targets " + wall_text(report.wall_with_targets) + "\nreport " +
         rounded(report.report_us) + " us, rows written " + count(report.report_rows_written) +
         "\ncorrection 300 days back " + rounded(report.correction_us) + " us, rows written " +
         count(report.correction_rows_written) + "\n";
}

}  // namespace bz::campaign
