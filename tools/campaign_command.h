// `bz units`, `bz figures`, `bz targets`, `bz campaign`: the campaign's figures at a terminal. Each
// asks what the portal would ask (tools/campaign_client.h); --json gives the HTTP answer.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "tools/campaign_client.h"

namespace bz::tools {

struct LoginOptions {
  std::string server;
  std::string name;
};
// Reads the password and the second factor's code from `in`, a line each, and keeps the session.
Result<void> run_login(const LoginOptions& options, std::istream& in, std::ostream& out);

// What is asked of time: a local day (2020-08-19), ms since 1970 or ISO 8601; empty: now.
struct TimeOptions {
  std::string on;
  std::string as_of;
};

struct UnitsImportOptions {
  CampaignOptions client;
  std::string kind;  // units, census, crosswalk, borders, acts
  std::filesystem::path file;
  std::string day;
  std::string units_on;
  std::string act;
  std::string source;
  bool confirm = false;  // else only what it would do
};
Result<void> run_units_import(const UnitsImportOptions& options, std::ostream& out);

struct UnitsShowOptions {
  CampaignOptions client;
  std::string code;  // one unit, by code or key; else a list
  std::string words;
  std::string parent;
  std::string level;
  std::string on;
};
Result<void> run_units_show(const UnitsShowOptions& options, std::ostream& out);

struct UnitsCrosswalkOptions {
  CampaignOptions client;
  std::string code;
  std::string on;
  std::string to;
};
Result<void> run_units_crosswalk(const UnitsCrosswalkOptions& options, std::ostream& out);

struct FiguresShowOptions {
  CampaignOptions client;
  std::string id;  // one with its history; else those of a subject
  std::string subject;
  std::string measure;
  std::string source;
  TimeOptions times;
};
Result<void> run_figures_show(const FiguresShowOptions& options, std::ostream& out);

struct FiguresCorrectOptions {
  CampaignOptions client;
  std::string id;
  std::string value;  // "68.912"
  std::string reason;
};
Result<void> run_figures_correct(const FiguresCorrectOptions& options, std::ostream& out);

struct FiguresImportOptions {
  CampaignOptions client;
  // CSV: subject, measure, source, cut_off, value, precision, origin, reference [reason]
  std::filesystem::path file;
};
Result<void> run_figures_import(const FiguresImportOptions& options, std::ostream& out);

struct TargetsOptions {
  CampaignOptions client;
  std::string subject;
  TimeOptions times;
};
Result<void> run_targets_show(const TargetsOptions& options, std::ostream& out);

struct WallOptions {
  CampaignOptions client;
  std::string unit;
  std::string indicator;
  std::string source;
  TimeOptions times;
};
Result<void> run_wall(const WallOptions& options, std::ostream& out);

struct SeedOptions {
  DataOptions where;
};
// Plays the story of August 2020 (tools/stories/) through the interface, each request at its
// moment. kConflict when the folder has a campaign already.
Result<void> run_campaign_seed(const SeedOptions& options, std::ostream& out);

struct BenchOptions {
  std::string database;  // PostgreSQL; else a SQLite file that is thrown away
  int days = 40;
  int communes = 10'230;
};
Result<void> run_campaign_bench(const BenchOptions& options, std::ostream& out);

}  // namespace bz::tools
