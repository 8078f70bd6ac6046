#include "tools/report_command.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <istream>
#include <ostream>
#include <thread>

#include "base/clock.h"
#include "base/random.h"
#include "phone/http_transport.h"
#include "phone/phone.h"
#include "phone/visits.h"
#include "tools/input.h"

namespace bz::tools {
namespace {

using boost::json::object;
using Stage = phone::Report::Stage;

std::string date(Day day) {
  const std::chrono::year_month_day d(day);
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(static_cast<unsigned>(d.day())) + "/" + two(static_cast<unsigned>(d.month())) + "/" +
         std::to_string(static_cast<int>(d.year()));
}

// Everything that would leave the phone, before anything does.
void show(const phone::UploadPreview& preview, const ReportOptions& options, std::ostream& out) {
  if (options.json) {
    boost::json::array days;
    for (const auto& key : preview.keys()) days.push_back(to_ms(start_of(key.start)));
    out << boost::json::serialize(
               object{{"would_send", preview.keys().size()}, {"starts_ms", std::move(days)}})
        << '\n';
    return;
  }
  out << "Sẽ gửi " << preview.keys().size()
      << " khóa ngẫu nhiên, mỗi ngày một khóa, và không gì khác:\n"
      << "Would be sent: the random key of each of these days, and nothing else:\n";
  for (const auto& key : preview.keys()) out << "  " << date(day_of(start_of(key.start))) << '\n';
  out << "Không gửi: tên, số điện thoại, vị trí, những ai ở gần.\n"
         "Not sent: name, number, place, nor whom this phone heard.\n"
         "Ai đã ở gần bạn những ngày đó sẽ được cảnh báo mà không biết bạn là ai.\n"
         "Whoever was near on those days will be warned without being told who it was.\n";
}

Result<bool> ask(const ReportOptions& options, std::istream& in, std::ostream& out) {
  if (options.agree) return true;
  if (options.json) return Error{Code::kInvalid, "with --json, say --agree to send what was shown"};
  out << "Đồng ý gửi? Agree to send? [c = có, yes / k = không, no] " << std::flush;
  std::string answer;
  std::getline(in, answer);
  return answer == "c" || answer == "C" || answer == "có" || answer == "y" || answer == "yes";
}

class Reporting {
 public:
  Reporting(const ReportOptions& options, const engine::AuthoritySettings& settings,
            phone::Phone& phone, Random& random)
      : options_(options),
        settings_(settings),
        phone_(phone),
        transport_(address_of(options, settings), random),
        visits_(phone.report(), random, pauses(options, settings), now()) {}

  Result<void> run(std::istream& in, std::ostream& out) {
    auto stage = phone_.report().stage();
    if (!stage) return stage.error();
    if (*stage != Stage::kAgreed) {
      if (auto agreed = agree(in, out); !agreed || !*agreed)
        return agreed ? Result<void>{} : agreed.error();
    } else if (!options_.json) {
      out << "Gửi tiếp bản đã đồng ý trước đó. Going on with what was agreed to earlier.\n";
    }
    return send(out);
  }

 private:
  static phone::ServerAddress address_of(const ReportOptions& options,
                                         const engine::AuthoritySettings& settings) {
    phone::ServerAddress address;
    address.codes = options.server;
    address.keys = options.keys_server.empty() ? options.server : options.keys_server;
    address.api_key = options.api_key;
    address.authority = options.authority;
    address.accept_contact = options.accept_contact || settings.accept_contact;
    return address;
  }
  static phone::VisitSettings pauses(const ReportOptions& options,
                                     const engine::AuthoritySettings& settings) {
    phone::VisitSettings pauses;
    pauses.mean_between_covers = settings.cover_period;
    if (options.pause_s >= 0)
      pauses.least_pause = pauses.most_pause = std::chrono::seconds{options.pause_s};
    return pauses;
  }
  [[nodiscard]] Instant now() const {
    return options_.now_ms ? from_ms(*options_.now_ms) : SystemClock().now();
  }

  Result<bool> agree(std::istream& in, std::ostream& out) {
    const auto stage = phone_.report().stage();
    if (!stage) return stage.error();
    if (!options_.code.empty()) {
      if (auto taken = visits_.enter_code(transport_, options_.code, SystemClock().now()); !taken)
        return taken.error();
    } else if (*stage == Stage::kNothing) {
      return Error{Code::kInvalid, "--code is missing: the code that the health officer gave"};
    }
    const auto test = phone_.report().test();
    if (!test) return test.error();
    const auto first = phone::first_infectious_day(*test, day_of(now()),
                                                   std::chrono::days{settings_.days_before_onset});
    auto preview = phone_.preview_upload(first, now());
    if (!preview) return preview.error();
    show(*preview, options_, out);
    if (preview->keys().empty())
      return Error{Code::kNotFound, "this phone has said no name on those days: nothing to send"};
    const auto yes = ask(options_, in, out);
    if (!yes) return yes.error();
    if (!*yes) {
      out << "Không gửi gì. Nothing was sent.\n";
      return false;
    }
    if (auto ok = phone_.report().agree(std::move(*preview).agreed(), now()); !ok)
      return ok.error();
    return true;
  }

  // Waits for the visit's second half: the pause is the same for those who agree at once and those
  // who do not, and for visits that carry nothing.
  Result<void> send(std::ostream& out) {
    while (true) {
      const auto due = visits_.next(true);
      const auto wait = due - SystemClock().now();
      if (wait.count() > 0) {
        if (!options_.json)
          out << "Chờ " << (wait.count() + 999) / 1000 << " giây. Waiting "
              << (wait.count() + 999) / 1000 << " s.\n"
              << std::flush;
        std::this_thread::sleep_for(wait);
      }
      const auto answer = visits_.go(transport_, std::max(SystemClock().now(), due));
      if (!answer) return answer.error();
      if (!*answer) continue;
      if (options_.json) {
        out << boost::json::serialize(object{{"published", (**answer).inserted}}) << '\n';
      } else {
        out << "Đã gửi " << (**answer).inserted << " khóa. Published: " << (**answer).inserted
            << " keys. Cảm ơn bạn. Thank you.\n";
        for (const auto& warning : (**answer).warnings) out << "  " << warning << '\n';
      }
      return {};
    }
  }

  const ReportOptions& options_;
  const engine::AuthoritySettings& settings_;
  phone::Phone& phone_;
  phone::HttpTransport transport_;
  phone::Visits visits_;
};

}  // namespace

Result<void> run_report_positive(const ReportOptions& options, std::istream& in,
                                 std::ostream& out) {
  const auto key = read_log_key(options.log_key);
  if (!key) return key.error();
  SystemRandom random;
  auto phone = phone::Phone::open(options.log, *key, random, {});
  if (!phone) return phone.error();
  if (options.give_up) return phone->report().give_up();
  engine::AuthoritySettings settings;  // as built in
  if (options.settings_key) {
    auto trust = read_trust({options.settings_key, false});
    if (!trust) return trust.error();
    const auto keeper = phone->settings(std::move(*trust));
    if (!keeper) return keeper.error();
    settings = keeper->in_force();
  }
  return Reporting(options, settings, *phone, random).run(in, out);
}

}  // namespace bz::tools
