#include "phone/visits.h"

#include <algorithm>
#include <utility>

#include "phone/drawn_times.h"
#include "phone/errand.h"

namespace bz::phone {

Visits::Visits(Report& report, Random& random, const VisitSettings& settings, Instant now)
    : report_(&report), random_(&random), settings_(settings) {
  draw_next_cover(now);
}

void Visits::begin_pause(Instant now) {
  second_half_ = now + draw_between(*random_, settings_.least_pause, settings_.most_pause);
}

void Visits::draw_next_cover(Instant now) {
  next_cover_ = now + draw_poisson_wait(*random_, settings_.mean_between_covers);
}

Result<TestResult> Visits::enter_code(Transport& transport, std::string_view code, Instant now) {
  if (second_half_)
    return Error{Code::kConflict, "a visit to the server is under way; try again in a minute"};
  if (auto ok = keep_errands_away(report_->store(), now); !ok) return ok.error();
  transport.hang_up();
  auto taken = report_->enter_code(transport, code, now);
  begin_pause(now);
  return taken;
}

Instant Visits::next(bool agreed, std::optional<Instant> chains_due) const {
  if (second_half_) return *second_half_;
  Instant next = next_cover_;
  if (agreed) next = std::min(next, keys_.next);
  if (chains_due) next = std::min(next, std::max(*chains_due, chains_.next));
  return next;
}

Result<std::optional<Sent>> Visits::go(Transport& transport, Instant now) {
  using Call = Transport::Call;
  const auto stage = report_->stage();
  if (!stage) return stage.error();
  const bool agreed = *stage == Report::Stage::kAgreed;
  const auto chains_due = report_->chains().due();
  if (!chains_due) return chains_due.error();
  if (now < next(agreed, *chains_due)) return std::optional<Sent>{};

  if (auto ok = keep_errands_away(report_->store(), now); !ok) return ok.error();
  transport.hang_up();
  if (!second_half_) {
    if (now >= next_cover_) draw_next_cover(now);
    // Nobody can tell that it failed, and nothing is lost by it.
    static_cast<void>(transport.cover(Call::kVerify));
    begin_pause(now);
    return std::optional<Sent>{};
  }
  second_half_.reset();
  // Never both in one visit. Keys that the server would not have do not keep the chains waiting.
  const bool chains = *chains_due && now >= std::max(**chains_due, chains_.next);
  if (agreed && (now >= keys_.next || !chains))
    return noted(keys_, Sent::What::kKeys, report_->send(transport), now);
  if (chains) return noted(chains_, Sent::What::kChains, report_->chains().send(transport), now);
  static_cast<void>(transport.cover(Call::kCertificate));
  static_cast<void>(transport.cover(Call::kPublish));
  return std::optional<Sent>{};
}

Result<std::optional<Sent>> Visits::noted(Tries& tries, Sent::What what,
                                          const Result<wire::PublishAnswer>& answer, Instant now) {
  if (!answer) {
    tries.next = now + draw_retry_wait(*random_, settings_.first_retry, settings_.last_retry,
                                       tries.failures++);
    return answer.error();
  }
  tries = {};
  return std::optional(Sent{what, *answer});
}

}  // namespace bz::phone
