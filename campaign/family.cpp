#include "campaign/family.h"

#include <algorithm>
#include <map>

#include "campaign/tree.h"
#include "units/units.h"

namespace bz::campaign {
namespace {

using store::Sql;

Result<const Measure*> measure_of(std::string_view code) {
  const auto* measure = find_measure(code);
  if (measure == nullptr) {
    return Error{Code::kInvalid, "the measure is none of those that are counted"};
  }
  return measure;
}

bool has_roll_ups(const Measure& measure, std::string_view subject) {
  return measure.is_summable && is_unit(subject);
}

// Those columns of a figure after `columns` others, or a row of roll_up.
using Reader = std::function<void(const store::Row&)>;
Result<void> each(Sql& sql, std::string_view select, store::Parameters parameters,
                  const Reader& reader) {
  return sql.each(select, parameters, [&](const store::Row& row) -> Result<bool> {
    reader(row);
    return true;
  });
}

// A child, and on which days it was one.
struct Child {
  std::string key;
  DaySpan span;
  std::optional<std::int64_t> series;
  std::string name = {};
  std::size_t place = 0;  // in the order in which they are shown
};

using FiguresOfSubjects = std::map<std::string, std::vector<Figure>, std::less<>>;

// All figures in the window of a subject, and where that is wanted, of whatever lies under it.
Result<FiguresOfSubjects> figures_below(Sql& sql, const FamilyQuestion& question,
                                        const Window& window, Day day, bool with_units_below) {
  static const std::string kOwn =
      "SELECT" + std::string(kWholeFigure) +
      ", s.subject FROM series s CROSS JOIN figure f WHERE s.subject = $1 AND s.measure = $2 AND "
      "s.source = $3 AND f.series = s.id AND f.cut_off_ms >= $4 AND f.cut_off_ms <= $5 ORDER BY "
      "f.cut_off_ms, f.version";
  static const std::string kBelow =
      "WITH RECURSIVE below (code, key) AS (SELECT q.code, q.key FROM unit q WHERE q.key = $1 AND "
      "q.valid_from <= $6 AND (q.valid_to IS NULL OR q.valid_to > $6) UNION SELECT u.code, u.key "
      "FROM below b CROSS JOIN unit u WHERE u.parent_code = b.code AND u.valid_from <= $6 AND "
      "(u.valid_to IS NULL OR u.valid_to > $6)) SELECT" +
      std::string(kWholeFigure) +
      ", b.key FROM below b CROSS JOIN series s CROSS JOIN figure f WHERE b.key <> $1 AND "
      "s.subject = b.key AND s.measure = $2 AND s.source = $3 AND f.series = s.id AND "
      "f.cut_off_ms >= $4 AND f.cut_off_ms <= $5 ORDER BY f.series, f.cut_off_ms, f.version";
  FiguresOfSubjects found;
  const store::Parameter parameters[] = {question.subject,   question.measure, question.source,
                                         to_ms(window.from), to_ms(window.to), number_of(day)};
  const auto keep = [&](const store::Row& row) {
    auto figure = figure_of(row);
    figure.subject = row.text(12);
    figure.measure = question.measure;
    figure.source = question.source;
    found[figure.subject].push_back(std::move(figure));
  };
  auto read = each(sql, kOwn, store::Parameters(parameters).first(5), keep);
  if (read && with_units_below) read = each(sql, kBelow, parameters, keep);
  if (!read) return read.error();
  return found;
}

}  // namespace

class Family::Reading {
 public:
  Reading(Sql& sql, const FamilyQuestion& question, const Measure& measure)
      : sql_(sql),
        subject_(question.subject),
        source_(question.source),
        question_(question),
        measure_(measure) {
    const auto [first, last] = std::ranges::minmax(question.ons);
    window_ = {window_of(measure.kind, first, question.stale_after).from, last};
    first_ = vi::cut_off_day(first);
    last_ = vi::cut_off_day(last);
    // It may outlive what the asker has.
    question_.subject = subject_;
    question_.measure = measure.code;
    question_.source = source_;
    question_.ons = {};
  }

  Result<void> read() {
    if (auto done = read_own(); !done) return done;
    if (!has_roll_ups(measure_, subject_)) return {};
    if (auto done = read_own_sums(); !done) return done;
    if (question_.with_children) return read_children();
    return {};
  }

  Result<Moment> at(Instant on, bool with_children) {
    if (has_roll_ups(measure_, subject_) && !is_right(on, with_children)) {
      question_.with_children = with_children;
      return read_family_plainly(sql_, question_, on);
    }
    return read_at(on, with_children);
  }

