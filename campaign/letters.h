// Letters and short messages that wait to be sent: written in the transaction of what they tell of,
// sent afterwards, tried again until the other side took them. Each is handed to one sender at a
// time, whichever server it is on, and keeps its message id: one that was taken while we could not
// note it is sent again with the same id, as SMTP has it; none is lost.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/time.h"
#include "papers/smtp.h"
#include "store/store.h"

namespace bz::campaign {

struct Letter {
  std::int64_t id = 0;
  std::string channel = "mail";  // "sms" later
  std::string to;
  std::string from;
  std::string subject;
  std::string text;
  std::string message_id;
  Instant written{};
};

// Where letters of one channel go. What is put off is tried again later, and what comes after it is
// sent meanwhile; after kUnavailable and kDenied, all that waits is. Any other error: never again.
class Sender {
 public:
  Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  virtual ~Sender() = default;
  virtual Result<papers::Delivery> send(const Letter& letter) = 0;
};

// By a mail server (papers/smtp.h).
class MailSender final : public Sender {
 public:
  explicit MailSender(papers::MailServer server) : server_(std::move(server)) {}
  Result<papers::Delivery> send(const Letter& letter) override;

 private:
  papers::MailServer server_;
};

enum class LetterState : std::int64_t { kWaiting = 1, kSent = 2, kRefused = 3 };

// How the message ids of answers to letters begin: the others' are reminders, which answer nothing.
inline constexpr std::string_view kAnswerBegins = "nhan-thu-";

Result<std::int64_t> put_letter(store::Sql& sql, const Letter& letter);

// A sender that did not come back is not waited for longer than this.
inline constexpr std::chrono::minutes kLongestSending{5};
// Tried again after 1, 2, 4, … minutes, at most an hour; given up after two days.
struct Sent {
  int sent = 0;
  int again = 0;         // will be tried again
  int refused = 0;       // for good: an address that is none, or two days without success
  std::string why = {};  // the last was refused; holds no address

  [[nodiscard]] std::size_t tried() const {
    return static_cast<std::size_t>(sent) + static_cast<std::size_t>(again) +
           static_cast<std::size_t>(refused);
  }
};
// Sends what waits, at most `most`, until the other side is away. Blocks; outside of any
// transaction.
Result<Sent> send_waiting(store::Store& store, std::string_view channel, Sender& sender,
                          const Clock& clock, std::size_t most = 100);

struct LetterCounts {
  std::int64_t waiting = 0, sent = 0, refused = 0;
  std::optional<Instant> oldest_waiting;
};
Result<LetterCounts> count_letters(store::Sql& sql);

}  // namespace bz::campaign
