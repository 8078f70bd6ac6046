// The commands of the campaign: units, figures, targets, the wall, reports.
#include <iostream>

#include "tools/campaign_command.h"
#include "tools/commands.h"
#include "tools/reports_command.h"

namespace bz::tools {
namespace {

void add_client(CLI::App& command, CampaignOptions& client) {
  auto* data = command.add_option("--data", client.where.data, "The server's folder");
  command.add_option("--database", client.where.database,
                     "PostgreSQL, postgresql://…; else as bz.toml in the folder says");
  auto* as = command.add_option("--as", client.as, "Ask as this account, with its grants");
  auto* at = command.add_option(
      "--at", client.at,
      "Ask at this moment (2020-08-25T15:52+07:00), for a story or a drill; what "
      "is handed in then is marked illustrative");
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

void add_hand_in(CLI::App& command, HandInOptions& options) {
  add_client(command, options.client);
  command.add_option("file", options.file, "The form, filled in: XLSX, CSV or JSON")->required();
  command.add_option("--body", options.body, "Who reports: viettel-70; JSON says it itself");
  command.add_option("--form", options.form, "bm1, owners or result; else bm1");
  command.add_option("--due", options.due,
                     "What it answers: ids as `bz report register --all` shows them, with commas "
                     "between; else what the file names, else the day's");
  command.add_option("--reason", options.reason, "Why, when it corrects what was sent before");
}

void add_handing_in(CLI::App& all, Chosen& chosen) {
  static HandInOptions check;
  auto* command =
      add_command(all, "check", "What is to be mended in a file; nothing is sent",
                  "bz report check --data DIR --body viettel-70 bm1.xlsx", check.client.where.json);
  add_hand_in(*command, check);
  command->callback([&chosen] { chosen = [] { return run_report_check(check, std::cout); }; });

  static HandInOptions submit;
  command = add_command(all, "submit", "Hands a file in and prints the receipt",
                        "bz report submit --data DIR --body viettel-70 bm1.xlsx",
                        submit.client.where.json);
  add_hand_in(*command, submit);
  command->add_option("--key", submit.key,
                      "Idempotency-Key; else made of the file, due and reason, so that the same "
                      "again gives the same receipt");
  command->callback([&chosen] { chosen = [] { return run_report_submit(submit, std::cout); }; });

  static ReportShowOptions show;
  command = add_command(all, "show", "A report, its figures and where they came from",
                        "bz report show --data DIR 3 --original bm1.eml", show.client.where.json);
  add_client(*command, show.client);
  command->add_option("id", show.id, "The report's number")->required();
  command->add_option("--original", show.original, "Write the bytes as they came to this file");
  command->callback([&chosen] { chosen = [] { return run_report_show(show, std::cout); }; });
}

void add_deciding(CLI::App& all, Chosen& chosen) {
  static ReconcileOptions reconcile;
  auto* command =
      add_command(all, "reconcile", "Where telephone and file differ, cell by cell",
                  "bz report reconcile --data DIR --on 2020-08-25", reconcile.client.where.json);
  add_client(*command, reconcile.client);
  command->add_option("--due", reconcile.due, "One due, by its id; else those that differ");
  command->add_option("--on", reconcile.on, "Of this day; else today");
  command->add_flag("--all", reconcile.all, "Cells that do not differ, too");
  command->add_option("--cell", reconcile.cell, "Decides this one, by its id");
  command->add_option("--value", reconcile.value, "The number that counts: 9.210");
  command->add_option("--reason", reconcile.reason, "Why");
  command->callback(
      [&chosen] { chosen = [] { return run_report_reconcile(reconcile, std::cout); }; });

  static DecideOptions accept;
  command = add_command(all, "accept", "Accepts a report: its figures may go into letters",
                        "bz report accept --data DIR 2 --seen 77A4…", accept.client.where.json);
  add_client(*command, accept.client);
  command->add_option("id", accept.id, "The report's number")->required();
  command->add_option(
      "--seen", accept.seen,
      "The numbers that were looked at, as `bz report show` names them; else it says "
      "what stands now, and accepts nothing");
  command->callback([&chosen] { chosen = [] { return run_report_accept(accept, std::cout); }; });

  static DecideOptions give_back;
  command = add_command(all, "return", "Sends a report back, with the reason",
                        "bz report return --data DIR 2 --reason 'thiếu huyện Bù Đốp'",
                        give_back.client.where.json);
  add_client(*command, give_back.client);
  command->add_option("id", give_back.id, "The report's number")->required();
  command->add_option("--reason", give_back.reason, "Why")->required();
  command->callback([&chosen] { chosen = [] { return run_report_return(give_back, std::cout); }; });
}

void add_reports(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "report", "What bodies hand in, who is late, and what is made of it",
                        "bz report register --data DIR --from 2020-08-25");
  add_handing_in(*all, chosen);

  static RegisterOptions list;
  auto* command = add_command(*all, "register", "Who is late and who is missing",
                              "bz report register --data DIR --task bp-5.2 --from 2020-08-25",
                              list.client.where.json);
  add_client(*command, list.client);
  command->add_option("--body", list.body, "Of one body");
  command->add_option("--task", list.task, "Of one task");
  command->add_option("--from", list.from, "From this day; else today");
  command->add_option("--to", list.to, "To this day, which is included; else --from");
  command->add_flag("--all", list.all, "Who is on time or has time left, too");
  command->callback([&chosen] { chosen = [] { return run_report_register(list, std::cout); }; });

  static InboxOptions inbox;
  command = add_command(*all, "inbox", "The reminders that came for an account",
                        "bz report inbox --data DIR --as bao-cao-vnpt-70", inbox.client.where.json);
  add_client(*command, inbox.client);
  command->callback([&chosen] { chosen = [] { return run_report_inbox(inbox, std::cout); }; });

  add_deciding(*all, chosen);

  static ConsolidateOptions consolidate;
  command =
      add_command(*all, "consolidate", "Drafts the report to those above, from accepted figures",
                  "bz report consolidate --data DIR --task bp-5.2 --before 2020-08-25T16:00+07:00",
                  consolidate.client.where.json);
  add_client(*command, consolidate.client);
  command->add_option("--task", consolidate.task, "What was asked: bp-5.2")->required();
  command->add_option("--before", consolidate.due_before, "Which of its dues, by its moment")
      ->required();
  command->add_option("--title", consolidate.title, "Its title; else the form's");
  command->callback(
      [&chosen] { chosen = [] { return run_report_consolidate(consolidate, std::cout); }; });
}

void add_mail(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "mail", "Reports that come by e-mail",
                        "bz mail intake --data DIR < message.eml");
  static MailIntakeOptions intake;
  auto* command = add_command(*all, "intake", "Takes a letter from standard input, as it came",
                              "bz mail intake --data DIR < message.eml", intake.client.where.json);
  add_client(*command, intake.client);
  command->add_option("--authserv-id", intake.client.authserv_id,
                      "The mail server that is believed about who sent the letter, by its name in "
                      "Authentication-Results; else as bz.toml says (mail_authserv_id)");
  command->callback(
      [&chosen] { chosen = [] { return run_mail_intake(intake, std::cin, std::cout); }; });
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
  add_reports(bz, chosen);
  add_mail(bz, chosen);
  add_campaign(bz, chosen);
}

}  // namespace bz::tools
