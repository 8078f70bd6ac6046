// One person's phone: says names, hears names, forgets, finds out by itself whether it was near a
// case, and publishes its own keys when its owner agrees.
//
// For one thread at a time. Time and chance are arguments, so a phone app, a recording and a
// simulated town use the same code.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/frame.h"
#include "engine/risk.h"
#include "phone/callback.h"
#include "phone/check_time.h"
#include "phone/forget.h"
#include "phone/installation.h"
#include "phone/matches.h"
#include "phone/own_chains.h"
#include "phone/own_keys.h"
#include "phone/report.h"
#include "phone/settings_keeper.h"
#include "phone/sighting_log.h"
#include "phone/transport.h"

namespace bz::phone {

struct PhoneSettings {
  // What it says; it understands all. bluezone3 is refused unless the authority's settings allow it
  // (AuthoritySettings::send_bluezone3) and the caller says so here.
  engine::Profile profile = engine::Profile::kBluezone4;
  bool send_bluezone3 = false;
  engine::Dbm transmit_power{
      -25};  // what it says that it sends with, calibrated (engine/calibration.h)
  engine::Receiver receiver;
  // Scans gathered before they are written. A phone writes each at once; a simulated town of many
  // phones on one disk may not. What is not written yet is lost when the phone is killed.
  std::size_t scans_a_write = 1;
};

// What a check of the published keys found.
struct CheckResult {
  engine::Warning warning;
  std::vector<engine::Exposure> exposures;  // by published key: for the person's own eyes
  std::size_t files = 0;
  std::size_t keys = 0;            // published keys and chains compared
  std::uint64_t damaged_rows = 0;  // of the log, which could not be compared
  // Why not all files were there (Transport::list_fault): the warning is by the others, and the
  // next check is due at once.
  std::optional<Error> fault;
};

class Phone {
 public:
  // Errors as Store::open. `random` must outlive the phone.
  static Result<Phone> open(const std::filesystem::path& file, const SealKey& wrapping_key,
                            Random& random, const PhoneSettings& settings);

  // What to say at `now`. Ask again when the ten minutes are over (of bluezone3, the quarter of an
  // hour), and restart the advertising then, so that the radio's address changes with the name.
  // What was said in another profile ends. Errors as OwnKeys::current and OwnChains::current;
  // kDenied for bluezone3 where it is not allowed.
  Result<Bytes> advertisement(Instant now);

  // Listening: a scan begins, frames arrive, the scan ends and is in the log. One at a time.
  void begin_scan(Instant now);
  // `rssi` may be engine::kNoRssi. Frames that are not ours are counted and dropped; so is what no
  // scan can hold: frames beyond kMostSightingsInAScan, which only an attacker sends, and those
  // more than kLongestScan from its start. Without begin_scan() a scan begins here.
  engine::Reading hear(ByteView advertisement, engine::Dbm rssi, Instant now);
  // Errors as SightingLog::append; what could not be written is kept in memory and tried again with
  // the next scan, but for a scan that no log can hold, of a clock outside 1970 to 9999: it is
  // dropped.
  Result<void> end_scan();
  // Writes what is gathered.
  Result<void> flush();

  Result<ForgetReport> forget(const Keeping& keep, Instant now);

  // Fetches every file there is, checks each signature and compares with all that was heard. One
  // file that is damaged or not trusted fails the check, so that a warning cannot be withheld
  // unseen by spoiling a file. A list of chains that cannot be had keeps no key from being compared
  // (CheckResult::fault).
  Result<CheckResult> check(Transport& transport, const wire::Trust& trust,
                            const engine::RiskSettings& settings, Instant now);

  // What would be published: the keys of the days from `first` to today, today's up to this moment.
  // Changes nothing.
  Result<UploadPreview> preview_upload(Day first, Instant now);
  // The same of the chains (phone/chain_report.h).
  Result<ChainPreview> preview_chains(Day first, Instant now);

  // Code, consent and upload (phone/report.h). What is agreed to ends the key that is in use: ask
  // for a new advertisement.
  Report& report() { return *report_; }

  // The authority's settings as this phone took them last (phone/settings_keeper.h).
  Result<SettingsKeeper> settings(wire::Trust trust) {
    return SettingsKeeper::open(*store_, std::move(trust));
  }

  // When to check() next, by what the authority's settings say (phone/check_time.h).
  Result<Instant> next_check(std::chrono::milliseconds period, Instant now) {
    return phone::next_check(*store_, period, now);
  }

  // Asking to be called, and counting this installation: to be run as often as a phone wakes up.
  Callback callback() { return Callback(*store_); }
  Installation installation() { return Installation(*store_); }

  [[nodiscard]] const engine::FrameCounts& counts() const { return counts_; }

 private:
  // Others point to the store and the keys, so they stay where they are when the phone moves.
  Phone(std::unique_ptr<Store> store, const PhoneSettings& settings);

  std::unique_ptr<Store> store_;
  SightingLog log_;
  std::unique_ptr<OwnKeys> keys_;
  std::unique_ptr<OwnChains> chains_;
  std::unique_ptr<Report> report_;
  PhoneSettings settings_;
  Result<engine::Frame> frame(Instant now);

  // The advertisement of the slot that began then, and the count of key changes that it was made
  // for.
  std::optional<std::pair<Instant, std::uint64_t>> said_in_;
  Bytes said_;
  std::optional<engine::Scan> scan_;
  std::vector<engine::Scan> unwritten_;
  engine::FrameCounts counts_;
};

}  // namespace bz::phone
