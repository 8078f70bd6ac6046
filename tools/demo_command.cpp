#include "tools/demo_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <functional>
#include <ostream>
#include <thread>

#include "base/random.h"
#include "base/temp_folder.h"
#include "engine/risk_presets.h"
#include "sim/town_life.h"
#include "tools/demo_portal.h"
#include "tools/replay_command.h"

namespace bz::tools {
namespace {

using std::chrono::hours;

// The UTC day that is lived: 07:00 to 07:00 in Vietnam, the day of one key.
constexpr Instant kMorning{std::chrono::sys_days{std::chrono::year{2020} / 8 / 18}};
constexpr Instant kNextMorning = kMorning + hours{24};
constexpr Instant kPublished =
    kNextMorning + hours{3};  // two hours after the key's end, and one to spare

constexpr std::uint16_t kUsualPort = 8080;
constexpr std::int64_t kLeastKeys = 1'000;  // as a real server pads its files

// Bytes beyond the first of a UTF-8 letter take no column; Vietnamese names have many.
std::string padded(std::string text, std::size_t columns) {
  std::size_t shown = 0;
  for (const char c : text) shown += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return text.append(columns > shown ? columns - shown : 0, ' ');
}

std::string local_time(Instant t) {
  const auto minutes =
      std::chrono::floor<std::chrono::minutes>(t + kLocalOffset).time_since_epoch().count() % 1440;
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(minutes / 60),
                static_cast<int>(minutes % 60));
  return text.data();
}

const char* name_of(engine::Level level) {
  switch (level) {
    case engine::Level::kNone: return "-";
    case engine::Level::kLow: return "low";
    case engine::Level::kHigh: return "HIGH";
  }
  return "";
}

// Set by Ctrl-C: the story ends at its next step, and its files go.
volatile std::sig_atomic_t stop_asked = 0;

// Where the person is who will fall ill, so that the line says something while it moves.
class Progress {
 public:
  Progress(const sim::TownLife& life, std::ostream& out, const DemoOptions& options)
      : life_(life), out_(out), options_(options), in_place_(::isatty(STDOUT_FILENO) == 1) {}

  bool operator()(Instant now) {
    if (options_.json) return stop_asked == 0;
    const auto& town = life_.town();
    const auto& place = town.places[sim::position(town, town.first_case, now).place];
    const auto percent = (now - kMorning) * 100 / (kNextMorning - kMorning);
    if (in_place_ || percent % 10 == 0) {
      out_ << (in_place_ ? "\r" : "") << "  " << local_time(now) << "  " << padded(place.name, 20)
           << " " << life_.frames_heard() << " frames heard by all, " << percent << " % of the day"
           << (in_place_ ? "  " : "\n") << std::flush;
    }
    if (!options_.once) std::this_thread::sleep_for(std::chrono::milliseconds{120});
    return stop_asked == 0;
  }
  void end() {
    if (in_place_ && !options_.json) out_ << '\n';
  }

 private:
  const sim::TownLife& life_;
  std::ostream& out_;
  const DemoOptions& options_;
  bool in_place_;
};

// Lets a reader follow; nothing in --once.
void pause(const DemoOptions& options, std::ostream& out) {
  out << std::flush;
  if (!options.once && !options.json) std::this_thread::sleep_for(std::chrono::seconds{2});
}

void print_table(const sim::Town& town, std::vector<sim::Outcome> outcomes, std::ostream& out) {
  std::ranges::stable_sort(outcomes, std::greater{},
                           [](const sim::Outcome& o) { return o.truth.closest_day; });
  out << "                              the phone warns          the truth, while together\n"
      << "  who                 role         level, min within 2 m    min within 2 m  median m\n";
  int apart = 0;
  for (const auto& o : outcomes) {
    if (o.truth.together.count() == 0 && !o.warned()) {
      ++apart;
      continue;
    }
    std::array<char, 96> says{"-"};
    if (o.warned()) {
      std::snprintf(says.data(), says.size(), "%-4s %5.0f \u00B1 %.0f", name_of(o.warning.level),
                    o.warning.close.expected_s / 60, o.warning.close.deviation_s / 60);
    }
    std::array<char, 96> truth{};
    std::snprintf(truth.data(), truth.size(), "%6.0f  %12.1f",
                  static_cast<double>(o.truth.closest_day.count()) / 60, o.truth.median_m);
    const auto& person = town.people[o.person];
    out << "  " << padded(person.name, 19) << " " << padded(sim::vietnamese(person.role), 12) << " "
        << padded(says.data(), 22) << truth.data()
        << (o.right()    ? ""
            : o.warned() ? "  wrongly"
                         : "  MISSED")
        << '\n';
  }
  out << "  and " << apart
      << " who were never in one place with the ill person, and were not warned\n";
}

void print_json(const sim::Town& town, const std::vector<sim::Outcome>& outcomes,
                std::ostream& out) {
  for (const auto& o : outcomes) {
    out << boost::json::serialize(
               boost::json::object{{"person", town.people[o.person].name},
                                   {"warned", o.warned()},
                                   {"level", static_cast<int>(o.warning.level)},
                                   {"close_s", std::lround(o.warning.close.expected_s)},
                                   {"close_deviation_s", std::lround(o.warning.close.deviation_s)},
                                   {"should_be_warned", o.truth.should_be_warned()},
                                   {"true_close_s", o.truth.closest_day.count()}})
        << '\n';
  }
}

// The ill person types the officer's code, sees what would be sent, agrees; the server publishes.
Result<void> fall_ill(sim::TownLife& life, sim::HealthDesk& desk, std::ostream& out, bool quiet) {
  const auto& ill = life.town().people[life.town().first_case];
  auto& phone = life.phone(life.town().first_case);
  auto line = desk.line();
  const auto code = desk.issue_code(day_of(kMorning));
  if (!code) return code.error();
  const auto test = phone.report().enter_code(line, *code, kNextMorning);
  if (!test) return test.error();
  auto preview =
      phone.preview_upload(phone::first_infectious_day(*test, day_of(kNextMorning)), kNextMorning);
  if (!preview) return preview.error();
  if (!quiet) {
    out << "\n"
        << ill.name << " tests positive. A health officer issues the code " << code->substr(0, 4)
        << ' ' << code->substr(4) << " (POST /api/issue);\nthe phone hands it in (/api/verify) and "
        << "shows what would be sent: the random key\nof each day (here " << preview->keys().size()
        << "); no name, no number, nothing of what it heard.\n"
        << ill.name << " agrees.\n";
  }
  if (auto ok = phone.report().agree(std::move(*preview).agreed(), kNextMorning); !ok) return ok;
  const auto sent = phone.report().send(line);
  if (!sent) return sent.error();
  desk.at(kPublished);
  const auto names = line.export_names();
  if (!names) return names.error();
  if (!quiet) {
    out << "The phone gets a certificate for its keys (/api/certificate) and uploads them "
           "(/v1/publish).\nTwo hours after the last name was said, the server publishes them "
           "among made-up ones,\nsigned, in "
        << (names->empty() ? "no file" : "/exports/" + names->back()) << ".\n";
  }
  return {};
}

Result<void> replay_recordings(const DemoOptions& options, std::ostream& out) {
  if (!options.recordings || options.json) return {};
  ReplayOptions replay;
  replay.recording = *options.recordings / "dp3t.csv.gz";
  replay.truth = *options.recordings / "dp3t_pair_truth.csv.gz";
  replay.session = "dp3t-exp05-party";
  replay.sick = "17";
  out << "\nNow the recorded radio of real people (DP-3T, EPFL and ETH Zurich, CC BY-ND "
         "4.0):\n\n";
  return run_replay(replay, out);
}

}  // namespace