 private:
  Result<void> read_own() {
    static const std::string kSelect = "SELECT" + std::string(kWholeFigure) +
                                       "FROM figure f WHERE f.series = $1 AND f.cut_off_ms >= $2 "
                                       "AND f.cut_off_ms <= $3 ORDER BY f.cut_off_ms, f.version";
    auto series = find_series(sql_, question_.subject, question_.measure, question_.source);
    if (!series) return series.error();
    own_series_ = *series;
    if (!own_series_) return {};
    const store::Parameter parameters[] = {*own_series_, to_ms(window_.from), to_ms(window_.to)};
    return each(sql_, kSelect, parameters,
                [&](const store::Row& row) { own_.push_back(figure_of(row)); });
  }

  Result<void> read_own_sums() {
    static const std::string kSelect = "SELECT" + std::string(kSumRow) +
                                       "FROM roll_up r WHERE r.series = $1 AND r.day >= $2 AND "
                                       "r.day <= $3";
    if (!own_series_) return {};
    const store::Parameter parameters[] = {*own_series_, number_of(first_), number_of(last_)};
    return each(sql_, kSelect, parameters, [&](const store::Row& row) { keep_sum(row); });
  }

  Result<void> read_children() {
    if (auto done = read_child_list(); !done) return done;
    static constexpr std::string_view kOfFigures =
        "FROM figure f WHERE f.cut_off_ms >= $1 AND f.cut_off_ms <= $2 AND f.series IN ";
    static const ManySeries kFull("SELECT" + std::string(kWholeFigure) + std::string(kOfFigures));
    static const ManySeries kLight("SELECT" + std::string(kLightFigure) + std::string(kOfFigures));
    static const ManySeries kSums("SELECT" + std::string(kSumRow) +
                                  "FROM roll_up r WHERE r.day >= $1 AND r.day <= $2 AND r.series "
                                  "IN ");
    std::vector<std::int64_t> series;
    for (const auto& child : children_) {
      if (child.series) series.push_back(*child.series);
    }
    auto done =
        (question_.in_full ? kFull : kLight)
            .each(sql_, series, to_ms(window_.from), to_ms(window_.to), [&](const store::Row& row) {
              of_children_.add(question_.in_full ? figure_of(row) : light_figure_of(row));
            });
    if (!done) return done;
    of_children_.put_in_order();
    return kSums.each(sql_, series, number_of(first_), number_of(last_),
                      [&](const store::Row& row) { keep_sum(row); });
  }

  Result<void> read_child_list() {
    const store::Parameter parameters[] = {question_.subject, question_.measure, question_.source,
                                           number_of(last_), number_of(first_)};
    auto read = each(
        sql_,
        "SELECT u.key, u.valid_from, u.valid_to, p.valid_from, p.valid_to, s.id FROM unit p CROSS "
        "JOIN unit u LEFT JOIN series s ON s.subject = u.key AND s.measure = $2 AND s.source = $3 "
        "WHERE p.key = $1 AND u.parent_code = p.code AND u.valid_from <= $4 AND (u.valid_to IS "
        "NULL OR u.valid_to > $5)",
        parameters, [&](const store::Row& row) {
          children_.push_back(
              {std::string(row.text(0)), common_span(row, 1, 3), row.optional_integer(5)});
        });
    if (!read) return read;
    if (question_.in_full) return put_in_order();
    std::ranges::sort(children_, {}, &Child::key);
    return {};
  }

  // As units/ has them on the last day; those of earlier days alone come after them.
  Result<void> put_in_order() {
    const auto key = units::key_from_text(question_.subject);
    if (!key) return {};
    const auto units = units::children(sql_, *key, last_);
    if (!units) return units.error();
    std::map<std::string, std::pair<std::size_t, std::string>> places;
    for (const auto& unit : *units) {
      places.emplace(units::to_text(unit.key), std::pair(places.size(), units::full_name(unit)));
    }
    for (auto& child : children_) {
      const auto found = places.find(child.key);
      child.place = found == places.end() ? places.size() : found->second.first;
      if (found != places.end()) child.name = found->second.second;
    }
    std::ranges::sort(children_, [](const Child& one, const Child& other) {
      return std::tie(one.place, one.key) < std::tie(other.place, other.key);
    });
    return {};
  }

  void keep_sum(const store::Row& row) {
    auto read = sum_of_day(row);
    sums_.emplace(std::pair(read.series, read.day), read.row);
  }

  [[nodiscard]] const SumRow* sum(const std::optional<std::int64_t>& series, Day day) const {
    if (!series) return nullptr;
    const auto found = sums_.find({*series, day});
    return found == sums_.end() ? nullptr : &found->second;
  }

