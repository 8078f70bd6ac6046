// `bz`, one program for all that is done by hand or by script. The only file that sees the
// command-line library.
#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <iostream>

#include "tools/demo_command.h"
#include "tools/ids_command.h"

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

// A command adds itself to `bz` and says here what it would run.
using Chosen = std::function<Result<void>()>;

CLI::App* add_command(CLI::App& bz, const char* name, const char* what, const char* example,
                      bool& json) {
  auto* command = bz.add_subcommand(name, what);
  command->footer(std::string("Example:\n  ") + example);
  command->add_flag("--json", json, "One JSON object a line");
  return command;
}

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

void add_demo(CLI::App& bz, Chosen& chosen) {
  static bz::tools::DemoOptions options;
  auto* command =
      add_command(bz, "demo", "Phones meet, one person falls ill, the right people are warned",
                  "bz demo --once", options.json);
  command->add_flag(
      "--once", options.once,
      "Without pauses, and end; exit 0 if every expected phone and no other was warned");
  command->callback([&chosen] { chosen = [] { return run_demo(options, std::cout); }; });
}

// The part of a command line that is wrong, in one line.
std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

int run(int argc, char** argv) {
  CLI::App bz{
      "Bluezone: finds close contacts by Bluetooth and warns people without knowing who they are."};
  bz.name("bz");
  bz.require_subcommand(1);
  bz.set_version_flag("--version", "bz 0.1.0");
  bz.footer(
      "Data goes to standard output, errors to standard error in one line. Exit status: 0 done, 1 "
      "could not,\n"
      "2 wrong input. `bz COMMAND --help` has an example of each.");
  Chosen chosen;
  add_ids(bz, chosen);
  add_demo(bz, chosen);
  try {
    bz.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return bz.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    std::cerr << "bz: " << one_line(wrong.what()) << " (see bz --help)\n";
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
