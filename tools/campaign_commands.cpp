// The commands of the campaign: units, figures, targets, the wall.
#include <iostream>

#include "tools/campaign_command.h"
#include "tools/commands.h"

namespace bz::tools {
namespace {

void add_client(CLI::App& command, CampaignOptions& client) {
  auto* data = command.add_option("--data", client.where.data, "The server's folder");
  command.add_option("--database", client.where.database,
                     "PostgreSQL, postgresql://…; else as bz.toml in the folder says");
  auto* as = command.add_option("--as", client.as, "Ask as this account, with its grants");
  auto* at = command.add_option(
      "--at", client.at, "Ask at this moment (2020-08-25T15:52+07:00), for a story or a drill");
  auto* server = command.add_option("--server", client.server,
                                    "A running server instead of its folder; first: bz login");
  server->excludes(data)->excludes(as)->excludes(at);
}

void add_times(CLI::App& command, TimeOptions& times) {
  command.add_option("--on", times.on, "To the end of this day: 2020-08-19");
  command.add_option("--as-of", times.as_of, "As it was known at the end of this day");
}

void add_login(CLI::App& bz, Chosen& chosen) {
  static LoginOptions options;
  auto* command = bz.add_subcommand("login", "Log in at a server, for the commands with --server");
  command->footer("Example:\n  bz login --server https://bluezone.example --name an.nguyen");
  command->add_option("--server", options.server, "https://…")->required();
  command->add_option("--name", options.name, "The account")->required();
  command->callback([&chosen] { chosen = [] { return run_login(options, std::cin, std::cout); }; });
}

void add_units(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "units", "Administrative units of every date",
                        "bz units show --data DIR --words 'tra vinh' --on 2020-08-20");
  static UnitsImportOptions import;
  auto* command = add_command(*all, "import", "Reads a list, a census, a crosswalk or borders",
                              "bz units import --data DIR --kind units --day 2020-06-01 units.csv",
                              import.client.where.json);
  add_client(*command, import.client);
  command->add_option("--kind", import.kind, "units, census, crosswalk, borders or acts")
      ->required();
  command->add_option("--day", import.day, "The day of the list or the count");
  command->add_option("--units-on", import.units_on, "The day whose units its codes mean");
  command->add_option("--act", import.act, "The act that makes it so");
  command->add_option("--source", import.source, "Where the file is from; kept");
  command->add_flag("--confirm", import.confirm, "Write it; else only say what it would do");
  command->add_option("file", import.file, "CSV, or GeoJSON")->required();
  command->callback([&chosen] { chosen = [] { return run_units_import(import, std::cout); }; });

  static UnitsShowOptions show;
  command = add_command(*all, "show", "One unit, or those that a word finds",
                        "bz units show --data DIR 84 --on 2020-08-20", show.client.where.json);
  add_client(*command, show.client);
  command->add_option("code", show.code, "Its code or key: 84, 84@2020-06-01");
  command->add_option("--words", show.words, "Part of its name, with or without tones");
  command->add_option("--parent", show.parent, "Only what lies directly under this one");
  command->add_option("--level", show.level, "1 province, 2 district, 3 commune");
  command->add_option("--on", show.on, "As they are on this day");
  command->callback([&chosen] { chosen = [] { return run_units_show(show, std::cout); }; });

  static UnitsCrosswalkOptions walk;
  command = add_command(*all, "crosswalk", "What became of a unit",
                        "bz units crosswalk --data DIR 84 --on 2025-03-01 --to 2025-07-01",
                        walk.client.where.json);
  add_client(*command, walk.client);
  command->add_option("code", walk.code, "Its code or key")->required();
  command->add_option("--on", walk.on, "From the units of this day")->required();
  command->add_option("--to", walk.to, "To those of this one")->required();
  command->callback([&chosen] { chosen = [] { return run_units_crosswalk(walk, std::cout); }; });
}

void add_figures(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "figures", "Numbers, their versions and where they are from",
                        "bz figures show --data DIR --subject 84 --measure app_installed");
  static FiguresShowOptions show;
  auto* command = add_command(*all, "show", "Those of a subject, or one with its history",
                              "bz figures show --data DIR --subject 84 --on 2020-08-19",
                              show.client.where.json);
  add_client(*command, show.client);
  command->add_option("id", show.id, "One figure: 17-1597856400000-1");
  command->add_option("--subject", show.subject, "A unit's code or key, or a body");
  command->add_option("--measure", show.measure, "app_installed, population, …");
  command->add_option("--source", show.source, "department:so-tttt-84, …");
  add_times(*command, show.times);
  command->callback([&chosen] { chosen = [] { return run_figures_show(show, std::cout); }; });

