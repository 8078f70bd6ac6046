// The campaign by which a province gets enough people to run the app: units, figures, targets,
// reports and who has not sent them. It holds counts, not people, and nothing of contact tracing;
// the one thing that comes from there is a daily file of installs per unit.
//
//   grants.h bodies.h        who may do what, who acts
//   figures.h rollup.h       numbers, their versions, their sums over units
//   rates.h targets.h        a number by a denominator, and where it should be by when
//   forms.h dues.h reports.h what is asked, by when, what came
//   wall.h                   the first screen
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/surroundings.h"
#include "http/router.h"
#include "http/session.h"
#include "papers/smtp.h"
#include "store/store.h"

namespace bz::campaign {

// Migrations of the store "campaign".
std::span<const store::Migration> migrations();
// What a wall with targets reads, whole: of 63 provinces a page for each series, 450 pages of 4 KiB
// with 40 days and 600 with 400. In less it would push itself out, and read each page anew.
inline constexpr int kReaderCacheKib = 4096;

struct Settings {
  std::filesystem::path folder;  // originals of reports lie in the store; exports in it
  // Reminders by e-mail: whose address they carry, and who takes them. None are sent without.
  std::string mail_from = {};
  papers::MailServer mail = {};
  // Our mail server's name in Authentication-Results: it is believed about who sent a letter.
  // Empty: nobody is, and every letter waits for a person (campaign/intake.h).
  std::string authserv_id = {};
  // Whoever asks has every role over all: for the command line, which has the store itself.
  bool asks_for_all = false;
  // The clock is not the world's (`bz … --at`): whatever is handed in is marked illustrative, and
  // so are its figures, everywhere.
  bool is_drill = false;
};

class Service {
 public:
  static Result<std::unique_ptr<Service>> open(store::Store& store, const Settings& settings,
                                               http::WhoAsks who_asks,
                                               const Surroundings& surroundings);
  virtual ~Service() = default;

  // The service must outlive the router.
  virtual void add_routes(http::Router& router) = 0;
  // What is due: dues are made, marked missing, reminders go out, missed targets are frozen. Every
  // few seconds, by one thread.
  virtual Result<void> tick() = 0;
  // What a person should look after; empty when nothing.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace bz::campaign
