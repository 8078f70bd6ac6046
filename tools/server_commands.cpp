// The commands of those who run a server.
#include <iostream>

#include "tools/account_command.h"
#include "tools/authority_command.h"
#include "tools/callback_command.h"
#include "tools/commands.h"
#include "tools/serve_command.h"
#include "tools/settings_command.h"
#include "tools/signing_key_command.h"
#include "tools/store_command.h"
#include "tools/supervisor_command.h"

namespace bz::tools {
namespace {

void add_where(CLI::App& command, DataOptions& where) {
  command.add_option("--data", where.data, "The server's folder")->required();
  command.add_option("--database", where.database,
                     "PostgreSQL, postgresql://…; else as bz.toml in the folder says");
}

void add_serve(CLI::App& bz, Chosen& chosen) {
  static ServeOptions options;
  auto* command = bz.add_subcommand("serve", "The server, until SIGTERM");
  command->footer("Example:\n  bz serve --data /var/lib/bluezone --listen 127.0.0.1:8080");
  command->add_option("--data", options.data, "Its folder; made when it is not there")->required();
  command->add_option("--listen", options.listen, "Address and port")->capture_default_str();
  command->add_option("--database", options.database,
                      "PostgreSQL, postgresql://…; else SQLite files in the folder");
  command->add_option("--role", options.role, "all, or of portal, codes, keys and campaign some")
      ->capture_default_str();
  command->add_flag("--print-routes", options.print_routes, "")->group("");
  command->callback([&chosen] { chosen = [] { return run_serve(options, std::cout); }; });
}

void add_account(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "account", "Who may log in",
                        "bz account add --data /var/lib/bluezone --name an.nguyen");
  static AccountOptions add;
  auto* command = add_command(*all, "add", "A new account; prints its first password",
                              "bz account add --data DIR --name an.nguyen", add.where.json);
  add_where(*command, add.where);
  command->add_option("--name", add.name, "3 to 64 of a-z, 0-9, '.', '-', '_', '@'")->required();
  command->add_flag("--administrator", add.administrator, "May add and reset accounts");
  command->callback([&chosen] { chosen = [] { return run_account_add(add, std::cout); }; });

  static AccountOptions reset;
  command = add_command(*all, "reset", "A new first password; sessions end, second factor goes",
                        "bz account reset --data DIR --name an.nguyen", reset.where.json);
  add_where(*command, reset.where);
  command->add_option("--name", reset.name, "The account")->required();
  command->callback([&chosen] { chosen = [] { return run_account_reset(reset, std::cout); }; });
}

void add_grant(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "grant", "What an account may do for an authority",
                        "bz grant add --data DIR --account an.nguyen --role issuer");
  static GrantOptions options;
  const auto add = [&](const char* name, const char* what,
                       Result<void> (*run)(const GrantOptions&, std::ostream&), bool needs) {
    auto* command =
        add_command(*all, name, what, "bz grant add --data DIR --account an.nguyen --role issuer",
                    options.where.json);
    add_where(*command, options.where);
    auto* account = command->add_option("--account", options.account, "The account");
    if (needs) {
      account->required();
      command->add_option("--authority", options.authority, "Health authority")
          ->capture_default_str();
      command->add_option("--role", options.role, "issuer, supervisor, administrator or auditor")
          ->required();
    }
    command->callback([&chosen, run] { chosen = [run] { return run(options, std::cout); }; });
  };
  add("add", "Grants a role", &run_grant_add, true);
  add("remove", "Takes it back", &run_grant_remove, true);
  add("list", "Every grant", &run_grant_list, false);
}

void add_authority(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "authority", "Health authorities, on the codes and the keys side",
                        "bz authority put --data DIR --id vn-moh --set name='Bộ Y tế'");
  static AuthorityOptions put;
  auto* command =
      add_command(*all, "put", "Makes one or changes it",
                  "bz authority put --data DIR --id vn-moh --set test_types=confirmed,likely "
                  "--set supervisors_key=@supervisors.pub",
                  put.where.json);
  add_where(*command, put.where);
  command->add_option("--id", put.id, "a-z, 0-9 and '-'")->required();
  command->add_option("--set", put.settings,
                      "NAME=VALUE or NAME=@FILE; names as `bz authority list --json` shows them");
  command->callback([&chosen] { chosen = [] { return run_authority_put(put, std::cout); }; });

  static DataOptions list;
  command = add_command(*all, "list", "Every authority", "bz authority list --data DIR --json",
                        list.json);
  add_where(*command, list);
  command->callback([&chosen] { chosen = [] { return run_authority_list(list, std::cout); }; });
}

