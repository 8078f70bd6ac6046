// Reporting a positive test, step by step: the code, what would be sent, consent, the upload. Each
// step is on the disk before the next begins, so that neither a lost answer nor a killed phone
// loses an upload or sends what was not agreed to.
//
//   nothing ── enter_code ──► code taken ── agree ──► agreed ── send ──► nothing
//                                  └───────────── give_up ─────────────┘
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "phone/chain_report.h"
#include "phone/own_keys.h"
#include "phone/store.h"
#include "phone/transport.h"
#include "phone/upload.h"
#include "wire/certificate.h"

namespace bz::phone {

// What the health authority says of the person's test, once it has taken the code.
struct TestResult {
  wire::TestType type = wire::TestType::kConfirmed;
  std::optional<Day> symptoms;  // when they began
  std::optional<Day> test;      // when it was taken; for a contact: the day of that contact

  bool operator==(const TestResult&) const = default;
};

// A person may infect others from two days before the first symptoms. Without that day, the test's
// is taken for it, and without both, the fourth before today, as the key servers have it.
inline constexpr std::chrono::days kInfectiousBeforeSymptoms{2};
inline constexpr std::chrono::days kOnsetWhenUnknown{4};

// The first day whose keys concern others; `before_symptoms` is the authority's to set
// (engine/authority_settings.h). For a contact: the day of that contact.
Day first_infectious_day(const TestResult& test, Day today,
                         std::chrono::days before_symptoms = kInfectiousBeforeSymptoms);
// For chains, of which a key server takes nothing before two days, whatever the authority sets.
Day first_chain_day(const TestResult& test, Day today, std::chrono::days before_symptoms);

class Report {
 public:
  // All must outlive it.
  Report(Store& store, OwnKeys& keys, OwnChains& chains)
      : store_(&store), keys_(&keys), chains_(store, chains) {}

  enum class Stage { kNothing, kCodeTaken, kAgreed };
  Result<Stage> stage();

  // Whether a code would be handed in now. Not while something waits that was agreed to, unless the
  // server has refused it, the day keys, that is: chains that it refused do not wait.
  Result<bool> takes_code();

  // A new code takes the place of an earlier one; kConflict when none is taken now (send what waits
  // first, or give up). Where day keys were refused and chains that were agreed to wait for their
  // time, those stay, with their own token, and what the new code offers of chains is dropped.
  // Errors as Transport::verify.
  Result<TestResult> enter_code(Transport& transport, std::string_view code, Instant now);

  // Of the code that was taken; kNotFound when there is none.
  Result<TestResult> test();

  // Ends the key that is in use, so that no key is said any more that is handed over, and keeps the
  // upload until it is sent. Keys that an upload before published may be in it: their report is
  // changed, and the others added (phone/revision.h). kNotFound when no code was taken.
  Result<void> agree(const Upload& upload, Instant now);

  // Certificate and upload; nothing is left of both when it returns without error, but the revision
  // token of the answer. After one, the same call again goes on where it stopped: kUnavailable
  // later, kDenied only after another code. kNotFound when there is nothing that was agreed to.
  Result<wire::PublishAnswer> send(Transport& transport);

  // Both parts.
  Result<void> give_up();

  // The second part, of chains, where the code's authority takes them.
  ChainReport& chains() { return chains_; }

  // Where it is kept, and whatever else has to keep away from it.
  [[nodiscard]] Store& store() { return *store_; }

 private:
  struct State;
  Result<State> state();
  Result<void> keep(const State& state);
  Error note_refusal(State& state, const Error& error);

  Store* store_;
  OwnKeys* keys_;
  ChainReport chains_;
};

}  // namespace bz::phone
