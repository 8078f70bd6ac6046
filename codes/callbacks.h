// People who were warned and want to be called leave a message of 256 bytes, sealed to the
// authority's key (docs/formats/): the server cannot read it. It keeps with it the day it came and
// nothing else, until an officer fetches it or for 14 days. A fetched one stays an hour for the
// same officer, so that an answer that is lost on the way loses no message. Phones send cover
// traffic of the same size (X-Chaff). Anybody can send one: an authority takes so many a day and no
// more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/authorities.h"
#include "codes/core.h"

namespace bz::codes {

inline constexpr std::size_t kCallbackSize = 256;
inline constexpr std::int64_t kMostListed = 500;
inline constexpr std::chrono::hours kFetchedAgain{1};

struct CallbackRequest {
  std::string authority;  // empty: the only one
  Bytes message;

  bool operator==(const CallbackRequest&) const = default;
};
// kMalformed also when the message has not exactly 256 bytes.
Result<CallbackRequest> parse_callback(std::string_view body);

// Nothing, or why not. The same message again, as after a lost answer, is kept once while the first
// is there.
Result<std::optional<Refusal>> leave_callback(const Core& core, std::string_view body);

struct Callback {
  std::string id;
  Day day;
  bool fetched = false;  // by the officer who asks, within the last hour
};
// At most kMostListed, those that wait first: by day, then in no order.
Result<std::vector<Callback>> list_callbacks(const Core& core, const Authority& authority,
                                             std::string_view account);
// Its message, which is then nobody else's and is deleted an hour later; noted each time.
Result<Outcome<Bytes>> fetch_callback(const Core& core, const Authority& authority,
                                      std::string_view account, std::string_view id);

}  // namespace bz::codes
