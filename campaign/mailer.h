// Sends the letters that wait (campaign/letters.h) in a thread of its own: a mail server may take
// half a minute to answer, and nothing else waits for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/surroundings.h"
#include "campaign/letters.h"

namespace bz::campaign {

class Mailer {
 public:
  // Of the store and the world it keeps references.
  Mailer(store::Store& store, papers::MailServer server, const Surroundings& world);
  // Waits for the letters that are being sent.
  ~Mailer();
  Mailer(const Mailer&) = delete;
  Mailer& operator=(const Mailer&) = delete;

  // There may be something to send.
  void wake();
  // Empty, or that letters have waited for more than an hour.
  [[nodiscard]] std::string trouble() const;

 private:
  void run();
  void send();

  store::Store& store_;
  const Surroundings& world_;
  MailSender sender_;
  std::atomic<bool> waits_long_{false};
  std::mutex mutex_;
  std::condition_variable asked_;
  bool wake_ = false;
  bool stop_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace bz::campaign
