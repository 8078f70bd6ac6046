// A person who was warned, or is ill, asks to be called: a number and a short note, sealed to the
// health authority's key from the signed settings (wire/sealed_message.h).
//
// Every phone whose authority takes callbacks calls at times drawn ahead, half a mean to one and a
// half apart, and leaves a sealed message of 256 bytes: its owner's, if there is one, else cover, a
// sealed message without text. The times do not depend on whether somebody asked, so whoever
// watches the network sees the same either way, also of calls that fail.
#pragma once

#include <optional>
#include <string_view>

#include "engine/authority_settings.h"
#include "phone/errand.h"
#include "phone/transport.h"

namespace bz::phone {

// A mean from one call to the next: a quarter of that between visits, 12 hours as built in. So
// somebody waits 18 hours at most, six and a half on average.
inline constexpr int kCallbacksACover = 4;
// What is older is dropped when the call that is due next fails, too: it would be of no use.
inline constexpr std::chrono::days kCallbackKept{14};
// A phone wakes several times a day, and so hears its clock while a message waits. When it moves by
// more than this from one waking to the next it has jumped, or the phone was switched off: nothing
// is dropped by it until it still says so a day later (phone/clock_belief.h).
inline constexpr std::chrono::days kLongestBetweenWakings{2};

// kNotFound: the settings have no key for callbacks.
Error no_callback_key();

enum class CallbackOutcome {
  kNothing,     // none is due, or the authority takes none
  kCover,       // a call that carried nothing, whatever became of it
  kDelivered,   // the owner's message; nothing of it is left here
  kNotTaken,    // the server takes no more for now; it goes with the next call
  kRefused,     // the server would not have it, for another reason; tried with the next call
  kUnanswered,  // tried again soon
  kGivenUp,     // could not be delivered within 14 days; nothing of it is left
};

class Callback {
 public:
  // It must outlive this.
  explicit Callback(Store& store) : store_(&store) {}

  // Seals the text and keeps it, durably, in the place of one that waits; the text itself is not
  // kept. To be called by the person's own action and nothing else. When it will be sent, if the
  // line is up then. kNotFound when the settings have no key for callbacks; kInvalid when the text
  // is empty, no UTF-8, has control characters or is longer than 206 bytes.
  Result<Instant> ask(std::string_view text, const engine::AuthoritySettings& settings,
                      Instant now);

  // When the message that waits was written; nothing when none does.
  Result<std::optional<Instant>> waiting();
  // Nothing of it is left. One that was sent already cannot be taken back.
  Result<void> withdraw();

  // Does what is due. Errors are those of the store.
  Result<CallbackOutcome> go(Transport& transport, const engine::AuthoritySettings& settings,
                             Instant now);

 private:
  struct Message;
  Result<std::optional<Message>> message();
  Result<void> keep(const Message& message);
  Result<bool> is_over(Message& own, Instant now);
  Result<CallbackOutcome> give_up();
  Result<Errand> next_errand(const engine::AuthoritySettings& settings, Instant now);

  Store* store_;
};

}  // namespace bz::phone
