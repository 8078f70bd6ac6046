#include "tools/replay_command.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/temp_folder.h"
#include "engine/calibration.h"
#include "engine/contact.h"
#include "engine/risk_presets.h"
#include "phone/phone.h"
#include "sim/health_desk.h"
#include "tools/csv_reader.h"
#include "tools/recording.h"

namespace bz::tools {
namespace {

using std::chrono::seconds;

// Recordings have no date that matters; this one's names do not pass midnight.
constexpr Instant kStart =
    Instant{std::chrono::sys_days{std::chrono::year{2020} / 7 / 30}} + std::chrono::hours{10};
constexpr std::chrono::hours kOneDay{24};

constexpr double kCloseMetres = 2.0;
constexpr seconds kCloseTime{900};
constexpr seconds kTruthStep{5};

struct Truth {
  seconds close{0};
  std::vector<double> metres;  // one for each 5 s in which the cameras saw both

  [[nodiscard]] double median() const {
    if (metres.empty()) return NAN;
    auto sorted = metres;
    std::ranges::nth_element(sorted,
                             sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2));
    return sorted[sorted.size() / 2];
  }
};

using Pair = std::pair<std::string, std::string>;  // in order of text

Pair pair_of(std::string a, std::string b) {
  return a < b ? Pair{std::move(a), std::move(b)} : Pair{std::move(b), std::move(a)};
}

Result<std::map<Pair, Truth>> read_truth(const ReplayOptions& options) {
  constexpr std::array<std::string_view, 4> kColumns{"session_id", "dev_a", "dev_b", "distance_m"};
  std::map<Pair, Truth> truth;
  const auto ok =
      read_csv(options.truth, kColumns, [&](std::span<const std::string_view> row) -> Result<void> {
        if (row[0] != options.session) return {};
        double metres = 0;
        const auto [end, failed] =
            std::from_chars(row[3].data(), row[3].data() + row[3].size(), metres);
        if (failed != std::errc{} || end != row[3].data() + row[3].size() || !(metres >= 0)) {
          return Error{Code::kMalformed, "distance_m is not a distance"};
        }
        auto& pair = truth[pair_of(std::string(row[1]), std::string(row[2]))];
        pair.metres.push_back(metres);
        if (metres <= kCloseMetres) pair.close += kTruthStep;
        return {};
      });
  if (!ok) return ok.error();
  return truth;
}

// One recorded device and the phone that stands for it.
struct Person {
  phone::Phone phone;
  std::optional<Instant> scan_start;
};

class Replay {
 public:
  Replay(std::filesystem::path folder, Devices devices)
      : folder_(std::move(folder)), devices_(std::move(devices)) {}

  // Who hears whom, packet by packet.
  Result<void> play(const ReplayOptions& options) {
    auto ok = read_recording(
        options.recording, [this](const RecordedPacket& packet) { return hear(packet); },
        options.session);
    if (!ok) return ok;
    if (people_.empty()) {
      return Error{Code::kInvalid,
                   options.recording.string() + " has no session '" + options.session + "'"};
    }
    for (auto& [device, person] : people_) {
      if (auto written = person.phone.end_scan(); !written) return written;
      if (auto written = person.phone.flush(); !written) return written;
    }
    return {};
  }

  // The ill person's keys go through a signed file; what every other phone finds in it.
  Result<std::map<std::string, phone::CheckResult>> publish_and_check(
      const std::string& ill, const engine::RiskSettings& settings) {
    const auto found = people_.find(ill);
    assert(found != people_.end());
    const auto folder = folder_ / ("published-" + std::to_string(published_++));
    std::error_code failed;
    if (!std::filesystem::create_directory(folder, failed)) {
      return Error{Code::kUnavailable, folder.string() + " cannot be made: " + failed.message()};
    }
    auto desk = sim::HealthDesk::open(folder, random_, kStart);
    if (!desk) return desk.error();
    if (auto ok = hand_in(found->second.phone, **desk); !ok) return ok.error();
    (*desk)->at(kStart + kOneDay);

    auto line = (*desk)->line();
    const auto trust = (*desk)->trust();
    if (!trust) return trust.error();
    std::map<std::string, phone::CheckResult> results;
    for (auto& [device, person] : people_) {
      if (device == ill) continue;
      auto result = person.phone.check(line, *trust, settings, kStart + kOneDay);
      if (!result) return result.error();
      results.emplace(device, std::move(*result));
    }
    return results;
  }

