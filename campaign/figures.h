// Figures (số liệu): how many of a measure a subject had at a cut-off, as a source tells it.
//
// A figure is (subject, measure, source, cut-off) and a version 1, 2, 3, …; nothing is ever
// changed: a correction, an acceptance, a withdrawal are new versions, so that what was known at
// any moment can be shown again. The subject is a unit (`84@2020-06-01`) or a body (`so-tttt-84`).
// A denominator is a figure too: the census of 1/4/2019 is one with that cut-off.
//
// Two times. `on`: cut-offs up to that instant; `as_of`: versions known up to that instant.
//
// Which version of a cut-off stands, of those known at as_of:
//   - those up to the last withdrawal do not;
//   - where only accepted ones count (letters, consolidated reports), the others do not. Walls show
//     provisional ones too, marked;
//   - of the rest the newest, but one of the phone leg only where there is none of the file leg and
//     none of neither leg (a person's decision, an import).
// Where none stands, or what stands has nothing to report, the cut-off carries no number, and the
// one before it is looked at; it is never 0.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/sql.h"

namespace bz::campaign {

// From what is most certain to what is least. A lower bound: "more than 8.5 million".
enum class Precision : std::int64_t { kExact = 1, kRounded = 2, kAbout = 3, kLowerBound = 4 };
enum class State : std::int64_t { kProvisional = 1, kAccepted = 2, kWithdrawn = 3 };
enum class Leg : std::int64_t { kNone = 0, kPhone = 1, kFile = 2 };
// Illustrative: invented, for a demonstration or a lesson; every answer says so.
enum class OriginKind : std::int64_t {
  kReportLine = 1,
  kLetterSentence = 2,
  kImport = 3,
  kIllustrative = 4
};

// "exact", "provisional", "file", "report_line", …; the same words in JSON and on the command line.
std::string_view to_text(Precision precision);
std::string_view to_text(State state);
std::string_view to_text(Leg leg);
std::string_view to_text(OriginKind kind);
std::optional<Precision> precision_from(std::string_view text);
std::optional<State> state_from(std::string_view text);
std::optional<Leg> leg_from(std::string_view text);
std::optional<OriginKind> origin_kind_from(std::string_view text);

// A figure's own id: it names one version for ever. As text "17-1597856400000-1"; other tables keep
// that text.
struct FigureId {
  std::int64_t series = 0;
  Instant cut_off{};
  std::int64_t version = 0;

