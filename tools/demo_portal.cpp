#include "tools/demo_portal.h"

#include <array>
#include <boost/json.hpp>
#include <ostream>
#include <sstream>
#include <string_view>
#include <thread>

#include "accounts/service.h"
#include "base/clock.h"
#include "base/log.h"
#include "codes/authorities.h"
#include "server/application.h"
#include "server/first_start.h"
#include "tools/answer_view.h"
#include "tools/campaign_command.h"
#include "vi/calendar.h"

namespace bz::tools {
namespace {

namespace json = boost::json;

constexpr std::string_view kProvince = "84@2020-06-01";
constexpr std::string_view kAsking = "70@2020-06-01";  // where reports are due
// The day before the first one's deadline.
constexpr std::string_view kDay = "?on=2020-08-19";
// When the first reminder of that day's reports goes out, and when people begin to look.
constexpr const char* kReminded = "2020-08-26T15:00+07:00";
constexpr const char* kLetterCame = "2020-08-26T15:20:05+07:00";
constexpr const char* kNow = "2020-08-26T15:30+07:00";
constexpr const char* kLinkUntil = "2020-09-30";
constexpr const char* kChairman = "chu-tich-84";
constexpr const char* kHealthOfficer = "y-te";

struct Person {
  const char* account;
  const char* who;
};
// The chairman is ours, as the health officer is; what the others may do is part of the story.
constexpr std::array<Person, 6> kPeople{
    {{"nop-viettel-70", "clerk of an operator: the report due at 16:00, its form"},
     {"truc-ban-70", "on duty in Bình Phước: the telephone, a stranger's letter"},
     {"duyet-70", "approver: yesterday's reports wait"},
     {"can-bo-70", "officer: figures, tasks, two numbers for one town"},
     {kChairman, "chairman of Trà Vinh: the wall, the targets"},
     {kHealthOfficer, "health officer: codes"}}};
// Its sender is nobody's whom the server knows: a person decides.
constexpr const char* kLetter =
    "From: Mot nguoi <ai-do@example.org>\r\n"
    "To: stttt@binhphuoc.example\r\n"
    "Subject: =?UTF-8?Q?Bi=E1=BB=83u_m=E1=BA=ABu_s=E1=BB=91_1?=\r\n"
    "Date: Wed, 26 Aug 2020 15:20:00 +0700\r\n"
    "Message-ID: <la-26-8-2020@example.org>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=bieu-mau\r\n"
    "\r\n"
    "--bieu-mau\r\n"
    "Content-Type: text/csv; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "Content-Disposition: attachment; filename=\"bm1.csv\"\r\n"
    "\r\n"
    "Stt,Tên huyện/thị/thành phố,Số lượng điện thoại thông minh cài đặt,Tỷ lệ,"
    "Thời điểm báo cáo,Ghi chú\r\n"
    "1,Thị xã Phước Long,3.140,,15h00 26/8/2020,số minh họa\r\n"
    "2,Thành phố Đồng Xoài,6.270,,15h00 26/8/2020,số minh họa\r\n"
    "--bieu-mau--\r\n";

// The path of a unit's wall by a link for a screen.
Result<std::string> make_link(CampaignClient& client, std::string_view unit) {
  const json::object link{{"unit", unit}, {"name", "bz demo"}, {"until", kLinkUntil}};
  const auto made = client.post("/viewer-links", json::serialize(link));
  if (!made) return made.error();
  const auto answer = object_in(*made);
  if (!answer) return answer.error();
  return text_at(*answer, "path");
}

struct Walls {
  std::string target;  // of Trà Vinh on that day
  std::string now;     // of Bình Phước
};

// The story, the afternoon in which people look, the chairman's grant, and two walls.
Result<Walls> seed(const std::filesystem::path& folder) {
  std::ostringstream told;
  DataOptions where;
  where.data = folder;
  if (auto done = run_campaign_seed({where}, told); !done) return done.error();
  CampaignOptions opened;
  opened.where = where;
  opened.at = kReminded;
  auto client = CampaignClient::open(opened);
  if (!client) return client.error();
  const json::object grant{{"account", kChairman}, {"role", "leader"}, {"scope", kProvince}};
  const auto granted = client->post("/grants", json::serialize(grant));
  if (!granted) return granted.error();
  if (auto reminded = client->tick(); !reminded) return reminded.error();
  const auto came = vi::read_instant(kLetterCame).result();
  if (!came) return came.error();
  client->set_now(*came);
  if (const auto letter = client->post("/mail", kLetter, "message/rfc822"); !letter)
    return letter.error();
  const auto target = make_link(*client, kProvince);
  if (!target) return target.error();
  const auto now = make_link(*client, kAsking);
  if (!now) return now.error();
  return Walls{*target + std::string{kDay}, *now};
}

Result<std::unique_ptr<server::Application>> start(const std::filesystem::path& folder,
                                                   std::uint16_t port, const Clock& clock,
                                                   Random& random, Log& log) {
  server::Settings settings;
  settings.data = folder;
  settings.config.secure_cookies = false;  // there is no TLS here
  settings.config.http.port = port;
  settings.is_story = true;
  auto application = server::Application::start(settings, clock, random, log);
  if (application || port == 0) return application;
  return start(folder, 0, clock, random, log);  // another program has it
}

}  // namespace

Result<void> show_portal(const std::filesystem::path& folder, std::uint16_t port, Random& random,
                         std::ostream& out, const std::function<bool()>& is_over) {
  const auto walls = seed(folder);
  if (!walls) return walls.error();
  const auto now = vi::read_instant(kNow).result();
  if (!now) return now.error();
  const StoryClock clock(*now);
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
      << " until Ctrl-C. There it is 26 August 2020, 15:30 and counting, as a band on each\n"
         "page says; reports are due at 16:00. What is invented is marked so, and so is each "
         "report that you hand in.\n"
         "Two walls, without a login: Trà Vinh on the day before its deadline; Bình Phước now.\n  "
      << server.url() << walls->target << "\n  " << server.url() << walls->now
      << "\n\nAccounts, to log in at " << server.url()
      << "/ (the page asks for another password, and for an authenticator:\n"
         "an app, or oathtool --totp -b KEY, by the clock of today):\n";
  print_table(out, accounts);
  out << std::flush;
  while (!is_over()) std::this_thread::sleep_for(std::chrono::milliseconds{200});
  out << '\n';
  return {};
}

}  // namespace bz::tools