  // Whether the table says how it is at this instant: the end of a day, and nothing it rests on has
  // become known later than as_of.
  [[nodiscard]] bool is_right(Instant on, bool with_children) const {
    const Day day = vi::cut_off_day(on);
    if (question_.counts != Counts::kProvisionalToo || question_.stale_after != kStaleAfter ||
        on != vi::end_of(day)) {
      return false;
    }
    const auto known = [&](const std::optional<std::int64_t>& series) {
      const auto* row = sum(series, day);
      return row == nullptr || row->changed <= question_.as_of;
    };
    return known(own_series_) &&
           (!with_children || std::ranges::all_of(children_, [&](const Child& child) {
             return known(child.series);
           }));
  }

  Result<Moment> read_at(Instant on, bool with_children) {
    const Day day = vi::cut_off_day(on);
    const At when{on, question_.as_of, question_.counts};
    Moment moment;
    auto whole = one(question_.subject, own_series_, own_, when, day);
    if (!whole) return whole.error();
    moment.whole = std::move(*whole);
    moment.last_of_whole = last_of(own_, when);
    if (!with_children) return moment;
    for (const auto& child : children_) {
      if (!child.span.holds(day)) continue;
      const auto figures =
          child.series ? of_children_.of(*child.series) : std::span<const Figure>{};
      auto rolled = one(child.key, child.series, figures, when, day);
      if (!rolled) return rolled.error();
      rolled->name = child.name;
      moment.children.push_back(std::move(*rolled));
      moment.last_of_children.push_back(last_of(figures, when));
    }
    return moment;
  }

  [[nodiscard]] std::optional<Last> last_of(std::span<const Figure> figures, const At& when) const {
    const auto own = own_at(figures, MeasureKind::kStock, when, when.on - window_.from);
    if (own.figure == nullptr) return std::nullopt;
    return Last{own.figure->id.cut_off, own.figure->known_at};
  }

  Result<RollUp> one(std::string_view subject, const std::optional<std::int64_t>& series,
                     std::span<const Figure> figures, const At& when, Day day) {
    SumRow below;
    if (const auto* row = sum(series, day)) {
      below = *row;
    } else if (has_roll_ups(measure_, subject)) {
      const auto count = count_children(subject, day);
      if (!count) return count.error();
      below.of = *count;
      below.is_partial = *count > 0;
    }
    auto rolled = joined(own_at(figures, measure_.kind, when, question_.stale_after), below);
    rolled.subject = subject;
    for (auto* figure : {&rolled.own, &rolled.other_leg}) {
      if (!*figure) continue;
      (*figure)->subject = subject;
      (*figure)->measure = question_.measure;
      (*figure)->source = question_.source;
    }
    return rolled;
  }

  // Of a unit that the table says nothing about; all children of the one asked at once.
  Result<std::int64_t> count_children(std::string_view subject, Day day) {
    if (subject == question_.subject) {
      const auto count = sql_.integer(
          "SELECT COUNT(*) FROM unit p CROSS JOIN unit u WHERE p.key = $1 AND p.valid_from <= $2 "
          "AND (p.valid_to IS NULL OR p.valid_to > $2) AND u.parent_code = p.code AND "
          "u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to > $2)",
          {subject, number_of(day)});
      if (!count) return count.error();
      return count->value_or(0);
    }
    auto [counts, is_new] = counts_.try_emplace(day);
    if (is_new) {
      const store::Parameter parameters[] = {question_.subject, number_of(day)};
      auto read = each(sql_,
                       "SELECT c.key, COUNT(*) FROM unit p CROSS JOIN unit c CROSS JOIN unit u "
                       "WHERE p.key = $1 AND c.parent_code = p.code AND c.valid_from <= $2 AND "
                       "(c.valid_to IS NULL OR c.valid_to > $2) AND u.parent_code = c.code AND "
                       "u.valid_from <= $2 AND (u.valid_to IS NULL OR u.valid_to > $2) GROUP BY "
                       "c.key",
                       parameters, [&, to = &counts->second](const store::Row& row) {
                         to->emplace(std::string(row.text(0)), row.integer(1));
                       });
      if (!read) return read.error();
    }
    const auto found = counts->second.find(subject);
    return found == counts->second.end() ? std::int64_t{0} : found->second;
  }

