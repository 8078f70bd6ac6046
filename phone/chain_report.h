// The second part of reporting a positive test, where the authority takes it: the chains of the
// 2020 app's profile that this phone said (phone/own_chains.h). The person agrees to it by itself,
// or does not, whatever they said to their day keys: its days stay linkable to each other.
//
//   nothing ── code with a second token ──► offered ── agree ──► agreed ── send ──► nothing
//                                              └─────────── give_up ───────────┘
//
// It is sent under its own token and certificate, in a visit of its own (phone/visits.h), at a time
// that is drawn: nothing but their being sent on one day joins it to the day keys.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "phone/own_chains.h"
#include "phone/sending.h"
#include "phone/store.h"
#include "phone/transport.h"
#include "phone/upload.h"

namespace bz::phone {

// From the consent until its visit, drawn evenly. A token lives for 24 hours: of what is left of
// them at most half goes by, so that the other half is there for further tries.
struct ChainDelay {
  std::chrono::milliseconds least{std::chrono::minutes{30}};
  std::chrono::milliseconds most{std::chrono::hours{12}};
};
inline constexpr std::chrono::hours kTokenLife{24};

class ChainReport {
 public:
  // Both must outlive it.
  ChainReport(Store& store, OwnChains& chains) : store_(&store), chains_(&chains) {}

  enum class Stage { kNothing, kOffered, kAgreed };
  Result<Stage> stage();

  // The token that came with a code at `now` (Report::enter_code). One write.
  Result<void> offer(std::string_view token, Instant now);

  // The running chain ends and what is sent is kept, in one transaction: whatever happens then,
  // nothing is said any more that follows from what is sent. kNotFound when nothing is offered;
  // kInvalid when there is nothing to send; kConflict when the clock went back meanwhile.
  Result<void> agree(const ChainUpload& upload, Instant now, const ChainDelay& delay = {});

  // When its visit is due; nothing unless it was agreed to.
  Result<std::optional<Instant>> due();

  // Certificate and upload; when it returns without error, nothing is left of them or of the chains
  // that ended. kUnavailable: the same call again later goes on where it stopped. After kDenied or
  // kInvalid it is given up, but the ended chains stay until they are forgotten, for another code.
  Result<wire::PublishAnswer> send(Transport& transport);

  // Forgets token and consent. A chain that has ended is not said again.
  Result<void> give_up() { return store_->drop(kName); }

 private:
  static constexpr std::string_view kName = "chain report";
  struct State;
  Result<std::optional<State>> state();
  Result<void> keep(const State& state);

  Store* store_;
  OwnChains* chains_;
};

}  // namespace bz::phone
