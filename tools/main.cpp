// `bz`, one program for all that is done by hand or by script: the phone's side here, the server's
// in server_commands.cpp. The only two files that see the command-line library.
#include <exception>
#include <iostream>

#include "tools/bench_command.h"
#include "tools/check_command.h"
#include "tools/commands.h"
#include "tools/demo_command.h"
#include "tools/export_command.h"
#include "tools/fetch_command.h"
#include "tools/ids_command.h"
#include "tools/keygen_command.h"
#include "tools/log_command.h"
#include "tools/match_command.h"
#include "tools/proximity_command.h"
#include "tools/replay_command.h"
#include "tools/report_command.h"

namespace {

using bz::Code;
using bz::Result;

// What a script is told: 0 done, 1 could not, 2 wrong input.
int exit_status(Code code) {
  switch (code) {
    case Code::kMalformed:
    case Code::kInvalid:
    case Code::kDenied: return 2;
    case Code::kNotFound:
    case Code::kConflict:
    case Code::kUnavailable: return 1;
  }
  return 1;
}

using bz::tools::add_command;
using bz::tools::Chosen;

void add_ids(CLI::App& bz, Chosen& chosen) {
  static bz::tools::IdsOptions options;
  auto* command =
      add_command(bz, "ids", "The names that a key makes",
                  "bz ids --profile gaen --key 75c734c6dd1a782de7a965da5eb93125 --interval 2642976",
                  options.json);
  command->add_option("--profile", options.profile, "bluezone3, gaen or bluezone4")->required();
  command
      ->add_option("--key", options.key,
                   "Hex: root key (32 bytes) for bluezone3, day key (16 bytes) else")
      ->required();
  command->add_option("--created", options.created_ms,
                      "bluezone3: when the root key was made, ms UTC");
  command->add_option("--at", options.at_ms, "bluezone3: the moment asked about, ms UTC");
  command->add_option("--per-day", options.per_day, "bluezone3: ids a day")->capture_default_str();
  command->add_option("--interval", options.interval,
                      "gaen, bluezone4: ten-minute number; with --all, the key's first");
  command->add_flag("--all", options.all, "Every id of that day, or of the key");
  command->callback([&chosen] { chosen = [] { return run_ids(options, std::cout); }; });
}

void add_check(CLI::App& bz, Chosen& chosen) {
  static bz::tools::CheckOptions options;
  auto* command = add_command(bz, "check", "The 2020 app's contact check",
                              "bz check --trace trace.json --sightings heard.csv", options.json);
  command->add_option("--trace", options.trace, "Trace list as JSON, times in seconds")->required();
  command->add_option("--sightings", options.sightings, "CSV: id,time_ms")->required();
  command->callback([&chosen] { chosen = [] { return run_check(options, std::cout); }; });
}

void add_trust(CLI::App& command, bz::tools::TrustOptions& trust) {
  command.add_option("--public-key", trust.public_key, "PEM file of the key that must have signed");
  command.add_flag("--unsigned", trust.unsigned_allowed, "Believe a file from anybody");
}

void add_kernel(CLI::App& command, std::string& kernel) {
  command
      .add_option("--kernel", kernel,
                  "avx512, avx2, aesni, armv8 or portable; else the fastest that runs here")
      ->envname("BZ_KERNEL");
}

void add_match(CLI::App& bz, Chosen& chosen) {
  static bz::tools::MatchOptions options;
  auto* command = add_command(
      bz, "match", "Contacts of one phone: published keys against what it heard",
      "bz match --keys monday.zip tuesday.zip --sightings heard.csv --public-key moh.key.pub",
      options.json);
  command
      ->add_option("--keys", options.keys,
                   "Exports (.zip) or signed trace lists (.bzt), in order of publication")
      ->required();
  command->add_option("--sightings", options.sightings, "CSV: profile,id,aem,rssi_dbm,time_ms")
      ->required();
  add_trust(*command, options.trust);
  command
      ->add_option("--receive-correction", options.receive_correction_db,
                   "dB to add to every received power")
      ->capture_default_str();
  add_kernel(*command, options.kernel);
  command->callback([&chosen] { chosen = [] { return run_match(options, std::cout); }; });
}

void add_export(CLI::App& bz, Chosen& chosen) {
  auto* both = bz.add_subcommand("export", "Signed files of published keys: make one, read one");
  both->footer("Example:\n  bz export read keys.zip --public-key moh.key.pub");
  both->require_subcommand(1);

  static bz::tools::ExportMakeOptions make;
  auto* command =
      add_command(*both, "make", "Writes a signed export",
                  "bz export make --keys keys.jsonl --sign moh.key --start 1585785600000 "
                  "--end 1585872000000 --out keys.zip",
                  make.json);
  command->add_option("--keys", make.keys,
                      "A JSON object a line, as `bz export read --json --keys` prints them");
  command->add_option("--trace", make.trace,
                      "Instead: a trace list of the 2020 app, to be signed (.bzt)");
  command->add_option("--sign", make.signing_key, "Private key, PEM (bz keygen --signing)")
      ->required();
  command->add_option("--start", make.start_ms, "The keys came in from here, ms UTC")->required();
  command->add_option("--end", make.end_ms, "until before here, ms UTC")->required();
  command->add_option("--out", make.out, "The zip to write")->required();
  command->add_option("--region", make.region, "Region")->capture_default_str();
  command->add_option("--key-id", make.key_id, "What phones call the public key")
      ->capture_default_str();
  command->add_option("--key-version", make.key_version, "and its version")->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_export_make(make, std::cout); }; });

  static bz::tools::ExportReadOptions read;
  command = add_command(*both, "read", "What is in an export, and whether its signature holds",
                        "bz export read keys.zip --public-key moh.key.pub", read.json);
  command->add_option("file", read.file, "The zip")->required();
  command->add_option("--public-key", read.trust.public_key,
                      "PEM file of the key that must have signed");
  command->add_flag("--keys", read.keys, "Every key too, a JSON object a line");
  command->callback([&chosen] { chosen = [] { return run_export_read(read, std::cout); }; });
}

