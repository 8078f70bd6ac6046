// How commands add themselves to `bz`; for the three files that see the command-line library.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/result.h"

namespace bz::tools {

// What a command would run, once the command line has been read whole.
using Chosen = std::function<Result<void>()>;

inline CLI::App* add_command(CLI::App& bz, const char* name, const char* what, const char* example,
                             bool& json) {
  auto* command = bz.add_subcommand(name, what);
  command->footer(std::string("Example:\n  ") + example);
  command->add_flag("--json", json, "One JSON object a line");
  return command;
}

// A command that only holds others.
inline CLI::App* add_group(CLI::App& bz, const char* name, const char* what, const char* example) {
  auto* group = bz.add_subcommand(name, what);
  group->require_subcommand(1);
  group->footer(std::string("Example:\n  ") + example);
  return group;
}
// serve, and what an operator does beside it: server_commands.cpp.
void add_server_commands(CLI::App& bz, Chosen& chosen);
// units, figures, targets, campaign, login: campaign_commands.cpp.
void add_campaign_commands(CLI::App& bz, Chosen& chosen);

}  // namespace bz::tools