  // In the evening: the code, consent, the upload.
  static Result<void> hand_in(phone::Phone& phone, sim::HealthDesk& desk) {
    const Instant evening = kStart + std::chrono::hours{12};
    desk.at(evening);
    const auto code = desk.issue_code(day_of(kStart));
    if (!code) return code.error();
    auto line = desk.line();
    if (const auto taken = phone.report().enter_code(line, *code, evening); !taken)
      return taken.error();
    auto preview = phone.preview_upload(day_of(kStart), evening);
    if (!preview) return preview.error();
    if (auto ok = phone.report().agree(std::move(*preview).agreed(), evening); !ok) return ok;
    if (const auto sent = phone.report().send(line); !sent) return sent.error();
    return {};
  }

  [[nodiscard]] std::vector<std::string> devices() const {
    std::vector<std::string> names;
    for (const auto& [device, person] : people_) names.push_back(device);
    return names;
  }

 private:
  Result<Person*> person(std::string_view session, std::string_view device,
                         std::optional<engine::Dbm> tx_power) {
    const auto found = people_.find(device);
    if (found != people_.end()) return &found->second;
    const auto calibration = engine::calibration_of(devices_.model(session, device));
    phone::PhoneSettings settings;
    settings.transmit_power = {static_cast<std::int8_t>(
        std::lround(calibration.transmit_power_dbm + engine::transmit_shift_db(tx_power)))};
    settings.receiver.correction_db = calibration.receive_correction_db;
    settings.scans_a_write = 64;
    SealKey key;
    random_.fill(key);
    auto phone = phone::Phone::open(folder_ / ("phone-" + std::to_string(people_.size()) + ".db"),
                                    key, random_, settings);
    if (!phone) return phone.error();
    return &people_.emplace(std::string(device), Person{std::move(*phone), {}}).first->second;
  }

  Result<void> hear(const RecordedPacket& packet) {
    auto sender = person(packet.session, packet.tx_device, packet.tx_power);
    if (!sender) return sender.error();
    // Its own power class is that of the packets it hears: one recording, one app.
    auto listener = person(packet.session, packet.rx_device, packet.tx_power);
    if (!listener) return listener.error();
    const Instant now = kStart + packet.time;
    const auto said = (*sender)->phone.advertisement(now);
    if (!said) return said.error();
    auto& scan_start = (*listener)->scan_start;
    if (!scan_start || now - *scan_start >= engine::kScanSpan) {
      if (auto ok = (*listener)->phone.end_scan(); !ok) return ok;
      (*listener)->phone.begin_scan(now);
      scan_start = now;
    }
    (*listener)->phone.hear(*said, packet.rssi, now);
    return {};
  }

  std::filesystem::path folder_;
  Devices devices_;
  SystemRandom random_;
  std::map<std::string, Person, std::less<>> people_;
  int published_ = 0;
};

// One other phone's answer beside the truth.
struct Line {
  std::string ill;
  std::string device;
  bool warned = false;
  std::optional<Instant> first;
  engine::CloseTime close;
  const Truth* truth = nullptr;  // null where the cameras never saw both

  [[nodiscard]] bool truly_close() const { return truth != nullptr && truth->close >= kCloseTime; }
};

Line line_of(const std::string& ill, const std::string& device, const phone::CheckResult& result,
             const std::map<Pair, Truth>& truth) {
  Line line;
  line.ill = ill;
  line.device = device;
  line.warned = result.warning.level != engine::Level::kNone;
  for (const auto& exposure : result.exposures) {
    for (const auto& contact : engine::contacts(exposure.windows)) {
      line.close += contact.close;
      line.first = line.first ? std::min(*line.first, contact.first) : contact.first;
    }
  }
  const auto found = truth.find(pair_of(ill, device));
  if (found != truth.end()) line.truth = &found->second;
  return line;
}

double minutes(double s) {
  return s / 60;
}

struct Rates {
  int close = 0;
  int close_warned = 0;
  int other = 0;
  int other_warned = 0;
  double error_minutes = 0;  // sum of sizes