void add_keygen(CLI::App& bz, Chosen& chosen) {
  static bz::tools::KeygenOptions options;
  auto* command = add_command(bz, "keygen", "New keys from the system's secure randomness",
                              "bz keygen --signing moh.key", options.json);
  command->add_option("--signing", options.signing,
                      "Writes the authority's private key here, its public half to FILE.pub");
  command->add_option("--log-key", options.log_key, "Writes the key that wraps a phone's log here");
  command->callback([&chosen] { chosen = [] { return run_keygen(options, std::cout); }; });
}

void add_log_file(CLI::App& command, bz::tools::LogOptions& options) {
  command.add_option("--log", options.log, "The log's file")->required();
  command
      .add_option("--log-key", options.log_key,
                  "File with the key that wraps it (bz keygen --log-key)")
      ->required();
}

void add_log(CLI::App& bz, Chosen& chosen) {
  auto* all = bz.add_subcommand("log", "What a phone keeps: add to it, show it, forget");
  all->require_subcommand(1);
  all->footer("Example:\n  bz log show --log phone.db --log-key phone.key");

  static bz::tools::LogAddOptions add;
  auto* command = add_command(*all, "add", "Adds sightings; the file is made when there is none",
                              "bz log add --log phone.db --log-key phone.key --sightings heard.csv",
                              add.where.json);
  add_log_file(*command, add.where);
  command->add_option("--sightings", add.sightings, "CSV: profile,id,aem,rssi_dbm,time_ms")
      ->required();
  command
      ->add_option("--scans-a-write", add.scans_a_write,
                   "Scans that become durable together; 0: all or nothing")
      ->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_log_add(add, std::cout); }; });

  static bz::tools::LogOptions show;
  command = add_command(*all, "show", "Prints every sighting, oldest first",
                        "bz log show --log phone.db --log-key phone.key", show.json);
  add_log_file(*command, show);
  command->callback([&chosen] { chosen = [] { return run_log_show(show, std::cout); }; });

  static bz::tools::LogSayOptions say;
  command = add_command(*all, "say", "What this phone says now; draws the day's key at first",
                        "bz log say --log phone.db --log-key phone.key", say.where.json);
  add_log_file(*command, say.where);
  command->add_option("--now", say.now_ms, "Another time than the clock's, ms UTC");
  command->add_option("--profile", say.profile, "bluezone3, gaen or bluezone4")
      ->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_log_say(say, std::cout); }; });

  static bz::tools::LogForgetOptions forget;
  command = add_command(*all, "forget", "Drops what is too old, or has no room",
                        "bz log forget --log phone.db --log-key phone.key --now 1587081600000",
                        forget.where.json);
  add_log_file(*command, forget.where);
  command->add_option("--now", forget.now_ms, "The time it is, ms UTC")->required();
  command->add_flag("--confirmed", forget.confirmed,
                    "That time is right, even if the log was last used over 60 days from it");
  command->add_option("--days", forget.days,
                      "Days to keep, 1 to 21; else as the settings say, else 14");
  command->add_option("--settings-key", forget.settings_key,
                      "PEM file of the key that signs settings: those `bz fetch` took are obeyed");
  command->add_option("--bytes", forget.bytes, "Size to keep within")->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_log_forget(forget, std::cout); }; });

  static bz::tools::LogUnitOptions unit;
  command =
      add_command(*all, "unit", "In which unit this installation is to be counted, once",
                  "bz log unit --log phone.db --log-key phone.key --unit 84.842", unit.where.json);
  add_log_file(*command, unit.where);
  command->add_option("--unit", unit.unit, "Code of a unit; without it, what is known is shown");
  command->add_flag("--not-stated", unit.not_stated, "Counted without a unit");
  command->callback([&chosen] { chosen = [] { return run_log_unit(unit, std::cout); }; });
}

