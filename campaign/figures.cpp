#include "campaign/figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <tuple>

#include "campaign/figure_rows.h"
#include "campaign/measures.h"
#include "campaign/rollup.h"

namespace bz::campaign {
namespace {

using store::Sql;

template <class Enum>
struct Word {
  Enum value;
  std::string_view text;
};
constexpr std::array<Word<Precision>, 4> kPrecisions{{{Precision::kExact, "exact"},
                                                      {Precision::kRounded, "rounded"},
                                                      {Precision::kAbout, "about"},
                                                      {Precision::kLowerBound, "lower_bound"}}};
constexpr std::array<Word<State>, 3> kStates{{{State::kProvisional, "provisional"},
                                              {State::kAccepted, "accepted"},
                                              {State::kWithdrawn, "withdrawn"}}};
constexpr std::array<Word<Leg>, 3> kLegs{
    {{Leg::kNone, "none"}, {Leg::kPhone, "phone"}, {Leg::kFile, "file"}}};
constexpr std::array<Word<OriginKind>, 4> kOrigins{
    {{OriginKind::kReportLine, "report_line"},
     {OriginKind::kLetterSentence, "letter_sentence"},
     {OriginKind::kImport, "import"},
     {OriginKind::kIllustrative, "illustrative"}}};

template <class Words, class Enum>
std::string_view word_of(const Words& words, Enum value) {
  for (const auto& word : words) {
    if (word.value == value) return word.text;
  }
  return "";
}

template <class Enum, std::size_t kSize>
std::optional<Enum> value_of(const std::array<Word<Enum>, kSize>& words, std::string_view text) {
  for (const auto& word : words) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

bool is_of_source(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// What is wrong with it by itself.
Result<void> look_at(const NewFigure& figure) {
  const auto wrong = [](const char* what) { return Error{Code::kInvalid, what}; };
  if (figure.subject.empty()) return wrong("a figure needs a subject: a unit or a body");
  if (find_measure(figure.measure) == nullptr) {
    return wrong("the measure is none of those that are counted: see the list of measures");
  }
  if (!is_source(figure.source)) {
    return wrong("the source is not of the form kind:body, as operator:viettel-70");
  }
  if (auto ok = check_count(figure.value); !ok) return ok;
  if (figure.cut_off < Instant{} || figure.known_at < Instant{}) {
    return wrong("a figure's cut-off and the time it came lie after 1970");
  }
  if (figure.state == State::kWithdrawn) {
    return wrong("a figure is withdrawn by naming it, not by a new one");
  }
  if (figure.reference.empty()) return wrong("a figure needs its origin: a line, sentence or file");
  if (figure.by.empty()) return wrong("a figure needs the name of who gave it");
  return {};
}

Result<void> write(Sql& sql, const Figure& figure) {
  const store::Parameter reason = figure.reason.empty()
                                      ? store::Parameter{}
                                      : store::Parameter{std::string_view(figure.reason)};
  auto done = sql.run(
      "INSERT INTO figure (series, cut_off_ms, version, known_ms, value, precise, state, leg, "
      "origin, reference, reason, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
      "$12)",
      {figure.id.series, to_ms(figure.id.cut_off), figure.id.version, to_ms(figure.known_at),
       store::or_null(figure.value), static_cast<std::int64_t>(figure.precision),
       static_cast<std::int64_t>(figure.state), static_cast<std::int64_t>(figure.leg),
       static_cast<std::int64_t>(figure.origin), std::string_view(figure.reference), reason,
       std::string_view(figure.by)});
  if (!done) return done.error();
  return {};
}

Result<void> know_subject(Sql& sql, std::string_view subject) {
  if (!is_unit(subject)) return {};
  const auto there = sql.integer("SELECT 1 FROM unit WHERE key = $1", {subject});
  if (!there) return there.error();
  if (!*there) return Error{Code::kNotFound, "no unit has this key: see the list of units"};
  return {};
}

Result<void> read_names(Sql& sql, Figure& figure) {
  return sql.each("SELECT subject, measure, source FROM series WHERE id = $1", {figure.id.series},
                  [&](const store::Row& row) -> Result<bool> {
                    figure.subject = row.text(0);
                    figure.measure = row.text(1);
                    figure.source = row.text(2);
                    return false;
                  });
}

// A new version after `all`, of one series and cut-off.
Result<FigureId> add(Sql& sql, std::span<const Figure> all, Figure figure) {
  figure.id.version = all.empty() ? 1 : all.back().id.version + 1;
  if (!all.empty()) figure.known_at = std::max(figure.known_at, all.back().known_at);
  if (auto done = write(sql, figure); !done) return done.error();
  return figure.id;
}

// The version named by `id` where it is the one to be changed, and all of its cut-off.
struct Opened {
  std::vector<Figure> all;
  Figure figure;
};
Result<Opened> open(Sql& sql, const FigureId& id) {
  if (auto locked = lock_figures(sql); !locked) return locked.error();
  auto all = versions_at(sql, id.series, id.cut_off);
  if (!all) return all.error();
  const auto named = std::ranges::find(*all, id, &Figure::id);
  if (named == all->end()) return Error{Code::kNotFound, "there is no such figure"};
  const auto* stands = standing(*all, {id.cut_off});
  if (stands == nullptr) stands = &all->back();
  if (stands->id != id) {
    return Error{Code::kConflict, "the figure has changed since it was looked at: look again"};
  }
  Opened opened{{}, *named};
  opened.all = std::move(*all);
  if (auto read = read_names(sql, opened.figure); !read) return read.error();
  return opened;
}

Result<FigureId> close(Sql& sql, const Opened& opened, const Figure& next) {
  auto id = add(sql, opened.all, next);
  if (!id) return id.error();
  const Recorded recorded{id->series, next.subject, next.measure, next.source, id->cut_off};
  if (auto done = update_roll_ups(sql, {&recorded, 1}); !done) return done.error();
  return *id;
}

}  // namespace

Result<void> check_count(const std::optional<std::int64_t>& value) {
  if (value && (*value < 0 || *value > kMostValue))
    return Error{Code::kInvalid, "a figure is a whole number from 0 to 1000000000000"};
  return {};
}

std::string_view to_text(Precision precision) {
  return word_of(kPrecisions, precision);
}
std::string_view to_text(State state) {
  return word_of(kStates, state);
}
std::string_view to_text(Leg leg) {
  return word_of(kLegs, leg);
}
std::string_view to_text(OriginKind kind) {
  return word_of(kOrigins, kind);
}
std::optional<Precision> precision_from(std::string_view text) {
  return value_of(kPrecisions, text);
}
std::optional<State> state_from(std::string_view text) {
  return value_of(kStates, text);
}
std::optional<Leg> leg_from(std::string_view text) {
  return value_of(kLegs, text);
}
std::optional<OriginKind> origin_kind_from(std::string_view text) {
  return value_of(kOrigins, text);
}

std::string to_text(const FigureId& id) {
  return std::to_string(id.series) + "-" + std::to_string(to_ms(id.cut_off)) + "-" +
         std::to_string(id.version);
}

std::optional<FigureId> figure_id_from(std::string_view text) {
  std::array<std::int64_t, 3> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto end = i + 1 < parts.size() ? text.find('-') : text.size();
    if (end == std::string_view::npos || end == 0 || text[0] < '1' || text[0] > '9')
      return std::nullopt;
    const auto read = std::from_chars(text.data(), text.data() + end, parts.at(i));
    if (read.ec != std::errc{} || read.ptr != text.data() + end) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return FigureId{parts[0], from_ms(parts[1]), parts[2]};
}

bool is_source(std::string_view text) {
  if (text.empty() || text.size() > 100) return false;
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  if (kind.empty() || !std::ranges::all_of(kind, is_of_source)) return false;
  if (colon == std::string_view::npos) return true;
  const auto body = text.substr(colon + 1);
  return !body.empty() && std::ranges::all_of(body, is_of_source);
}

std::string_view kind_of_source(std::string_view source) {
  return source.substr(0, source.find(':'));
}

Result<FigureId> record(Sql& sql, const NewFigure& figure) {
  auto ids = record(sql, std::span(&figure, 1));
  if (!ids) return ids.error();
  return ids->front();
}

Result<std::vector<FigureId>> record(Sql& sql, std::span<const NewFigure> figures) {
  for (const auto& figure : figures) {
    if (auto right = look_at(figure); !right) return right.error();
    if (auto known = know_subject(sql, figure.subject); !known) return known.error();
  }
  if (auto locked = lock_figures(sql); !locked) return locked.error();
  std::vector<FigureId> ids;
  std::vector<Recorded> recorded;
  for (const auto& figure : figures) {
    const auto series = series_of(sql, figure.subject, figure.measure, figure.source);
    if (!series) return series.error();
    const auto all = versions_at(sql, *series, figure.cut_off);
    if (!all) return all.error();
    if (!all->empty() && figure.leg == Leg::kNone && figure.reason.empty()) {
      return Error{Code::kInvalid,
                   "there is a figure of this cut-off already: a new one needs a reason"};
    }
    Figure next{{*series, figure.cut_off, 0},
                {},
                {},
                {},
                figure.value,
                figure.precision,
                figure.state,
                figure.known_at,
                figure.leg,
                figure.origin,
                figure.reference,
                figure.reason,
                figure.by};
    const auto id = add(sql, *all, std::move(next));
    if (!id) return id.error();
    ids.push_back(*id);
    recorded.push_back({*series, figure.subject, figure.measure, figure.source, figure.cut_off});
  }
  if (auto done = update_roll_ups(sql, recorded); !done) return done.error();
  return ids;
}

Result<FigureId> accept(Sql& sql, const FigureId& id, std::string_view by, Instant now) {
  auto ids = accept(sql, std::span(&id, 1), by, now);
  if (!ids) return ids.error();
  return ids->front();
}

Result<std::vector<FigureId>> accept(Sql& sql, std::span<const FigureId> ids, std::string_view by,
                                     Instant now) {
  std::vector<Opened> opened;
  for (const auto& id : ids) {
    auto one = open(sql, id);
    if (!one) return one.error();
    if (one->figure.state == State::kWithdrawn) {
      return Error{Code::kConflict, "the figure has been withdrawn: it cannot be accepted"};
    }
    opened.push_back(std::move(*one));
  }
  std::vector<FigureId> accepted;
  std::vector<Recorded> recorded;
  for (const auto& one : opened) {
    Figure next = one.figure;
    recorded.push_back({next.id.series, one.figure.subject, one.figure.measure, one.figure.source,
                        next.id.cut_off});
    // Accepting twice changes nothing.
    if (next.state == State::kAccepted) {
      accepted.push_back(next.id);
      continue;
    }
    next.state = State::kAccepted;
    next.known_at = now;
    next.reason.clear();
    next.by = by;
    const auto id = add(sql, one.all, std::move(next));
    if (!id) return id.error();
    accepted.push_back(*id);
  }
  if (auto done = update_roll_ups(sql, recorded); !done) return done.error();
  return accepted;
}

Result<FigureId> withdraw(Sql& sql, const FigureId& id, std::string_view reason,
                          std::string_view by, Instant now) {
  if (reason.empty()) return Error{Code::kInvalid, "a withdrawal needs a reason"};
  const auto opened = open(sql, id);
  if (!opened) return opened.error();
  if (opened->figure.state == State::kWithdrawn) return id;
  Figure next = opened->figure;
  next.state = State::kWithdrawn;
  next.known_at = now;
  next.reason = reason;
  next.by = by;
  return close(sql, *opened, next);
}

Result<FigureId> correct(Sql& sql, const FigureId& id, const Correction& correction,
                         std::string_view by, Instant now) {
  if (correction.reason.empty()) return Error{Code::kInvalid, "a correction needs a reason"};
  const auto opened = open(sql, id);
  if (!opened) return opened.error();
  const auto& old = opened->figure;
  const NewFigure asked{
      old.subject,      old.measure,          old.source,           id.cut_off,
      correction.value, correction.precision, correction.state,     now,
      correction.leg,   correction.origin,    correction.reference, correction.reason,
      std::string(by)};
  if (auto right = look_at(asked); !right) return right.error();
  const Figure next{id,          asked.subject,   asked.measure,   asked.source,
                    asked.value, asked.precision, asked.state,     now,
                    asked.leg,   asked.origin,    asked.reference, asked.reason,
                    asked.by};
  return close(sql, *opened, next);
}

Result<std::optional<Figure>> find_figure(Sql& sql, const FigureId& id) {
  auto all = versions_at(sql, id.series, id.cut_off);
  if (!all) return all.error();
  for (auto& figure : *all) {
    if (figure.id != id) continue;
    if (auto read = read_names(sql, figure); !read) return read.error();
    return std::optional(std::move(figure));
  }
  return std::optional<Figure>{};
}

Result<std::vector<Figure>> versions(Sql& sql, const FigureId& id) {
  auto all = versions_at(sql, id.series, id.cut_off);
  if (!all) return all.error();
  for (auto& figure : *all) {
    if (auto read = read_names(sql, figure); !read) return read.error();
  }
  return all;
}

const Figure* standing(std::span<const Figure> versions, const At& at) {
  const Figure* of_phone = nullptr;
  const Figure* other = nullptr;
  for (const auto& figure : versions) {
    if (figure.known_at > at.as_of) continue;
    if (figure.state == State::kWithdrawn) {
      of_phone = nullptr;
      other = nullptr;
      continue;
    }
    if (at.counts == Counts::kAcceptedOnly && figure.state != State::kAccepted) continue;
    (figure.leg == Leg::kPhone ? of_phone : other) = &figure;
  }
  return other != nullptr ? other : of_phone;
}

const Figure* counting(std::span<const Figure> versions, const At& at) {
  const auto* stands = standing(versions, at);
  return stands != nullptr && stands->value ? stands : nullptr;
}

const Figure* differing_leg(std::span<const Figure> versions, const At& at) {
  const auto* stands = standing(versions, {at.on, at.as_of});
  if (stands == nullptr || stands->leg != Leg::kFile || stands->state != State::kProvisional) {
    return nullptr;
  }
  const Figure* of_phone = nullptr;
  for (const auto& figure : versions) {
    if (figure.known_at > at.as_of) continue;
    if (figure.state == State::kWithdrawn)
      of_phone = nullptr;
    else if (figure.leg == Leg::kPhone)
      of_phone = &figure;
  }
  return of_phone != nullptr && of_phone->value != stands->value ? of_phone : nullptr;
}

Result<void> load(Sql& sql, std::span<const NewFigure> figures) {
  if (auto locked = lock_figures(sql); !locked) return locked.error();
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::int64_t> series;
  std::map<std::string_view, bool> known;
  constexpr std::size_t kWidth = 11;
  std::vector<store::Parameter> values;
  values.reserve(figures.size() * kWidth);
  for (const auto& figure : figures) {
    if (auto right = look_at(figure); !right) return right.error();
    if (known.emplace(figure.subject, true).second) {
      if (auto there = know_subject(sql, figure.subject); !there) return there.error();
    }
    const auto [found, is_new] = series.emplace(
        std::tuple(std::string_view(figure.subject), std::string_view(figure.measure),
                   std::string_view(figure.source)),
        0);
    if (is_new) {
      const auto id = series_of(sql, figure.subject, figure.measure, figure.source);
      if (!id) return id.error();
      found->second = *id;
    }
    values.insert(values.end(),
                  {found->second, to_ms(figure.cut_off), std::int64_t{1}, to_ms(figure.known_at),
                   store::or_null(figure.value), static_cast<std::int64_t>(figure.precision),
                   static_cast<std::int64_t>(figure.state), static_cast<std::int64_t>(figure.leg),
                   static_cast<std::int64_t>(figure.origin), std::string_view(figure.reference),
                   std::string_view(figure.by)});
  }
  if (values.empty()) return {};
  auto done = sql.run_each(
      "INSERT INTO figure (series, cut_off_ms, version, known_ms, value, precise, state, leg, "
      "origin, reference, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      kWidth, values);
  if (!done) return done.error();
  return {};
}

}  // namespace bz::campaign
