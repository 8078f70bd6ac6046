#include "phone/callback.h"

#include <algorithm>
#include <string>

#include "base/base64.h"
#include "base/utf8.h"
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
  Message message;
  if (!reader->done() || !asked || !sealed || sealed->size() != message.sealed.size())
    return damaged;
  std::ranges::copy(*sealed, message.sealed.begin());
  message.asked = from_ms(*asked);
  return std::optional{message};
}

// The next call that is due; drawn when there is none yet, or the clock has gone back.
Result<Errand> Callback::next_errand(const engine::AuthoritySettings& settings, Instant now) {
  const auto known = errand(*store_, kCallbackErrand);
  if (!known) return known.error();
  const auto longest = std::max(2 * mean_between(settings), milliseconds{2 * kQuietAfterVisit});
  if (*known && (*known)->due <= now + longest) return **known;
  const Errand drawn{now + draw_interval(settings, store_->random())};
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
  const auto json =
      wire::JsonWriter().text("message", to_base64(*sealed)).integer("asked", to_ms(now)).done();
  if (auto ok = store_->keep(kName, as_bytes(json)); !ok) return ok.error();
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
  const auto own = message();
  if (!own) return own.error();
  if (*own && now >= (*own)->asked + kCallbackKept) {
    if (auto ok = store_->drop(kName); !ok) return ok.error();
    return CallbackOutcome::kGivenUp;
  }
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

  const bool answered = delivery == Delivery::kTaken || delivery == Delivery::kRefused;
  if (!answered) {
    const auto soon = after_failure(*due, now, store_->random());
    if (auto ok = keep_errand(*store_, kCallbackErrand, soon); !ok) return ok.error();
  }
  if (!*own) return CallbackOutcome::kCover;
  if (!answered) return CallbackOutcome::kUnanswered;
  if (delivery == Delivery::kRefused) return CallbackOutcome::kNotTaken;
  if (auto ok = store_->drop(kName); !ok) return ok.error();
  return CallbackOutcome::kDelivered;
}

}  // namespace bz::phone