void add_api_key(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "apikey", "Keys of programs: the app, a laboratory, a dashboard",
                        "bz apikey add --data DIR --kind device --name app");
  static ApiKeyOptions add;
  auto* command = add_command(*all, "add", "A new key; prints it, once",
                              "bz apikey add --data DIR --kind device --name app", add.where.json);
  add_where(*command, add.where);
  command->add_option("--authority", add.authority, "Health authority")->capture_default_str();
  command->add_option("--kind", add.kind, "device, admin or stats")->capture_default_str();
  command->add_option("--name", add.name, "What it is for")->required();
  command->callback([&chosen] { chosen = [] { return run_api_key_add(add, std::cout); }; });

  static ApiKeyOptions list;
  command = add_command(*all, "list", "Every key, by its id", "bz apikey list --data DIR",
                        list.where.json);
  add_where(*command, list.where);
  command->callback([&chosen] { chosen = [] { return run_api_key_list(list, std::cout); }; });

  static ApiKeyOptions remove;
  command = add_command(*all, "remove", "Takes a key back", "bz apikey remove --data DIR --id ID",
                        remove.where.json);
  add_where(*command, remove.where);
  command->add_option("--id", remove.id, "As `bz apikey list` shows it")->required();
  command->callback([&chosen] { chosen = [] { return run_api_key_remove(remove, std::cout); }; });
}

void add_audit(CLI::App& bz, Chosen& chosen) {
  auto* all =
      add_group(bz, "audit", "What officers and operators did", "bz audit verify --data DIR");
  static DataOptions options;
  auto* command = add_command(*all, "verify", "Goes over the chains of the audit trails",
                              "bz audit verify --data DIR", options.json);
  add_where(*command, options);
  command->callback([&chosen] { chosen = [] { return run_audit_verify(options, std::cout); }; });
}

void add_store(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "store", "Looking after the stores",
                        "bz store backup --data DIR --to /backup/2020-08-19");
  static DataOptions check;
  auto* command = add_command(*all, "check", "Reads everything, says what is damaged",
                              "bz store check --data DIR", check.json);
  add_where(*command, check);
  command->callback([&chosen] { chosen = [] { return run_store_check(check, std::cout); }; });

  static StoreCopyOptions backup;
  command = add_command(*all, "backup", "Copies the stores to a new folder",
                        "bz store backup --data DIR --to /backup/2020-08-19", backup.where.json);
  add_where(*command, backup.where);
  command->add_option("--to", backup.folder, "A new folder")->required();
  command->add_flag("--with-master-keys", backup.with_master_keys,
                    "The master keys too: then whoever has the backup has every secret in it");
  command->callback([&chosen] { chosen = [] { return run_store_backup(backup, std::cout); }; });

  static StoreCopyOptions restore;
  command = add_command(
      *all, "restore", "Copies a backup into stores that hold nothing yet, of either kind",
      "bz store restore --data DIR --from /backup/2020-08-19", restore.where.json);
  add_where(*command, restore.where);
  command->add_option("--from", restore.folder, "A backup's folder")->required();
  command->callback([&chosen] { chosen = [] { return run_store_restore(restore, std::cout); }; });
}

void add_installs(CLI::App& bz, Chosen& chosen) {
  static InstallsOptions options;
  auto* command = add_command(bz, "installs", "A day's installs by unit, for the campaign",
                              "bz installs --data DIR --day 2020-08-19", options.where.json);
  add_where(*command, options.where);
  command->add_option("--day", options.day, "YYYY-MM-DD, UTC")->required();
  command->callback([&chosen] { chosen = [] { return run_installs(options, std::cout); }; });
}

