// What a person typed, read: the value, or a refusal that tells that person what stands there and
// what to do, in Vietnamese and in English.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/result.h"

namespace bz::vi {

// Whole sentences. They may repeat a number or a date as it was typed (never other words), so they
// go to the person who typed it, as `says` and `do` of an answer's `errors`, and to no log.
struct Refusal {
  std::string says;       // what is wrong with what stands there
  std::string says_en;    // the same in English
  std::string advice;     // what to do about it (`do` of an answer)
  std::string advice_en;  // the same in English
};

// kInvalid, with all four sentences in one line.
inline Error to_error(const Refusal& refusal) {
  return {Code::kInvalid,
          refusal.says + " " + refusal.advice + " · " + refusal.says_en + " " + refusal.advice_en};
}

// As Result<T>, with a Refusal in the place of the Error.
template <class T>
class [[nodiscard]] Reading {
 public:
  // NOLINTBEGIN(google-explicit-constructor)
  Reading(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Reading(Refusal refusal) : state_(std::in_place_index<1>, std::move(refusal)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Requires has_value().
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  // Requires !has_value().
  [[nodiscard]] const Refusal& refusal() const { return std::get<1>(state_); }

  // For callers that hand errors on: kInvalid (to_error) where it was refused.
  [[nodiscard]] Result<T> result() const {
    if (has_value()) return **this;
    return to_error(refusal());
  }

 private:
  std::variant<T, Refusal> state_;
};

}  // namespace bz::vi
