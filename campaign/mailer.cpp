#include "campaign/mailer.h"

#include <utility>

namespace bz::campaign {
namespace {

constexpr std::chrono::hours kLong{1};
// Between two looks whether to stop.
constexpr std::size_t kAtOnce = 5;

}  // namespace

Mailer::Mailer(store::Store& store, papers::MailServer server, const Surroundings& world)
    : store_(store), world_(world), sender_(std::move(server)), thread_([this] { run(); }) {}

Mailer::~Mailer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  asked_.notify_all();
  thread_.join();
}

void Mailer::wake() {
  {
    const std::lock_guard lock(mutex_);
    wake_ = true;
  }
  asked_.notify_all();
}

std::string Mailer::trouble() const {
  return waits_long_ ? "letters have waited for the mail server for over an hour" : "";
}

void Mailer::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    asked_.wait(lock, [this] { return wake_ || stop_; });
    if (stop_) return;
    wake_ = false;
    lock.unlock();
    send();
    lock.lock();
  }
}

void Mailer::send() {
  const auto count = [this](std::string_view what, int number) {
    if (number == 0) return;
    world_.metrics
        .counter("bz_campaign_letters_total", "Letters by e-mail, by what became of them",
                 "outcome=\"" + std::string(what) + "\"")
        .add(number);
  };
  const auto now = world_.clock.now();
  const auto sent = send_waiting(store_, "mail", sender_, world_.clock, kAtOnce);
  if (!sent) {
    world_.log.error("letters cannot be sent", {{"why", std::string_view(sent.error().what)}});
    return;
  }
  count("sent", sent->sent);
  count("again", sent->again);
  count("refused", sent->refused);
  if (sent->refused > 0)
    world_.log.error("letters are given up, nobody gets them: check the addresses they go to",
                     {{"letters", sent->refused}, {"why", std::string_view(sent->why)}});
  const auto counts = store_.read([](store::Sql& sql) { return count_letters(sql); });
  if (counts) waits_long_ = counts->oldest_waiting && now - *counts->oldest_waiting > kLong;
  if (sent->sent > 0 || sent->tried() == kAtOnce) {
    const std::lock_guard lock(mutex_);
    wake_ = true;  // there may be more
  }
}

}  // namespace bz::campaign