void add_fetch(CLI::App& bz, Chosen& chosen) {
  static bz::tools::FetchOptions options;
  auto* command = add_command(
      bz, "fetch", "Fetches the files of published keys that are not here yet, and compares",
      "bz fetch --server https://keys.example.vn --into keys --public-key moh.key.pub "
      "--log phone.db --log-key phone.key",
      options.json);
  command->add_option("--server", options.server, "Where the keys side is")->required();
  command->add_option("--codes-server", options.codes_server,
                      "Where the codes side is, if not there: it takes callbacks");
  command->add_option("--authority", options.authority, "Health authority")->capture_default_str();
  command->add_option("--exports", options.exports, "Where the files are, if not there");
  command->add_option("--region", options.region, "Region")->capture_default_str();
  command->add_option("--into", options.into, "Folder that keeps them")->required();
  add_trust(*command, options.trust);
  command->add_option("--log", options.log, "A phone's log, to compare with");
  command->add_option("--log-key", options.log_key, "and the file with its key");
  command->add_option("--settings-key", options.settings_key,
                      "PEM file of the key that signs settings: they are fetched too");
  command->add_option("--preset", options.preset, "Risk settings by name instead");
  command->add_flag("--force", options.force, "Compare although it is not due yet");
  command->add_option("--now", options.now_ms, "Another time than the clock's, ms UTC");
  command->callback([&chosen] { chosen = [] { return run_fetch(options, std::cout); }; });
}

