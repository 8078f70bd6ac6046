#include "phone/callback.h"

#include <algorithm>
#include <string>

#include "base/base64.h"
#include "base/utf8.h"
#include "phone/clock_belief.h"
#include "phone/drawn_times.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::phone {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kName = "callback";
constexpr std::size_t kMostState = 1'024;

milliseconds mean_between(const engine::AuthoritySettings& settings) {
  return milliseconds{settings.cover_period} / kCallbacksACover;
}

// From one call to the next; at most one and a half means.
milliseconds draw_interval(const engine::AuthoritySettings& settings, Random& random) {
  const auto mean = mean_between(settings);
  return draw_between(random, mean / 2, mean + mean / 2);
}

bool is_printable(std::string_view text) {
  return is_utf8(text) && std::ranges::none_of(text, [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7F;
         });
}

}  // namespace

Error no_callback_key() {
  return {Code::kNotFound,
          "the health authority's settings on this phone have no key for callbacks: nothing can be "
          "sent to it"};
}

struct Callback::Message {
  wire::SealedCallback sealed{};
  Instant asked;
  ClockBelief clock;  // as it was last heard while this waits
};

Result<std::optional<Callback::Message>> Callback::message() {
  const auto kept = store_->kept(kName);
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Message>{};
  const Error damaged{Code::kMalformed,
                      "the log is damaged: the message to be called cannot be read; withdraw it"};
  auto reader = wire::JsonReader::parse(as_text(**kept), kMostState);
  if (!reader) return damaged;
  const auto sealed = reader->base64("message");
  const auto asked = reader->integer("asked");
  const auto believed = reader->integer("believed");
  const auto doubted = reader->integer("doubted");
  Message message;
  if (!reader->done() || !asked || !sealed || sealed->size() != message.sealed.size())
    return damaged;
  std::ranges::copy(*sealed, message.sealed.begin());
  message.asked = from_ms(*asked);
  // Where nothing else is kept, by a version before this, it was last right when it was asked.
  message.clock.day = believed ? Day{std::chrono::days{*believed}} : day_of(message.asked);
  if (doubted) message.clock.doubted_at = from_ms(*doubted);
  return std::optional{message};
}

Result<void> Callback::keep(const Message& message) {
  wire::JsonWriter json;
  json.text("message", to_base64(message.sealed)).integer("asked", to_ms(message.asked));
  if (message.clock.day) json.integer("believed", number_of(*message.clock.day));
  if (message.clock.doubted_at) json.integer("doubted", to_ms(*message.clock.doubted_at));
  return store_->keep(kName, as_bytes(json.done()));
}

// Whether it is too old to be of use, by a clock that is believed.
Result<bool> Callback::is_over(Message& own, Instant now) {
  const auto verdict = weigh(own.clock, now, Clock::kOfPhone, kLongestBetweenWakings);
  if (own.clock != verdict.next) {
    own.clock = verdict.next;
    if (auto ok = keep(own); !ok) return ok.error();
  }
  return verdict.believed && now >= own.asked + kCallbackKept;
}

Result<CallbackOutcome> Callback::give_up() {
  if (auto ok = store_->drop(kName); !ok) return ok.error();
  return CallbackOutcome::kGivenUp;
}

// The next call that is due; drawn when there is none yet, the clock has gone back, or calls have
// become more frequent. A visit may just have been: of it nothing is known here.
Result<Errand> Callback::next_errand(const engine::AuthoritySettings& settings, Instant now) {
  const auto known = errand(*store_, kCallbackErrand);
  if (!known) return known.error();
  const auto longest = std::max(2 * mean_between(settings), milliseconds{2 * kQuietAfterVisit});
  if (*known && (*known)->due <= now + longest) return **known;
  auto& random = store_->random();
  const auto quiet = draw_between(random, kQuietAfterVisit, 2 * kQuietAfterVisit);
  const Errand drawn{now + std::max(draw_interval(settings, random), quiet)};
  if (auto ok = keep_errand(*store_, kCallbackErrand, drawn); !ok) return ok.error();
  return drawn;
}

Result<Instant> Callback::ask(std::string_view text, const engine::AuthoritySettings& settings,
                              Instant now) {
  if (!settings.callback_key) return no_callback_key();
  if (text.empty() || !is_printable(text))
    return Error{Code::kInvalid, "write a phone number and, if you like, a note on one line"};
  const auto key = AgreementPublicKey::from_point(*settings.callback_key);
  if (!key) return key.error();
  const auto sealed = wire::seal_callback(*key, text, store_->random());
  if (!sealed) return sealed.error();
  const auto next = next_errand(settings, now);
  if (!next) return next.error();
  if (auto ok = keep({*sealed, now, {day_of(now), std::nullopt}}); !ok) return ok.error();
  return std::max(next->due, now);
}

Result<std::optional<Instant>> Callback::waiting() {
  const auto kept = message();
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Instant>{};
  return std::optional{(*kept)->asked};
}

Result<void> Callback::withdraw() {
  return store_->drop(kName);
}

Result<CallbackOutcome> Callback::go(Transport& transport,
                                     const engine::AuthoritySettings& settings, Instant now) {
  auto own = message();
  if (!own) return own.error();
  bool over = false;
  if (*own) {
    const auto is = is_over(**own, now);
    if (!is) return is.error();
    over = *is;
  }
  if (!settings.callback_key && over) return give_up();
  if (!settings.callback_key) return CallbackOutcome::kNothing;
  auto due = next_errand(settings, now);
  if (!due) return due.error();
  if (now < due->due) return CallbackOutcome::kNothing;

  wire::SealedCallback sealed{};
  if (*own) {
    sealed = (*own)->sealed;
  } else {
    const auto key = AgreementPublicKey::from_point(*settings.callback_key);
    if (!key) return key.error();
    const auto cover = wire::seal_callback(*key, "", store_->random());
    if (!cover) return cover.error();
    sealed = *cover;
  }
  // The next is drawn before this one is sent, so that a phone that is killed meanwhile does not
  // call again at once.
  const Errand next{now + draw_interval(settings, store_->random())};
  if (auto ok = keep_errand(*store_, kCallbackErrand, next); !ok) return ok.error();
  transport.hang_up();
  const auto delivery = transport.leave_callback(sealed, !*own);
  transport.hang_up();

  const bool answered = delivery != Delivery::kLost && delivery != Delivery::kNotSent;
  if (!answered) {
    const auto soon = after_failure(*due, now, store_->random());
    if (auto ok = keep_errand(*store_, kCallbackErrand, soon); !ok) return ok.error();
  }
  if (!*own) return CallbackOutcome::kCover;
  if (delivery == Delivery::kTaken) {
    if (auto ok = store_->drop(kName); !ok) return ok.error();
    return CallbackOutcome::kDelivered;
  }
  // Only now: an old one goes with the call that is due, and a clock that has jumped ahead makes
  // one due.
  if (over) return give_up();
  if (!answered) return CallbackOutcome::kUnanswered;
  return delivery == Delivery::kFull ? CallbackOutcome::kNotTaken : CallbackOutcome::kRefused;
}

}  // namespace bz::phone