  static FiguresCorrectOptions correct;
  command = add_command(*all, "correct", "A new version of one, with its reason",
                        "bz figures correct --data DIR ID --value 68.912 --reason 'đếm lại'",
                        correct.client.where.json);
  add_client(*command, correct.client);
  command->add_option("id", correct.id, "The newest version's id")->required();
  command->add_option("--value", correct.value, "As Vietnam writes it: 68.912")->required();
  command->add_option("--reason", correct.reason, "Why")->required();
  command->callback([&chosen] { chosen = [] { return run_figures_correct(correct, std::cout); }; });

  static FiguresImportOptions import;
  command = add_command(*all, "import", "Figures of a CSV file, all or none",
                        "bz figures import --data DIR august.csv", import.client.where.json);
  add_client(*command, import.client);
  command
      ->add_option(
          "file", import.file,
          "Columns: subject, measure, source, cut_off, value, precision, origin, reference")
      ->required();
  command->callback([&chosen] { chosen = [] { return run_figures_import(import, std::cout); }; });
}

void add_targets(CLI::App& bz, Chosen& chosen) {
  static TargetsOptions options;
  auto* command = add_command(bz, "targets", "Where targets stand: distance, path, forecast, rank",
                              "bz targets --data DIR --subject 84@2020-06-01 --on 2020-08-19",
                              options.client.where.json);
  add_client(*command, options.client);
  command->add_option("--subject", options.subject, "A unit's key or a body; else all");
  add_times(*command, options.times);
  command->callback([&chosen] { chosen = [] { return run_targets_show(options, std::cout); }; });
}

void add_campaign(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "campaign", "The whole campaign of a unit",
                        "bz campaign wall --data DIR --unit 84 --on 2020-08-19");
  static WallOptions wall;
  auto* command =
      add_command(*all, "wall", "What the wall shows",
                  "bz campaign wall --data DIR --unit 84 --on 2020-08-19", wall.client.where.json);
  add_client(*command, wall.client);
  command->add_option("--unit", wall.unit, "Its code or key")->required();
  command->add_option("--indicator", wall.indicator, "install_rate.population, …");
  command->add_option("--source", wall.source, "The source that counts");
  add_times(*command, wall.times);
  command->callback([&chosen] { chosen = [] { return run_wall(wall, std::cout); }; });

  static SeedOptions seed;
  command =
      add_command(*all, "seed", "August 2020: what was published, and what is invented marked so",
                  "bz campaign seed --data DIR", seed.where.json);
  command->add_option("--data", seed.where.data, "A folder; made when it is not there")->required();
  command->add_option("--database", seed.where.database, "PostgreSQL, postgresql://…; else SQLite");
  command->callback([&chosen] { chosen = [] { return run_campaign_seed(seed, std::cout); }; });

  static BenchOptions bench;
  command = all->add_subcommand("bench", "What a wall, a report and a late correction cost");
  command->footer("Example:\n  bz campaign bench --days 400");
  command->add_option("--days", bench.days, "Days of figures")->capture_default_str();
  command->add_option("--communes", bench.communes, "Communes")->capture_default_str();
  command->add_option("--database", bench.database,
                      "An empty PostgreSQL; else SQLite, thrown away");
  command->callback([&chosen] { chosen = [] { return run_campaign_bench(bench, std::cout); }; });
}

}  // namespace

void add_campaign_commands(CLI::App& bz, Chosen& chosen) {
  add_login(bz, chosen);
  add_units(bz, chosen);
  add_figures(bz, chosen);
  add_targets(bz, chosen);
  add_campaign(bz, chosen);
}

}  // namespace bz::tools
