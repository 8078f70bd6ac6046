// Visits to the server, which all look alike to whoever watches the network: a call to check a
// code, a pause, then a call for a certificate and one to publish. Some carry an upload, most carry
// nothing (cover traffic); sizes, order, pauses and connections follow the same rules in both.
//
//   begin: verify        second half, after a pause: certificate, publish
//
// Day keys and chains of one report go in two visits, the chains' at a time drawn for it alone
// (phone/chain_report.h).
//
// A person who agrees before the pause is over has their upload carried by the second half; one who
// takes longer, by the second half of another visit. So the pause never tells how long somebody
// read. Before each half, errands that come too soon are put off (phone/errand.h).
#pragma once

#include <chrono>
#include <optional>

#include "base/random.h"
#include "phone/report.h"

namespace bz::phone {

struct VisitSettings {
  // Between the halves, drawn evenly.
  std::chrono::milliseconds least_pause{20'000};
  std::chrono::milliseconds most_pause{40'000};
  // Between two visits that carry nothing, on average: their times form a Poisson process.
  std::chrono::milliseconds mean_between_covers{std::chrono::hours{24 * 2}};
  // After an upload that failed, until the next try: so long at first, twice as long each time, to
  // the second; drawn evenly from half of that to all of it, so that not all phones come at once.
  std::chrono::milliseconds first_retry{std::chrono::minutes{5}};
  std::chrono::milliseconds last_retry{std::chrono::hours{6}};
};

// What a visit carried, and the server's answer.
struct Sent {
  enum class What { kKeys, kChains };
  What what = What::kKeys;
  wire::PublishAnswer answer;
};

class Visits {
 public:
  // Both must outlive it.
  Visits(Report& report, Random& random, const VisitSettings& settings, Instant now);

  // Begins a visit with a code, at once. Errors as Report::enter_code, and kConflict during the
  // pause of another visit: it is over within `most_pause`. A code that was refused has begun a
  // visit too; its second half is cover.
  Result<TestResult> enter_code(Transport& transport, std::string_view code, Instant now);

  // When to call go() next: whether day keys wait (Report::stage), and when chains are due
  // (ChainReport::due). 1970 where that is at once.
  [[nodiscard]] Instant next(bool agreed, std::optional<Instant> chains_due = {}) const;

  // Does what is due: a second half, a first half for an upload that was agreed to, or a visit that
  // carries nothing. An error is that of the upload; of a call that carries nothing it is dropped.
  Result<std::optional<Sent>> go(Transport& transport, Instant now);

 private:
  // Of an upload that was agreed to.
  struct Tries {
    Instant next{};  // long past: at once
    int failures = 0;
  };
  void begin_pause(Instant now);
  void draw_next_cover(Instant now);
  Result<std::optional<Sent>> noted(Tries& tries, Sent::What what,
                                    const Result<wire::PublishAnswer>& answer, Instant now);

  Report* report_;
  Random* random_;
  VisitSettings settings_;
  std::optional<Instant> second_half_;
  Instant next_cover_;
  Tries keys_;
  Tries chains_;
};

}  // namespace bz::phone