Result<void> run_demo(const DemoOptions& options, std::ostream& out) {
  const auto ask_to_stop = [](int) { stop_asked = 1; };
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  auto folder = TempFolder::make();
  if (!folder) return folder.error();
  SystemRandom random;
  const auto show = [&] {
    return show_portal(folder->path() / "portal", kUsualPort, random, out,
                       [] { return stop_asked != 0; });
  };
  if (options.portal) return show();
  auto life = sim::TownLife::begin(sim::make_town(options.seed), sim::everyday_radio(),
                                   folder->path(), random);
  if (!life) return life.error();
  const auto& town = life->town();
  if (!options.json) {
    out << "A small town in the Mekong delta: " << town.people.size()
        << " people with a phone each. Names, frames, logs\nand files are real; the radio and the "
           "legs are made up. "
           "They live a day, from\n07:00 to 07:00. Followed here: "
        << town.people[town.first_case].name << ".\n\n";
  }
  Progress progress(*life, out, options);
  if (auto ok = life->live(kMorning, kNextMorning, std::ref(progress)); !ok) return ok;
  progress.end();

  auto desk = sim::HealthDesk::open(folder->path(), random, kNextMorning, kLeastKeys);
  if (!desk) return desk.error();
  if (!options.json)
    out << "\nThe health authority's server answers at " << (*desk)->server().url()
        << " while the story lasts.\n";
  pause(options, out);
  if (auto ok = fall_ill(*life, **desk, out, options.json); !ok) return ok;
  pause(options, out);
  if (!options.json)
    out << "Every phone fetches the file, checks its signature and compares by itself.\n";
  const auto settings = engine::risk_preset(engine::kDefaultRiskPreset);
  if (!options.json) {
    std::array<char, 128> rule{};
    std::snprintf(rule.data(), rule.size(),
                  "It warns (low) from %.1f minutes a day on and HIGH from %.1f: risk settings, "
                  "docs/risk.md.\n\n",
                  settings->low_daily_score / 60, settings->high_daily_score / 60);
    out << rule.data();
  }
  const auto outcomes = life->check(**desk, *settings, kPublished);
  if (!outcomes) return outcomes.error();

  int expected = 0;
  int warned = 0;
  int wrong = 0;
  for (const auto& o : *outcomes) {
    expected += o.truth.should_be_warned();
    warned += o.truth.should_be_warned() && o.warned();
    wrong += o.warned() && !o.truth.should_be_warned();
  }
  if (options.json) {
    print_json(town, *outcomes, out);
  } else {
    print_table(town, *outcomes, out);
    out << "\nWithin 2 m for 15 minutes or more: " << expected
        << " people; warned of them: " << warned << "; warned wrongly: " << wrong << ".\n";
  }
  pause(options, out);
  if (auto ok = replay_recordings(options, out); !ok) return ok;
  if (!options.once && !options.json) {
    desk->reset();
    if (auto ok = show(); !ok) return ok;
  }
  if (warned == expected && wrong == 0) return {};
  return Error{
      Code::kConflict,
      "the radio got " + std::to_string(expected - warned + wrong) +
          " people wrong; that happens in most towns, but not in the one shown by default"};
}

}  // namespace bz::tools