void add_report_positive(CLI::App& bz, Chosen& chosen) {
  static bz::tools::ReportOptions options;
  auto* command =
      add_command(bz, "report-positive",
                  "Hands in a health officer's code, shows what would be sent, asks, publishes",
                  "bz report-positive --server https://codes.example.vn --keys-server "
                  "https://keys.example.vn --api-key KEY --log phone.db --log-key phone.key "
                  "--code 12345678",
                  options.json);
  command->add_option("--server", options.server, "Where the codes side is")->required();
  command->add_option("--keys-server", options.keys_server, "Where the keys side is, if not there");
  command->add_option("--api-key", options.api_key, "The app's key, of kind device")
      ->envname("BZ_API_KEY");
  command->add_option("--authority", options.authority, "Health authority")->capture_default_str();
  command->add_option("--log", options.log, "The phone's log")->required();
  command->add_option("--log-key", options.log_key, "File with the key that wraps it")->required();
  command
      ->add_option("--code", options.code,
                   "From the health officer; without it an upload that was agreed to goes on")
      ->envname("BZ_CODE");
  command->add_flag("--agree", options.agree, "Agree to send what is shown, without being asked");
  command->add_flag("--agree-bluezone3", options.agree_bluezone3,
                    "Agree to the second part too, of bluezone3: its days stay linkable");
  command->add_flag("--give-up", options.give_up, "Forget the code and what was agreed to");
  command->add_flag("--accept-contact", options.accept_contact,
                    "Take also a code for a confirmed contact (F1)");
  command->add_option(
      "--settings-key", options.settings_key,
      "PEM file of the key that signs settings: those that `bz fetch` took are obeyed");
  command->add_option("--pause", options.pause_s,
                      "Seconds between checking the code and sending; else 20 to 40, drawn");
  command->add_option("--now", options.now_ms, "Another time than the clock's, ms UTC");
  command->callback(
      [&chosen] { chosen = [] { return run_report_positive(options, std::cin, std::cout); }; });
}

void add_replay(CLI::App& bz, Chosen& chosen) {
  static bz::tools::ReplayOptions options;
  auto* command = add_command(
      bz, "replay", "Recorded radio of real people, phone by phone, beside the cameras' truth",
      "bz replay --recording dp3t.csv.gz --truth dp3t_pair_truth.csv.gz --session dp3t-exp05-party "
      "--sick 17",
      options.json);
  command->add_option("--recording", options.recording, "Packets, .csv.gz")->required();
  command->add_option("--truth", options.truth, "Distances by the cameras, .csv.gz")->required();
  command->add_option("--session", options.session, "Which session of the recording")->required();
  command->add_option("--sick", options.sick,
                      "The device whose owner falls ill; else each in turn");
  command->add_option("--devices", options.devices,
                      "Phone models; else devices.csv beside the recording");
  command->add_option("--preset", options.preset, "Risk settings by name")->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_replay(options, std::cout); }; });
}

void add_proximity(CLI::App& bz, Chosen& chosen) {
  static bz::tools::ProximityOptions options;
  auto* command =
      add_command(bz, "proximity", "Seconds within 2 m, by pair and five minutes of a recording",
                  "bz proximity --recording dp3t.csv.gz --devices devices.csv", options.json);
  command->add_option("--recording", options.recording, "Packets, .csv.gz")->required();
  command->add_option("--devices", options.devices, "Phone models, CSV");
  command->callback([&chosen] { chosen = [] { return run_proximity(options, std::cout); }; });
}

void add_demo(CLI::App& bz, Chosen& chosen) {
  static bz::tools::DemoOptions options;
  auto* command =
      add_command(bz, "demo", "Phones meet, one person falls ill, the right people are warned",
                  "bz demo --once", options.json);
  auto* once = command->add_flag(
      "--once", options.once,
      "Without pauses, and end; exit 0 if every expected phone and no other was warned");
  command
      ->add_flag("--portal", options.portal,
                 "Only the server at the end: the campaign of August 2020 to look around in")
      ->excludes(once);
  command
      ->add_option("--seed", options.seed, "Another town; of most, the radio gets somebody wrong")
      ->capture_default_str();
  command->add_option("--recordings", options.recordings,
                      "Folder of recorded radio, to end with a replay");
  command->callback([&chosen] { chosen = [] { return run_demo(options, std::cout); }; });
}

