// What of the numbers a caller sees. Rates, ranks and targets of any unit are open to whoever has
// logged in; a figure's own page (who reported it, its versions and their reasons) is for those in
// whose scope its subject or the body that reported it lies.
//
// An operator never sees another's numbers, in any answer: to see what an operator reports, one's
// scope must hold the operator itself or be a territory that holds the subject; and whoever has a
// grant over one operator sees only that one's, whatever else they were granted.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "campaign/desk.h"
#include "campaign/small_counts.h"
#include "campaign/targets.h"
#include "campaign/wall.h"

namespace bz::campaign {

// Who may read more than rates. A viewer's device shows the wall; an administrator looks after
// people.
inline constexpr std::string_view kReaders[] = {"clerk",   "approver", "duty",
                                                "officer", "leader",   "auditor"};

// "viettel-70" of "operator:viettel-70"; empty where a source names no body.
std::string_view body_of_source(std::string_view source);
// Whether it is what operators report.
bool is_operators(std::string_view source);

class Sight {
 public:
  Sight(store::Sql& sql, const Caller& caller) : sql_(sql), caller_(caller) {}

  // Whether its rates, ranks and targets may be asked for at all: by a viewer link, of its unit's
  // subtree only.
  Result<bool> may_ask(std::string_view subject);
  // Whether a reader's grant holds the subject.
  Result<bool> of_subject(std::string_view subject);
  Result<bool> of_figure(std::string_view subject, std::string_view source);
  // A number without who reported it and why: everybody's but an operator's.
  Result<bool> of_number(std::string_view subject, std::string_view source);
  // Why a figure that may not be seen is refused: of an operator's, nobody learns that it is there.
  static Refusal why_not(std::string_view source);
  // Whether every operator's figures of a unit may be seen, and so their sum.
  Result<bool> of_operators_in(std::string_view unit);

  // Whether the caller has a grant over an operator: then nothing that may be another's is shown.
  Result<bool> is_an_operators();

  // A body's reports, dues and calls.
  Result<bool> of_body(std::string_view slug);
  // The grant with one of `roles` by which something is done about a body's reports; nothing where
  // there is none, or where they may not be seen.
  Result<std::optional<Grant>> grant_over(std::span<const std::string_view> roles,
                                          std::string_view slug);
  // Whether it has reported, no more: that stands on the wall, for viewers too.
  Result<bool> of_silence(std::string_view slug);

  // Take out what may not be seen. `source` is that of the count.
  Result<void> hide(Rate& rate, std::string_view source);
  Result<void> hide(Target& target);
  Result<void> hide(TargetStatus& status);
  Result<void> hide(Wall& wall);

 private:
  Result<bool> of_body(std::span<const std::string_view> roles, std::string_view slug);
  Result<bool> of_operator(std::string_view subject, std::string_view body);
  Result<void> read_operators();
  Result<bool> is_of_another_operator(std::string_view body);

  store::Sql& sql_;
  const Caller& caller_;
  std::optional<std::vector<std::string>> operators_;  // that the caller has a grant over
};

// What anybody sees holds no operator's number.
void hide_operators(PublicAdoption& adoption);

}  // namespace bz::campaign
