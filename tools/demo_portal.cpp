#include "tools/demo_portal.h"

#include <array>
#include <boost/json.hpp>
#include <ostream>
#include <sstream>
#include <string_view>
#include <thread>

#include "accounts/service.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "codes/authorities.h"
#include "server/application.h"
#include "server/first_start.h"
#include "tools/answer_view.h"
#include "tools/campaign_command.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

constexpr std::string_view kProvince = "84@2020-06-01";
// Today that province is no more: the day before the story's deadline.
constexpr std::string_view kDay = "?on=2020-08-19";
constexpr const char* kChairman = "chu-tich-84";
constexpr const char* kHealthOfficer = "y-te";

struct Person {
  const char* account;
  const char* who;
};
// The chairman is ours, as the health officer is; what the others may do is part of the story.
constexpr std::array<Person, 6> kPeople{{{kChairman, "chairman of Trà Vinh: the wall, the targets"},
                                         {"can-bo-70", "officer of Bình Phước: figures, tasks"},
                                         {"nop-viettel-70", "clerk of an operator: the form"},
                                         {"truc-ban-70", "on duty: the telephone, the mail"},
                                         {"duyet-70", "approver: the inbox"},
                                         {kHealthOfficer, "health officer: codes"}}};

// The story, the chairman's grant, and a link for a screen; the path of the wall by that link.
Result<std::string> seed(const std::filesystem::path& folder) {
  std::ostringstream told;
  DataOptions where;
  where.data = folder;
  if (auto done = run_campaign_seed({where}, told); !done) return done.error();
  CampaignOptions opened;
  opened.where = where;
  auto client = CampaignClient::open(opened);
  if (!client) return client.error();
  const json::object grant{{"account", kChairman}, {"role", "leader"}, {"scope", kProvince}};
  const auto granted = client->post("/grants", json::serialize(grant));
  if (!granted) return granted.error();
  const auto tomorrow = day_of(client->now()) + std::chrono::days{1};
  const json::object link{{"unit", kProvince}, {"name", "bz demo"}, {"until", to_text(tomorrow)}};
  const auto made = client->post("/viewer-links", json::serialize(link));
  if (!made) return made.error();
  const auto answer = object_in(*made);
  if (!answer) return answer.error();
  return text_at(*answer, "path") + std::string{kDay};
}

Result<std::unique_ptr<server::Application>> start(const std::filesystem::path& folder,
                                                   std::uint16_t port, const Clock& clock,
                                                   Random& random, Log& log) {
  server::Settings settings;
  settings.data = folder;
  settings.config.secure_cookies = false;  // there is no TLS here
  settings.config.http.port = port;
  auto application = server::Application::start(settings, clock, random, log);
  if (application || port == 0) return application;
  return start(folder, 0, clock, random, log);  // another program has it
}

}  // namespace

Result<void> show_portal(const std::filesystem::path& folder, std::uint16_t port, Random& random,
                         std::ostream& out, const std::function<bool()>& is_over) {
  const auto wall = seed(folder);
  if (!wall) return wall.error();
  const SystemClock clock;
  auto log = Log::to_file(clock, folder / "portal.log");
  if (!log) return log.error();
  auto application = start(folder, port, clock, random, *log);
  if (!application) return application.error();
  auto& server = **application;
  for (const auto* role : {"issuer", "supervisor", "auditor"}) {
    auto granted =
        codes::put_grant(*server.codes_store(), {kHealthOfficer, server::kDefaultAuthority, role},
                         "demo", clock.now());
    if (!granted) return granted;
  }
  std::vector<std::vector<std::string>> accounts{{"account", "first password", "who"}};
  for (const auto& person : kPeople) {
    const auto password = server.accounts()->add_account(person.account, false);
    if (!password) return password.error();
    accounts.push_back({person.account, *password, person.who});
  }
  out << "\nA server runs at " << server.url()
      << " until Ctrl-C, with August 2020 in it; what is invented is marked so.\n"
         "The wall of Trà Vinh, without a login:\n  "
      << server.url() << *wall << "\n\nAccounts, to log in at " << server.url()
      << "/ (the page asks for another password, and for an authenticator:\n"
         "an app, or oathtool --totp -b KEY):\n";
  print_table(out, accounts);
  out << "The story is of 2020: what was due in it, and the clerk's forms, are at\n  "
      << server.url() << "/inbox?from=2020-08-24&to=2020-08-28\n";
  out << std::flush;
  while (!is_over()) std::this_thread::sleep_for(std::chrono::milliseconds{200});
  out << '\n';
  return {};
}

}  // namespace bz::tools