void add_bench(CLI::App& bz, Chosen& chosen) {
  auto* all = bz.add_subcommand("bench", "How long work takes beside the least that it could");
  all->require_subcommand(1);
  all->footer("Example:\n  bz bench match --keys 100000 --sightings 500000");

  static bz::tools::BenchMatchOptions match;
  auto* command = add_command(*all, "match", "Many published keys against many sightings",
                              "bz bench match --keys 100000 --sightings 500000", match.json);
  command->add_option("--keys", match.keys, "Published keys, a day each")->capture_default_str();
  command->add_option("--sightings", match.sightings, "Over 14 days")->capture_default_str();
  command->add_option("--profile", match.profile, "gaen, bluezone4 or bluezone3")
      ->capture_default_str();
  add_kernel(*command, match.kernel);
  command->add_flag("--nights", match.nights, "Also with nights in which nothing is heard");
  command->add_option("--threads", match.threads, "1 or 2")->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_bench_match(match, std::cout); }; });
}

// One line that a terminal shows as it is: file names may hold anything.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

// The library takes "-1" for a huge number and cuts what has too many digits.
void take_only_whole_numbers(CLI::App& app) {
  const auto whole = [](bool may_be_negative) {
    return CLI::Validator(
        [may_be_negative](const std::string& text) {
          const auto digits =
              std::string_view(text).substr(may_be_negative && text.starts_with('-') ? 1 : 0);
          const bool fits = !digits.empty() && digits.size() <= 18 &&
                            digits.find_first_not_of("0123456789") == std::string_view::npos;
          return fits ? "" : "not a whole number of at most 18 digits";
        },
        "");
  };
  for (auto* option : app.get_options()) {
    const auto type = option->get_type_name();
    if (type == "INT" || type == "UINT") option->check(whole(type == "INT"));
  }
  for (auto* command : app.get_subcommands(nullptr)) take_only_whole_numbers(*command);
}

// What is wrong with a command line. Never the words themselves, which may be keys, but for those
// that are no command.
std::string complaint(const CLI::App& bz, int argc, char** argv, const CLI::ParseError& wrong) {
  // The library says "a subcommand is required" whatever word stood in its place.
  const CLI::App* app = &bz;
  for (int i = 1; i < argc && !app->get_subcommands(nullptr).empty(); ++i) {
    const auto commands =
        app->get_subcommands([&](const CLI::App* a) { return a->get_name() == argv[i]; });
    if (commands.empty()) return std::string(argv[i]) + " is no command";
    app = commands.front();
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&wrong) != nullptr) {
    for (int i = 1; i < argc; ++i) {
      const std::string option = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
      if (option.starts_with("--") && app->get_option_no_throw(option) == nullptr)
        return "no option " + option;
    }
    return "a word too many";
  }
  // "Could not convert: --at = …"
  const std::string said = wrong.what();
  return said.substr(0, said.find(" = "));
}

int run(int argc, char** argv) {
  CLI::App bz{
      "Bluezone: finds close contacts by Bluetooth and warns people without knowing who they are."};
  bz.name("bz");
  bz.require_subcommand(1);
  bz.set_version_flag("--version", "bz " BZ_VERSION);
  bz.footer(
      "Data goes to standard output, errors to standard error in one line. Exit status: 0 done, 1 "
      "could not,\n"
      "2 wrong input. `bz COMMAND --help` has an example of each.");
  Chosen chosen;
  add_ids(bz, chosen);
  add_check(bz, chosen);
  add_match(bz, chosen);
  add_export(bz, chosen);
  add_keygen(bz, chosen);
  add_log(bz, chosen);
  add_fetch(bz, chosen);
  add_report_positive(bz, chosen);
  bz::tools::add_server_commands(bz, chosen);
  bz::tools::add_campaign_commands(bz, chosen);
  add_replay(bz, chosen);
  add_proximity(bz, chosen);
  add_demo(bz, chosen);
  add_bench(bz, chosen);
  take_only_whole_numbers(bz);
  try {
    bz.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return bz.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    std::cerr << "bz: " << one_line(complaint(bz, argc, argv, wrong)) << " (see bz --help)\n";
    return exit_status(Code::kInvalid);
  }
  auto result = chosen();
  if (result && !std::cout.flush())
    result = bz::Error{Code::kUnavailable, "standard output cannot be written"};
  if (result) return 0;
  std::cerr << "bz: " << one_line(result.error().what) << '\n';
  return exit_status(result.error().code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "bz: " << error.what() << '\n';
    return 1;
  }
}