  void add(const Line& line) {
    if (line.truth == nullptr) return;
    ++(line.truly_close() ? close : other);
    if (line.warned) ++(line.truly_close() ? close_warned : other_warned);
    error_minutes +=
        std::abs(minutes(line.close.expected_s - static_cast<double>(line.truth->close.count())));
  }
};

void print_json(const Line& line, const std::string& session, std::ostream& out) {
  boost::json::object object{{"session", session},
                             {"sick", line.ill},
                             {"phone", line.device},
                             {"warned", line.warned},
                             {"first_s", nullptr},
                             {"close_s", std::lround(line.close.expected_s)},
                             {"close_deviation_s", std::lround(line.close.deviation_s)},
                             {"true_close_s", nullptr},
                             {"true_median_cm", nullptr}};
  if (line.first) object["first_s"] = std::chrono::round<seconds>(*line.first - kStart).count();
  if (line.truth != nullptr) {
    object["true_close_s"] = line.truth->close.count();
    object["true_median_cm"] = std::lround(line.truth->median() * 100);
  }
  out << boost::json::serialize(object) << '\n';
}

void print_row(const Line& line, std::ostream& out) {
  std::array<char, 160> text{};
  std::array<char, 16> first{"-"};
  if (line.first) {
    const auto since =
        std::max(std::chrono::floor<seconds>(*line.first - kStart), seconds{0}).count();
    std::snprintf(first.data(), first.size(), "%02d:%02d", static_cast<int>(since / 60),
                  static_cast<int>(since % 60));
  }
  std::snprintf(text.data(), text.size(), "  %-8s %-8s %-7s %9s %7.1f ± %-5.1f", line.ill.c_str(),
                line.device.c_str(), line.warned ? "WARNED" : "-", first.data(),
                minutes(line.close.expected_s), minutes(line.close.deviation_s));
  out << text.data();
  if (line.truth != nullptr) {
    std::snprintf(text.data(), text.size(), "  | %7.1f %9.1f",
                  minutes(static_cast<double>(line.truth->close.count())), line.truth->median());
    out << text.data();
  } else {
    out << "  |  not seen together";
  }
  out << '\n';
}

void print_rates(const Rates& rates, const ReplayOptions& options, std::ostream& out) {
  const int pairs = rates.close + rates.other;
  if (options.json) {
    out << boost::json::serialize(boost::json::object{{"session", options.session},
                                                      {"preset", options.preset},
                                                      {"close", rates.close},
                                                      {"close_warned", rates.close_warned},
                                                      {"other", rates.other},
                                                      {"other_warned", rates.other_warned}})
        << '\n';
    return;
  }
  const auto share = [&](const char* who, int warned, int of) {
    out << "  " << who << ": " << warned << " of " << of << " warned";
    if (of > 0) out << " (" << std::lround(100.0 * warned / of) << " %)";
    out << '\n';
  };
  out << "\nBy the cameras, with risk settings '" << options.preset << "':\n";
  share("within 2 m for 15 minutes or more", rates.close_warned, rates.close);
  share("all others                       ", rates.other_warned, rates.other);
  if (pairs > 0) {
    std::array<char, 96> text{};
    std::snprintf(text.data(), text.size(),
                  "  estimated minutes within 2 m are off by %.1f on average\n",
                  rates.error_minutes / pairs);
    out << text.data();
  }
}

Result<Devices> devices_of(const ReplayOptions& options) {
  const auto path = options.devices.value_or(options.recording.parent_path() / "devices.csv");
  if (!options.devices && !std::filesystem::exists(path)) return Devices{};
  return Devices::read(path);
}

}  // namespace

Result<void> run_replay(const ReplayOptions& options, std::ostream& out) {
  const auto settings = engine::risk_preset(options.preset);
  if (!settings) {
    std::string names;
    for (const auto name : engine::risk_preset_names())
      names += (names.empty() ? "" : ", ") + std::string(name);
    return Error{Code::kInvalid, "--preset is one of " + names};
  }
  auto devices = devices_of(options);
  if (!devices) return devices.error();
  const auto truth = read_truth(options);
  if (!truth) return truth.error();
  const auto folder = TempFolder::make();
  if (!folder) return folder.error();
  Replay replay(folder->path(), std::move(*devices));
  if (auto ok = replay.play(options); !ok) return ok;

  if (options.sick && std::ranges::count(replay.devices(), *options.sick) == 0) {
    return Error{Code::kInvalid, "--sick: no device '" + *options.sick + "' in this session"};
  }
  const auto ill_people = options.sick ? std::vector{*options.sick} : replay.devices();
  if (!options.json) {
    out << options.session << ": " << replay.devices().size() << " phones; "
        << (options.sick ? "phone " + *options.sick + " falls ill"
                         : std::string("each falls ill in turn"))
        << "\n\n"
        << "  ill      phone    says    first at  minutes near    | cameras: minutes within 2 m, "
           "median m\n";
    std::array<char, 160> rule{};
    std::snprintf(rule.data(), rule.size(),
                  "  (WARNED: from %.1f minutes a day on, as risk settings '%s' weigh them, "
                  "docs/risk.md; ±: standard deviation)\n",
                  minutes(settings->low_daily_score), options.preset.c_str());
    out << rule.data();
  }
  Rates rates;
  for (const auto& ill : ill_people) {
    const auto results = replay.publish_and_check(ill, *settings);
    if (!results) return results.error();
    for (const auto& [device, result] : *results) {
      const auto line = line_of(ill, device, result, *truth);
      rates.add(line);
      if (options.json) {
        print_json(line, options.session, out);
      } else {
        print_row(line, out);
      }
    }
  }
  print_rates(rates, options, out);
  return {};
}

}  // namespace bz::tools