void add_signing_key(CLI::App& bz, Chosen& chosen) {
  auto* all =
      add_group(bz, "signing-key", "The keys that sign exports", "bz signing-key sheet --data DIR");
  static DataOptions list;
  auto* command =
      add_command(*all, "list", "Every key", "bz signing-key list --data DIR", list.json);
  add_where(*command, list);
  command->callback([&chosen] { chosen = [] { return run_signing_key_list(list, std::cout); }; });

  static DataOptions sheet;
  command = add_command(*all, "sheet", "Version, id and region, as Apple and Google ask for them",
                        "bz signing-key sheet --data DIR", sheet.json);
  add_where(*command, sheet);
  command->callback([&chosen] { chosen = [] { return run_signing_key_sheet(sheet, std::cout); }; });

  static SigningKeyOptions show;
  command = add_command(*all, "public", "A public key as PEM, for --public-key",
                        "bz signing-key public --data DIR > moh.pub", show.where.json);
  add_where(*command, show.where);
  command->add_option("--version", show.version, "Else the first");
  command->callback([&chosen] { chosen = [] { return run_signing_key_public(show, std::cout); }; });

  static SigningKeyOptions make;
  command = add_command(*all, "make", "A new key, valid from now or from a day ahead",
                        "bz signing-key make --data DIR --version v2 --from 1600000000000",
                        make.where.json);
  add_where(*command, make.where);
  command->add_option("--version", make.version, "v2")->required();
  command->add_option("--key-id", make.key_id, "Mobile country code")->capture_default_str();
  command->add_option("--region", make.region, "Else all regions");
  command->add_option("--from", make.from_ms, "ms UTC");
  command->callback([&chosen] { chosen = [] { return run_signing_key_make(make, std::cout); }; });

  static SigningKeyOptions retire;
  command = add_command(*all, "retire", "It signs until then and no longer",
                        "bz signing-key retire --data DIR --version v1", retire.where.json);
  add_where(*command, retire.where);
  command->add_option("--version", retire.version, "v1")->required();
  command->add_option("--key-id", retire.key_id, "Mobile country code")->capture_default_str();
  command->add_option("--through", retire.through_ms, "ms UTC; else now");
  command->callback(
      [&chosen] { chosen = [] { return run_signing_key_retire(retire, std::cout); }; });
}

void add_settings(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "settings", "What phones are told, signed",
                        "bz settings example > s.json; bz settings sign --values s.json --key "
                        "moh.key --out s.bzs; bz settings put --data DIR --file s.bzs");
  static SettingsExampleOptions example;
  auto* command = add_command(*all, "example", "The built-in values, to be edited and signed",
                              "bz settings example --version 2 > s.json", example.json);
  command->add_option("--version", example.version, "Greater than the last")->capture_default_str();
  command->add_option("--days", example.days, "Until they expire")->capture_default_str();
  command->callback(
      [&chosen] { chosen = [] { return run_settings_example(example, std::cout); }; });

  static SettingsSignOptions sign;
  command = add_command(*all, "sign", "Checks the values and signs them",
                        "bz settings sign --values s.json --key moh.key --out s.bzs", sign.json);
  command->add_option("--values", sign.values, "JSON")->required();
  command->add_option("--key", sign.key, "Private key, PEM (bz keygen --signing)")->required();
  command->add_option("--out", sign.out, "The file to write")->required();
  command->callback([&chosen] { chosen = [] { return run_settings_sign(sign, std::cout); }; });

  static SettingsReadOptions read;
  command = add_command(*all, "read", "What is in a file, and whether its signature holds",
                        "bz settings read s.bzs --public-key moh.key.pub", read.json);
  command->add_option("file", read.file, "The file")->required();
  command->add_option("--public-key", read.trust.public_key, "PEM of the key that signed");
  command->add_flag("--unsigned", read.trust.unsigned_allowed, "Believe a file from anybody");
  command->callback([&chosen] { chosen = [] { return run_settings_read(read, std::cout); }; });

  static SettingsPutOptions put;
  command = add_command(*all, "put", "Has the server give it to phones",
                        "bz settings put --data DIR --file s.bzs", put.where.json);
  add_where(*command, put.where);
  command->add_option("--file", put.file, "Signed")->required();
  command->callback([&chosen] { chosen = [] { return run_settings_put(put, std::cout); }; });
}