  Sql& sql_;
  std::string subject_;
  std::string source_;
  FamilyQuestion question_;
  const Measure& measure_;
  Window window_;
  Day first_;
  Day last_;
  std::optional<std::int64_t> own_series_;
  std::vector<Figure> own_;
  std::vector<Child> children_;
  FiguresBySeries of_children_;
  std::map<std::pair<std::int64_t, Day>, SumRow> sums_;
  std::map<Day, std::map<std::string, std::int64_t, std::less<>>> counts_;
};

void FiguresBySeries::add(Figure figure) {
  figures_.push_back(std::move(figure));
}

void FiguresBySeries::put_in_order() {
  campaign::put_in_order(figures_);
}

std::span<const Figure> FiguresBySeries::of(std::int64_t series) const {
  const auto begin = std::ranges::partition_point(
      figures_, [&](const Figure& figure) { return figure.id.series < series; });
  const auto end = std::partition_point(
      begin, figures_.end(), [&](const Figure& figure) { return figure.id.series == series; });
  return {begin, end};
}

SumOfDay sum_of_day(const store::Row& row) {
  SumOfDay read;
  read.series = row.integer(0);
  read.day = day_from_number(row.integer(1));
  read.row.sum = row.optional_integer(2);
  read.row.covered = row.integer(3);
  read.row.of = row.integer(4);
  read.row.is_partial = row.integer(5) != 0;
  read.row.is_provisional = row.integer(6) != 0;
  read.row.is_illustrative = row.integer(7) != 0;
  read.row.precision = static_cast<Precision>(row.integer(8));
  if (!row.is_null(9)) read.row.oldest = from_ms(row.integer(9));
  if (!row.is_null(10)) read.row.newest = from_ms(row.integer(10));
  read.row.changed = from_ms(row.integer(11));
  return read;
}

Family::Family(std::unique_ptr<Reading> reading) : reading_(std::move(reading)) {}
Family::Family(Family&&) noexcept = default;
Family& Family::operator=(Family&&) noexcept = default;
Family::~Family() = default;

Result<Family> Family::read(Sql& sql, const FamilyQuestion& question) {
  const auto measure = measure_of(question.measure);
  if (!measure) return measure.error();
  auto reading = std::make_unique<Reading>(sql, question, **measure);
  if (auto done = reading->read(); !done) return done.error();
  return Family(std::move(reading));
}

Result<Moment> Family::at(Instant on, bool with_children) {
  return reading_->at(on, with_children);
}

Result<std::vector<Moment>> read_family(Sql& sql, const FamilyQuestion& question) {
  std::vector<Moment> moments;
  if (question.ons.empty()) return moments;
  auto family = Family::read(sql, question);
  if (!family) return family.error();
  for (const Instant on : question.ons) {
    auto moment = family->at(on, question.with_children);
    if (!moment) return moment.error();
    moments.push_back(std::move(*moment));
  }
  return moments;
}

Result<Moment> read_family_plainly(Sql& sql, const FamilyQuestion& question, Instant on) {
  const auto measure = measure_of(question.measure);
  if (!measure) return measure.error();
  const Day day = vi::cut_off_day(on);
  const At at{on, question.as_of, question.counts};
  const auto window = window_of((*measure)->kind, on, question.stale_after);
  const bool has_below = has_roll_ups(**measure, question.subject);
  const auto figures = figures_below(sql, question, window, day, has_below);
  if (!figures) return figures.error();

  struct Node {
    std::string parent;
    std::string name;
    SumRow below;
  };
  std::vector<std::string> order{std::string(question.subject)};
  std::map<std::string, Node, std::less<>> nodes;
  nodes[order.front()];
  if (has_below) {
    const auto key = units::key_from_text(question.subject);
    if (!key) return Error{Code::kInvalid, "this is no unit's key"};
    const auto units = units::subtree(sql, *key, day);
    if (!units) return units.error();
    for (const auto& unit : *units) {
      const auto text = units::to_text(unit.key);
      if (text == question.subject || !unit.parent) continue;
      order.push_back(text);
      nodes[text] = {units::to_text(*unit.parent), units::full_name(unit), {}};
    }
  }
  const auto rolled = [&](const std::string& key) {
    const auto own = figures->find(key);
    return own_at(own == figures->end() ? std::span<const Figure>{} : own->second, (*measure)->kind,
                  at, question.stale_after);
  };
  // Children before their parents.
  for (auto key = order.rbegin(); key != order.rend(); ++key) {
    const auto& node = nodes[*key];
    if (node.parent.empty()) continue;
    add_child(nodes[node.parent].below, rolled(*key), node.below);
  }
  Moment moment;
  moment.whole = joined(rolled(order.front()), nodes[order.front()].below);
  moment.whole.subject = question.subject;
  if (!question.with_children) return moment;
  for (const auto& key : order) {
    const auto& node = nodes[key];
    if (node.parent != question.subject) continue;
    auto child = joined(rolled(key), node.below);
    child.subject = key;
    child.name = node.name;
    moment.children.push_back(std::move(child));
    moment.last_of_children.emplace_back();
  }
  return moment;
}

}  // namespace bz::campaign