  auto operator<=>(const FigureId&) const = default;
};
std::string to_text(const FigureId& id);
std::optional<FigureId> figure_id_from(std::string_view text);

// "kind:body" of small letters, digits and '-' ("operator:viettel-70", "census:2019-04-01"), or a
// kind alone ("app-counter", "door", "entrance"); at most 100 octets.
bool is_source(std::string_view text);
// The part before the colon.
std::string_view kind_of_source(std::string_view source);
inline bool is_unit(std::string_view subject) {
  return subject.find('@') != subject.npos;
}

// More than any count; a country's sum of such still fits.
inline constexpr std::int64_t kMostValue = 1'000'000'000'000;
// kInvalid for what is no count. Before anything is reckoned with it.
Result<void> check_count(const std::optional<std::int64_t>& value);

struct NewFigure {
  std::string subject;
  std::string measure;
  std::string source;
  Instant cut_off{};
  std::optional<std::int64_t> value;  // 0 to kMostValue; nothing: nothing to report
  Precision precision = Precision::kExact;
  State state = State::kProvisional;
  // The server's clock when it is written, however long before that a report came: what was not
  // here yet was not known. Versions of one cut-off are in the order of this: where clocks differ
  // it is raised to the version's before.
  Instant known_at{};
  Leg leg = Leg::kNone;
  OriginKind origin = OriginKind::kReportLine;
  std::string reference = {};  // a report's line, a letter's sentence, a file's name; never empty
  std::string reason = {};     // compulsory from the second version on, unless it came by a leg
  std::string by = {};         // who: an account, "command line", "app-counter"; never empty
};

struct Figure {
  FigureId id;
  std::string subject;
  std::string measure;
  std::string source;
  std::optional<std::int64_t> value;
  Precision precision{};
  State state{};
  Instant known_at{};
  Leg leg{};
  OriginKind origin{};
  std::string reference;
  std::string reason;
  std::string by;
};

// What is asked: cut-offs up to `on`, known up to `as_of`.
enum class Counts : std::uint8_t { kProvisionalToo, kAcceptedOnly };
struct At {
  Instant on{};
  Instant as_of = Instant::max();
  Counts counts = Counts::kProvisionalToo;
};

// Adds a version and brings the roll-ups above it up to date (campaign/rollup.h), within the
// caller's transaction, which should do so as the last thing it locks: writers of figures wait for
// each other until they commit. kInvalid says what is not right with a member; kNotFound when the
// unit is none of ours (bodies are the caller's to check).
Result<FigureId> record(store::Sql& sql, const NewFigure& figure);
// Several, as one report brings them; each ancestor's roll-up is worked out once. Nothing is kept
// when one of them is refused.
Result<std::vector<FigureId>> record(store::Sql& sql, std::span<const NewFigure> figures);

// New versions made of one that a person looks at. kConflict when it no longer stands (or, where
// none stands, is not the newest): what was looked at is not what would be changed. kNotFound when
// there is none of that id.
Result<FigureId> accept(store::Sql& sql, const FigureId& id, std::string_view by, Instant now);
// Accepts the versions as one; each ancestor's roll-up is worked out once.
Result<std::vector<FigureId>> accept(store::Sql& sql, std::span<const FigureId> ids,
                                     std::string_view by, Instant now);
Result<FigureId> withdraw(store::Sql& sql, const FigureId& id, std::string_view reason,
                          std::string_view by, Instant now);
struct Correction {
  std::optional<std::int64_t> value;
  Precision precision = Precision::kExact;
  State state = State::kProvisional;
  OriginKind origin = OriginKind::kReportLine;
  std::string reference = {};
  std::string reason = {};  // compulsory
  // That of what is corrected when its reporter corrects it; none: a person's decision.
  Leg leg = Leg::kNone;
};
Result<FigureId> correct(store::Sql& sql, const FigureId& id, const Correction& correction,
                         std::string_view by, Instant now);

Result<std::optional<Figure>> find_figure(store::Sql& sql, const FigureId& id);
// All versions of its cut-off, oldest first: the figure's history.
Result<std::vector<Figure>> versions(store::Sql& sql, const FigureId& id);

// Of one cut-off's versions, oldest first, the one that stands; it may have nothing to report.
// nullptr: none does.
const Figure* standing(std::span<const Figure> versions, const At& at);
// The one that stands and carries a number.
const Figure* counting(std::span<const Figure> versions, const At& at);
// Of the same, the other leg's newest version when its number differs from the one that counts and
// no person has decided since. nullptr: the legs agree.
const Figure* differing_leg(std::span<const Figure> versions, const At& at);

// The one that counts at the latest cut-off with a number.
Result<std::optional<Figure>> latest(store::Sql& sql, std::string_view subject,
                                     std::string_view measure, std::string_view source,
                                     const At& at);
// The same over all sources but operators', whose numbers are nobody's but theirs; of those with
// the latest cut-off, the first by the source's text.
Result<std::optional<Figure>> latest_of_any_source(store::Sql& sql, std::string_view subject,
                                                   std::string_view measure, const At& at);

struct FigureQuery {
  std::string subject;
  std::string measure = {};  // empty: all
  std::string source = {};   // empty: all
  At at{};
  std::optional<Instant> from = {};  // cut-offs after it; nothing: from the first
  std::size_t most = 1'000;
};
// The one that counts of each cut-off, newest cut-off first within a series.
Result<std::vector<Figure>> figures(store::Sql& sql, const FigureQuery& query);

// Of each measure and source only the one that counts at the latest cut-off with a number.
Result<std::vector<Figure>> latest_of_each(store::Sql& sql, const FigureQuery& query);

// The sources that a subject had figures of for a measure, the first to report first: whoever comes
// later takes nobody's place, whatever its name.
Result<std::vector<std::string>> sources_of(store::Sql& sql, std::string_view subject,
                                            std::string_view measure,
                                            Instant as_of = Instant::max());

// Bulk loading: rows as they are, with no roll-up worked out; rebuild_roll_ups() afterwards. For an
// empty store's first load and for the benchmark; checks what record() checks of each figure, and
// every figure is a first version. kConflict when one is there already.
Result<void> load(store::Sql& sql, std::span<const NewFigure> figures);

}  // namespace bz::campaign