void add_supervisors(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "supervisors", "What two supervisors do together",
                        "bz supervisors make --folder shares --shares 3");
  static SupervisorsMakeOptions make;
  auto* command = add_command(*all, "make", "A key shared so that any two can use it",
                              "bz supervisors make --folder shares --shares 3", make.json);
  command->add_option("--folder", make.folder, "Where the shares are written")->required();
  command->add_option("--shares", make.shares, "2 to 16")->capture_default_str();
  command->callback([&chosen] { chosen = [] { return run_supervisors_make(make, std::cout); }; });

  static RevokeOptions revoke;
  command = add_command(*all, "revoke", "Has a wrongly issued case's keys revoked",
                        "bz supervisors revoke --server https://keys.example.vn --share "
                        "share-1.txt --share share-3.txt --public-key supervisors.pub --handle …",
                        revoke.json);
  command->add_option("--server", revoke.server, "Where the keys side is")->required();
  command->add_option("--authority", revoke.authority, "Health authority")->capture_default_str();
  command->add_option("--share", revoke.shares, "A supervisor's share; twice")->required();
  command->add_option("--public-key", revoke.public_key, "supervisors.pub")->required();
  command->add_option("--handle", revoke.handles, "Sealed handle, as the portal shows it")
      ->required();
  command->callback(
      [&chosen] { chosen = [] { return run_supervisors_revoke(revoke, std::cout); }; });
}

void add_callback(CLI::App& bz, Chosen& chosen) {
  auto* all = add_group(bz, "callback", "Messages of people who ask to be called",
                        "bz callback open --key callback.key --message …");
  static CallbackOpenOptions open;
  auto* command = add_command(*all, "open", "Opens a fetched message",
                              "bz callback open --key callback.key --message …", open.json);
  command->add_option("--key", open.key, "The authority's private key, PEM")->required();
  command->add_option("--message", open.message, "Base64 of 256 bytes")->required();
  command->callback([&chosen] { chosen = [] { return run_callback_open(open, std::cout); }; });

  static CallbackKeyOptions key;
  command =
      add_command(*all, "key", "The key as the settings name it: their callback_key",
                  "bz keygen --signing callback.key; bz callback key --key callback.key", key.json);
  command->add_option("--key", key.key, "The authority's key for callbacks, PEM")->required();
  command->callback([&chosen] { chosen = [] { return run_callback_key(key, std::cout); }; });

  static CallbackAskOptions ask;
  command = add_command(*all, "ask", "A phone: asks the health authority to call its owner",
                        "bz callback ask --log phone.db --log-key phone.key --settings-key moh.pub",
                        ask.json);
  command->add_option("--log", ask.log, "The phone's log")->required();
  command->add_option("--log-key", ask.log_key, "File with the key that wraps it")->required();
  command->add_option("--settings-key", ask.settings_key,
                      "PEM file of the key that signs settings; `bz fetch` takes them");
  command->add_flag("--agree", ask.agree, "Agree to send what is read, without being asked");
  command->add_flag("--withdraw", ask.withdraw, "Forget the message that waits");
  command->add_option("--now", ask.now_ms, "Another time than the clock's, ms UTC");
  command->callback(
      [&chosen] { chosen = [] { return run_callback_ask(ask, std::cin, std::cout); }; });
}

}  // namespace

void add_server_commands(CLI::App& bz, Chosen& chosen) {
  add_serve(bz, chosen);
  add_authority(bz, chosen);
  add_api_key(bz, chosen);
  add_account(bz, chosen);
  add_grant(bz, chosen);
  add_audit(bz, chosen);
  add_store(bz, chosen);
  add_installs(bz, chosen);
  add_signing_key(bz, chosen);
  add_settings(bz, chosen);
  add_supervisors(bz, chosen);
  add_callback(bz, chosen);
}

}  // namespace bz::tools
