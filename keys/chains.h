// POST /v1/publish-bluezone3: takes day chains of the 2020 app's profile, where the authority has
// turned it on. A chain gives every later day of that phone (docs/formats/bluezone3-ids.md), so its
// phone has begun a new root before it sends, and the chain ends there.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "engine/published_key.h"
#include "keys/publish.h"
#include "store/store.h"
#include "wire/certificate.h"

namespace bz::keys {

// The first infectious day, counted from the onset of symptoms.
inline constexpr std::chrono::days kInfectiousBefore{2};
// A phone's clock may be ahead by this much.
inline constexpr std::chrono::hours kClockTolerance{2};

struct CheckedChains {
  std::vector<engine::PublishedChain> chains;  // sorted by their bytes
  std::vector<std::string> warnings;
};
std::variant<CheckedChains, Refusal> check_chains(const wire::PublishChainsRequest& request,
                                                  const wire::Certificate& certificate,
                                                  Instant now);

// A chain cannot be taken back once it is published, since trace lists know no such thing. So when
// a case is revoked, its chains that are in no closed batch are deleted.
//
// How many were. Holds the lock of the batches to the end of the transaction: neither an upload nor
// a closing is in between.
Result<std::int64_t> drop_chains(store::Sql& sql, std::int64_t authority,
                                 const std::set<wire::RevocationHandle>& handles);

class PublishChains {
 public:
  explicit PublishChains(const UploadDesk& desk) : desk_(desk) {}

  http::Response operator()(const http::Request& request);

 private:
  std::variant<wire::PublishAnswer, Refusal> take(const http::Request& request);

  UploadDesk desk_;
};

}  // namespace bz::keys
