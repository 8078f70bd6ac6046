// Targets as rows (campaign/targets.h).
#include <algorithm>

#include "campaign/measures.h"
#include "campaign/target_rows.h"

namespace bz::campaign {
namespace {

using store::Sql;

constexpr std::string_view kColumns =
    "id, indicator, subject, due_ms, task, reading_of, hundredths, start_ms, start_hundredths, "
    "source, sentence, made_by, made_ms, chosen_by, chosen_ms, dropped_ms, frozen_ms, "
    "frozen_value, frozen_figure, frozen_denominator, frozen_denominator_figure, frozen_covered, "
    "frozen_children, frozen_provisional, frozen_illustrative FROM target ";

std::optional<Instant> instant_or_nothing(const store::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return from_ms(row.integer(column));
}

Target target_of(const store::Row& row) {
  Target target;
  target.id = row.integer(0);
  target.what.indicator = row.text(1);
  target.what.subject = row.text(2);
  target.what.due_before = from_ms(row.integer(3));
  target.what.task = row.text(4);
  target.what.reading_of = row.text(5);
  target.what.hundredths = row.integer(6);
  target.what.start = from_ms(row.integer(7));
  target.what.start_hundredths = row.integer(8);
  target.what.source = row.text(9);
  target.what.sentence = row.text(10);
  target.what.by = row.text(11);
  target.made_at = from_ms(row.integer(12));
  if (!row.is_null(13)) target.chosen_by = row.text(13);
  target.chosen_at = instant_or_nothing(row, 14);
  target.dropped_at = instant_or_nothing(row, 15);
  if (const auto at = instant_or_nothing(row, 16)) {
    Frozen frozen;
    frozen.at = *at;
    frozen.value = row.optional_integer(17);
    if (!row.is_null(18)) frozen.figure = row.text(18);
    frozen.denominator = row.optional_integer(19);
    if (!row.is_null(20)) frozen.denominator_figure = row.text(20);
    frozen.covered = row.integer(21);
    frozen.of = row.integer(22);
    frozen.is_provisional = row.integer(23) != 0;
    frozen.is_illustrative = row.integer(24) != 0;
    target.frozen = frozen;
  }
  return target;
}

// What of it was known `as_of` then.
void forget_later(Target& target, Instant as_of) {
  if (target.chosen_at > as_of) {
    target.chosen_at.reset();
    target.chosen_by.clear();
  }
  if (target.dropped_at > as_of) target.dropped_at.reset();
  if (target.frozen && target.frozen->at > as_of) target.frozen.reset();
}

Result<std::vector<Target>> read(Sql& sql, const std::string& select, Instant as_of,
                                 std::initializer_list<store::Parameter> parameters) {
  std::vector<Target> found;
  auto done = sql.each(select, parameters, [&](const store::Row& row) -> Result<bool> {
    found.push_back(target_of(row));
    forget_later(found.back(), as_of);
    return true;
  });
  if (!done) return done.error();
  return found;
}

Result<void> look_at(const NewTarget& target) {
  const auto wrong = [](const char* what) { return Error{Code::kInvalid, what}; };
  if (find_indicator(target.indicator) == nullptr) {
    return wrong("the indicator is none of those that are computed: see the list of indicators");
  }
  if (target.subject.empty()) return wrong("a target needs a subject: a unit or a body");
  if (!is_source(target.source)) {
    return wrong("a target names the source that counts, of the form kind:body");
  }
  if (target.hundredths < 1 || target.hundredths > 10'000) {
    return wrong("a target lies above 0 and up to 100 %");
  }
  if (target.start_hundredths < 0 || target.start_hundredths > target.hundredths) {
    return wrong("a target's path begins between 0 and the target");
  }
  if (target.start < Instant{} || target.start >= target.due_before) {
    return wrong("a target's path begins before it is due");
  }
  if (target.by.empty()) return wrong("a target needs the name of who set it");
  return {};
}

}  // namespace

Result<std::int64_t> add_target(Sql& sql, const NewTarget& target, Instant now) {
  if (auto right = look_at(target); !right) return right.error();
  if (auto locked = sql.lock("targets"); !locked) return locked.error();
  const std::string_view indicator = target.indicator;
  const std::string_view subject = target.subject;
  const std::string_view task = target.task;
  if (is_unit(subject)) {
    const auto unit = sql.integer("SELECT 1 FROM unit WHERE key = $1", {subject});
    if (!unit) return unit.error();
    if (!*unit) return Error{Code::kNotFound, "no unit has this key: see the list of units"};
  }
  const auto there = sql.integer(
      "SELECT id FROM target WHERE indicator = $1 AND subject = $2 AND due_ms = $3 AND task = $4",
      {indicator, subject, to_ms(target.due_before), task});
  if (!there) return there.error();
  if (*there) return Error{Code::kConflict, "this target is there already"};
  const auto last = sql.integer("SELECT MAX(id) FROM target");
  if (!last) return last.error();
  const auto id = last->value_or(0) + 1;
  auto done = sql.run(
      "INSERT INTO target (id, indicator, subject, due_ms, task, reading_of, hundredths, start_ms, "
      "start_hundredths, source, sentence, made_by, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, "
      "$8, $9, $10, $11, $12, $13)",
      {id, indicator, subject, to_ms(target.due_before), task, std::string_view(target.reading_of),
       target.hundredths, to_ms(target.start), target.start_hundredths,
       std::string_view(target.source), std::string_view(target.sentence),
       std::string_view(target.by), to_ms(now)});
  if (!done) return done.error();
  return id;
}

Result<void> choose_target(Sql& sql, std::int64_t id, std::string_view by, Instant now) {
  if (auto locked = sql.lock("targets"); !locked) return locked;
  const auto target = find_target(sql, id);
  if (!target) return target.error();
  if (!*target) return Error{Code::kNotFound, "there is no such target"};
  if ((*target)->chosen_at) return {};
  if ((*target)->dropped_at) {
    return Error{Code::kConflict, "another reading of this sentence was chosen"};
  }
  auto chosen = sql.run("UPDATE target SET chosen_by = $1, chosen_ms = $2 WHERE id = $3",
                        {by, to_ms(now), id});
  if (!chosen) return chosen.error();
  const auto& what = (*target)->what;
  auto dropped = sql.run(
      "UPDATE target SET dropped_ms = $1 WHERE subject = $2 AND due_ms = $3 AND task = $4 AND id "
      "<> $5",
      {to_ms(now), std::string_view(what.subject), to_ms(what.due_before),
       std::string_view(what.task), id});
  if (!dropped) return dropped.error();
  return {};
}

Result<std::optional<Target>> find_target(Sql& sql, std::int64_t id, Instant as_of) {
  static const std::string kSelect =
      "SELECT " + std::string(kColumns) + "WHERE id = $1 AND made_ms <= $2";
  auto found = read(sql, kSelect, as_of, {id, to_ms(as_of)});
  if (!found) return found.error();
  if (found->empty()) return std::optional<Target>{};
  return std::optional(std::move(found->front()));
}

Result<std::vector<Target>> targets(Sql& sql, std::string_view subject, Instant as_of,
                                    bool with_dropped) {
  static const std::string kSelect =
      "SELECT " + std::string(kColumns) +
      "WHERE subject = $1 AND made_ms <= $2 AND ($3 = 1 OR dropped_ms IS NULL OR dropped_ms > $2) "
      "ORDER BY due_ms, id";
  static const std::string kOfAll =
      "SELECT " + std::string(kColumns) +
      "WHERE made_ms <= $1 AND ($2 = 1 OR dropped_ms IS NULL OR dropped_ms > $1) ORDER BY due_ms, "
      "id";
  const std::int64_t all = with_dropped ? 1 : 0;
  if (subject.empty()) return read(sql, kOfAll, as_of, {to_ms(as_of), all});
  return read(sql, kSelect, as_of, {subject, to_ms(as_of), all});
}

Result<std::vector<Target>> targets_to_freeze(Sql& sql, Instant due_until) {
  static const std::string kSelect =
      "SELECT " + std::string(kColumns) + "WHERE frozen_ms IS NULL AND due_ms <= $1 ORDER BY id";
  return read(sql, kSelect, Instant::max(), {to_ms(due_until)});
}

Result<bool> write_frozen(Sql& sql, std::int64_t id, const Frozen& frozen) {
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? store::Parameter{} : store::Parameter{std::string_view(text)};
  };
  const auto changed = sql.run(
      "UPDATE target SET frozen_ms = $1, frozen_value = $2, frozen_figure = $3, frozen_denominator "
      "= $4, frozen_denominator_figure = $5, frozen_covered = $6, frozen_children = $7, "
      "frozen_provisional = $8, frozen_illustrative = $9 WHERE id = $10 AND frozen_ms IS NULL",
      {to_ms(frozen.at), store::or_null(frozen.value), text_or_null(frozen.figure),
       store::or_null(frozen.denominator), text_or_null(frozen.denominator_figure), frozen.covered,
       frozen.of, std::int64_t{frozen.is_provisional}, std::int64_t{frozen.is_illustrative}, id});
  if (!changed) return changed.error();
  return *changed > 0;
}

}  // namespace bz::campaign
