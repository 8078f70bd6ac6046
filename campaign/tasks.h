// Tasks (nhiệm vụ) as far as reports need them: which letter asks whom for which form by when. The
// letter is only named here (number, date, path, sentence).
//
// A task is asked of bodies; each then has dues (campaign/dues.h), which are derived and never
// stored. What a due was asked for does not change afterwards: a task is stopped and another made.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "campaign/answers.h"
#include "campaign/figures.h"
#include "store/sql.h"
#include "vi/deadline.h"

namespace bz::campaign {

// The ways by which a due wants its answer; both together: by telephone and as a file.
struct Legs {
  bool phone = false;
  bool file = true;

  [[nodiscard]] bool wants(Leg leg) const { return leg == Leg::kPhone ? phone : file; }
  bool operator==(const Legs&) const = default;
};

// When to remind, from before the due on: -60 min, -15 min, 0. The due's moment is minute 0.
struct Rung {
  std::chrono::minutes after{};  // negative: before
  bool to_approver = false;      // also to who accepts the body's reports

  bool operator==(const Rung&) const = default;
};
inline const std::vector<Rung> kUsualLadder = {{std::chrono::minutes{-60}, false},
                                               {std::chrono::minutes{-15}, false},
                                               {std::chrono::minutes{0}, true}};

// Where the letter says so.
struct LetterReference {
  std::string number = {};  // "3065/UBND-CN XD"; empty for one without a number
  std::optional<Day> dated = {};
  std::string path = {};      // "5.2", as printed
  std::string sentence = {};  // "báo cáo trước 16h00 hàng ngày"
};

struct Task {
  std::string id;  // 2 to 64 of a-z, 0-9, '-', '.', no dot first, last or twice: "bp-5.2"
  LetterReference letter;
  std::string form;  // forms.h
  Legs legs;
  vi::DeadlineRule rule;  // of a Daily `last` must be known; a Window is due at its end
  Instant issued;
  std::string receiver;                     // the body that receives
  std::vector<std::string> bodies;          // that are asked, in order
  std::vector<Rung> ladder = kUsualLadder;  // at most 10, within 30 days of the due
  std::string made_by = {};
  Instant made_at{};
  // Dues from here on are not asked for any more.
  std::optional<Instant> stopped_at = {};
};

// Refused: what is not right with a member, each with what to do (a daily rule without a last day
// is asked for it); 409 when another task has that id. The same again changes nothing.
Given<Task> put_task(store::Sql& sql, const Task& task);
// Asks further bodies, from `from` on: their first due is the first at least an hour after it.
Given<Task> ask_bodies(store::Sql& sql, std::string_view task, std::span<const std::string> bodies,
                       Instant from);
Given<Task> stop_task(store::Sql& sql, std::string_view task, Instant from);

Result<std::optional<Task>> find_task(store::Sql& sql, std::string_view id);
// Those asked of `body`, or all (empty), in order of ids.
Result<std::vector<Task>> tasks(store::Sql& sql, std::string_view body = {});

// "-60,-15,0+": minutes, with a plus where it goes to the approver too; as stored and in JSON.
std::string to_text(std::span<const Rung> ladder);
std::optional<std::vector<Rung>> ladder_from(std::string_view text);
// "phone", "file", "phone+file".
std::string_view to_text(const Legs& legs);
std::optional<Legs> legs_from(std::string_view text);

}  // namespace bz::campaign
