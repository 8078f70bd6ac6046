#include "http/padding.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "base/base64.h"
#include "base/bytes.h"

namespace bz::http {
namespace {

using std::chrono::steady_clock;

// Random bytes in `padding`: multiples of three, whose base64 has no "=", within 1024 to 2047.
constexpr std::size_t kLeastFiller = 1'026;
constexpr std::size_t kMostFiller = 2'046;
constexpr std::size_t kRemembered = 256;
// Real answers and those to cover traffic both leave by the IO thread's timer, this much after they
// are ready or would have been, so that neither is early or late by the way it takes. Longer than a
// worker needs to hand an answer over.
constexpr std::chrono::milliseconds kHandOver{1};

// All that become ready within one millisecond leave together: the timer wakes the IO thread once
// for them, and less than a millisecond cannot be told by whoever watches.
steady_clock::time_point leaves(steady_clock::time_point ready) {
  return std::chrono::ceil<std::chrono::milliseconds>(ready + kHandOver);
}

// From 0 to count - 1. 64 bits for a small count: the bias is below 2^-50.
std::uint64_t below(std::uint64_t count, Random& random) {
  std::array<std::uint8_t, 8> bytes{};
  random.fill(bytes);
  return get_le(bytes) % count;
}

}  // namespace

std::string with_padding(std::string_view object, Random& random) {
  assert(object.starts_with('{') && object.ends_with('}'));
  const std::size_t length =
      kLeastPaddedBody + below(kMostPaddedBody - kLeastPaddedBody + 1, random);

  std::string body(object.substr(0, object.size() - 1));
  if (body.find_first_not_of(" \t\r\n", 1) != std::string::npos) body += ',';
  body += R"("padding":")";
  constexpr std::size_t kEnd = 2;  // "}
  const std::size_t room = std::max(length, body.size() + kEnd) - body.size() - kEnd;
  Bytes filler(std::clamp(room / 4 * 3, kLeastFiller, kMostFiller));
  random.fill(filler);
  body += to_base64(filler);
  body += '"';
  // Base64 grows by fours; blanks make up the rest, else the length would tell the object's.
  if (body.size() + 1 < length) body.append(length - body.size() - 1, ' ');
  body += '}';
  return body;
}

bool is_chaff(const Request& request) {
  const auto value = request.header("x-chaff");
  return value && !value->empty();
}

RealTimes::RealTimes(std::chrono::milliseconds longest) : longest_(longest) {
  seen_.reserve(kRemembered);
}

void RealTimes::add(steady_clock::duration took) {
  const std::lock_guard lock(mutex_);
  if (seen_.size() < kRemembered) {
    seen_.push_back(took);
  } else {
    seen_[next_] = took;
  }
  next_ = (next_ + 1) % kRemembered;
}

steady_clock::time_point RealTimes::answer_at(steady_clock::time_point received,
                                              Random& random) const {
  const std::lock_guard lock(mutex_);
  const steady_clock::duration took = seen_.empty()
                                          ? std::chrono::microseconds{1'000 + below(4'001, random)}
                                          : seen_[below(seen_.size(), random)];
  return received + std::min(took, longest_);
}

Handler padded(Handler real, RealTimes& times, Random& random) {
  return [real = std::move(real), &times, &random](const Request& request) {
    if (is_chaff(request)) {
      auto response = json_response(200, with_padding("{}", random));
      response.not_before = leaves(times.answer_at(request.received, random));
      return response;
    }
    auto response = real(request);
    response.body = with_padding(response.body, random);
    const auto ready = steady_clock::now();
    if (response.status < 300) {
      times.add(ready - request.received);
      response.not_before = leaves(ready);
    } else {
      // A refusal, quick as it may be, is not told apart either; and it is not remembered, so that
      // nobody can make cover traffic quick by sending nonsense.
      response.not_before = leaves(std::max(ready, times.answer_at(request.received, random)));
    }
    return response;
  };
}

}  // namespace bz::http
