#include "phone/visits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace bz::phone {

Visits::Visits(Report& report, Random& random, const VisitSettings& settings, Instant now)
    : report_(&report), random_(&random), settings_(settings) {
  draw_next_cover(now);
}

std::uint64_t Visits::draw(std::uint64_t below) {
  std::array<std::uint8_t, 8> chance{};
  random_->fill(chance);
  return get_le(chance) % below;  // `below` is far under 2^64: no bias that anybody could see
}

void Visits::begin_pause(Instant now) {
  const auto spread = (settings_.most_pause - settings_.least_pause).count() + 1;
  second_half_ = now + settings_.least_pause +
                 std::chrono::milliseconds{
                     static_cast<std::int64_t>(draw(static_cast<std::uint64_t>(spread)))};
}

void Visits::draw_next_cover(Instant now) {
  // The waiting time of a Poisson process: -mean x ln(u), u even in (0, 1].
  constexpr std::uint64_t kSteps = std::uint64_t{1} << 32U;
  const double u = static_cast<double>(draw(kSteps) + 1) / static_cast<double>(kSteps);
  const double wait = -std::log(u) * static_cast<double>(settings_.mean_between_covers.count());
  next_cover_ = now + std::chrono::milliseconds{static_cast<std::int64_t>(wait)};
}

void Visits::draw_next_try(Instant now) {
  constexpr int kDoublings = 16;
  const auto wait = std::min(settings_.last_retry,
                             settings_.first_retry * (1 << std::min(failures_++, kDoublings)));
  const auto half = static_cast<std::uint64_t>(wait.count() / 2);
  next_try_ = now + wait / 2 + std::chrono::milliseconds{static_cast<std::int64_t>(draw(half + 1))};
}

Result<TestResult> Visits::enter_code(Transport& transport, std::string_view code, Instant now) {
  if (second_half_)
    return Error{Code::kConflict, "a visit to the server is under way; try again in a minute"};
  transport.hang_up();
  auto taken = report_->enter_code(transport, code);
  begin_pause(now);
  return taken;
}

Instant Visits::next(bool agreed) const {
  if (second_half_) return *second_half_;
  return agreed ? std::min(next_try_, next_cover_) : next_cover_;
}

Result<std::optional<wire::PublishAnswer>> Visits::go(Transport& transport, Instant now) {
  using Call = Transport::Call;
  const auto stage = report_->stage();
  if (!stage) return stage.error();
  const bool agreed = *stage == Report::Stage::kAgreed;
  if (now < next(agreed)) return std::optional<wire::PublishAnswer>{};

  transport.hang_up();
  if (!second_half_) {
    if (now >= next_cover_) draw_next_cover(now);
    // Nobody can tell that it failed, and nothing is lost by it.
    static_cast<void>(transport.cover(Call::kVerify));
    begin_pause(now);
    return std::optional<wire::PublishAnswer>{};
  }
  second_half_.reset();
  if (!agreed) {
    static_cast<void>(transport.cover(Call::kCertificate));
    static_cast<void>(transport.cover(Call::kPublish));
    return std::optional<wire::PublishAnswer>{};
  }
  auto answer = report_->send(transport);
  if (!answer) {
    draw_next_try(now);
    return answer.error();
  }
  failures_ = 0;
  next_try_ = Instant::min();
  return std::optional<wire::PublishAnswer>(std::move(*answer));
}

}  // namespace bz::phone
