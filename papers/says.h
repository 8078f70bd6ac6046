// Sentences about a file that somebody sent: in Vietnamese for that person, with English beside it.
// An Error has one sentence, so both stand in it, "Tệp lớn hơn 5 MB. // The file is over 5 MB."
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace bz::papers {

// `vietnamese` and `english` say what is wrong and what to do; neither holds "//" or what stood in
// the file.
inline Error says(Code code, std::string_view vietnamese, std::string_view english) {
  return {code, std::string(vietnamese) + " // " + std::string(english)};
}

struct TwoLanguages {
  std::string vietnamese;
  std::string english;
};

// The halves of an error's sentence; a sentence that has only one stands in both.
inline TwoLanguages two_languages(const Error& error) {
  const auto middle = error.what.find(" // ");
  if (middle == std::string::npos) return {error.what, error.what};
  return {error.what.substr(0, middle), error.what.substr(middle + 4)};
}

}  // namespace bz::papers
