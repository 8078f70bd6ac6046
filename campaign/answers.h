// How the campaign's routes answer: JSON, and problems as RFC 7807 has them, each with what to do,
// Vietnamese first and English beside it.
//
//   {"type":"about:blank","title":"…","status":422,"detail":"…","detail_en":"…",
//    "errors":[{"cell":"C4","says":"…","says_en":"…","do":"…","do_en":"…"}]}
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace bz::campaign {

// What is wrong with one thing, and what to do about it. `cell` is a spreadsheet's address, a
// member's name or a query parameter; it and the sentences never repeat a person's words.
struct Fault {
  std::string cell = {};
  std::string says = {};
  std::string says_en = {};
  std::string todo = {};
  std::string todo_en = {};
};

// Why a call is refused: no failure of ours, and so no Error.
struct Refusal {
  int status = 422;
  std::string detail = {};
  std::string detail_en = {};
  std::vector<Fault> faults = {};
};

// What a call gives: its answer, or why it was refused. A failure of ours is a Result's error.
template <class T>
using Outcome = std::variant<T, Refusal>;

// Result<Outcome<T>>, to which a value, a refusal and an error convert.
template <class T>
class [[nodiscard]] Given : public Result<Outcome<T>> {
 public:
  // NOLINTBEGIN(google-explicit-constructor)
  Given(T value) : Result<Outcome<T>>(Outcome<T>(std::move(value))) {}
  Given(Refusal refusal) : Result<Outcome<T>>(Outcome<T>(std::move(refusal))) {}
  Given(Error error) : Result<Outcome<T>>(std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  // nullptr when it is none; requires has_value().
  [[nodiscard]] const Refusal* refused() const { return std::get_if<Refusal>(&**this); }
  // Requires neither an error nor a refusal.
  [[nodiscard]] T& value() { return std::get<T>(**this); }
  [[nodiscard]] const T& value() const { return std::get<T>(**this); }
};

std::string fault_json(const Fault& fault);
http::Response refuse(const Refusal& refusal);
// An error of the store or of a reader: kUnavailable gives 503 and says that nothing was kept.
http::Response refuse(const Error& error);

namespace refusal {
Refusal not_logged_in();                        // 401
Refusal no_csrf_token();                        // 403
Refusal no_such_link();                         // 401: of viewer links
Refusal too_many();                             // 429
Refusal not_yours();                            // 403: outside one's scope
Refusal not_found();                            // 404: also what one may not know of
Refusal bad_query(std::string_view parameter);  // 400
}  // namespace refusal

}  // namespace bz::campaign
