#include "http/rate_limit.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace bz::http {
namespace {

std::chrono::milliseconds rounded_up(double ms) {
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(ms))};
}

}  // namespace

RateLimit::RateLimit(Settings settings) : settings_(settings) {
  settings_.requests = std::max<std::int64_t>(settings_.requests, 1);
  settings_.window = std::max(settings_.window, std::chrono::seconds{1});
  settings_.names = std::max<std::size_t>(settings_.names, 1);
}

RateLimit::Verdict RateLimit::take(std::string_view name, Instant now) {
  const auto most = static_cast<double>(settings_.requests);
  const double ms_a_token =
      static_cast<double>(std::chrono::milliseconds{settings_.window}.count()) / most;

  const std::lock_guard lock(mutex_);
  auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    // A bucket that is full again says nothing that a new one would not.
    while (!by_use_.empty() &&
           (by_use_.size() >= settings_.names || by_use_.front().at + settings_.window <= now)) {
      by_name_.erase(by_use_.front().name);
      by_use_.pop_front();
    }
    by_use_.push_back({std::string(name), most, now});
    found = by_name_.emplace(by_use_.back().name, std::prev(by_use_.end())).first;
  } else {
    by_use_.splice(by_use_.end(), by_use_, found->second);
  }

  auto& bucket = *found->second;
  const auto passed = static_cast<double>(std::max(now - bucket.at, Instant::duration{}).count());
  bucket.tokens = std::min(most, bucket.tokens + passed / ms_a_token);
  bucket.at = now;
  Verdict verdict;
  // Sums of fractions come out a hair under the whole number they stand for.
  constexpr double kHair = 1e-6;
  verdict.allowed = bucket.tokens >= 1 - kHair;
  if (verdict.allowed) bucket.tokens = std::max(0.0, bucket.tokens - 1);
  verdict.limit = settings_.requests;
  verdict.remaining = static_cast<std::int64_t>(bucket.tokens + kHair);
  verdict.reset = now + rounded_up((most - bucket.tokens) * ms_a_token - kHair);
  verdict.next = now + rounded_up(std::max(0.0, 1 - bucket.tokens) * ms_a_token - kHair);
  return verdict;
}

std::size_t RateLimit::remembered() const {
  const std::lock_guard lock(mutex_);
  return by_use_.size();
}

void put_headers(const RateLimit::Verdict& verdict, Instant now, Response& response) {
  const auto seconds = [](Instant::duration time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
  };
  response.set("x-ratelimit-limit", std::to_string(verdict.limit));
  response.set("x-ratelimit-remaining", std::to_string(verdict.remaining));
  response.set("x-ratelimit-reset", std::to_string(seconds(verdict.reset.time_since_epoch())));
  if (verdict.allowed) return;
  const auto wait = std::max<std::int64_t>(seconds(verdict.next - now), 1);
  response.set("retry-after", std::to_string(wait));
}

}  // namespace bz::http
