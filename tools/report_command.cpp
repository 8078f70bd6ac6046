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
#include "tools/phone_settings.h"
#include "tools/text.h"

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

// What would be sent of the 2020 app's profile, with what that means.
void show(const phone::ChainPreview& preview, const ReportOptions& options, std::ostream& out) {
  if (options.json) {
    boost::json::array starts;
    boost::json::array ends;
    for (const auto& chain : preview.chains()) {
      starts.push_back(to_ms(chain.start));
      ends.push_back(to_ms(chain.end));
    }
    out << boost::json::serialize(object{{"would_send_chains", preview.chains().size()},
                                         {"starts_ms", std::move(starts)},
                                         {"ends_ms", std::move(ends)}})
        << '\n';
    return;
  }
  out << "Phần thứ hai, chỉ gửi nếu bạn đồng ý thêm: mã kiểu Bluezone 2020 của các ngày\n"
         "A second part, sent only if you agree to it too: ids of the 2020 kind, of these days\n";
  for (const auto& chain : preview.chains())
    out << "  " << date(day_of(chain.start)) << " – " << date(day_of(chain.end)) << '\n';
  out << "Những ngày này sẽ liên kết được với nhau: ai đã ghi mã ở nhiều nơi có thể theo một điện "
         "thoại qua tất cả các ngày ấy.\n"
         "These days stay linkable to each other: whoever noted ids at many places can follow one "
         "phone through all of them.\n"
         "Trước khi gửi, điện thoại đổi khóa gốc: mã phát sau đó không suy ra được.\n"
         "Before that the phone changes its root key: later ids do not follow from it.\n";
}

bool is_yes(std::istream& in) {
  std::string answer;
  std::getline(in, answer);
  return answer == "c" || answer == "C" || answer == "có" || answer == "y" || answer == "yes";
}

Result<bool> ask(const ReportOptions& options, std::istream& in, std::ostream& out) {
  if (options.agree) return true;
  if (options.json) return Error{Code::kInvalid, "with --json, say --agree to send what was shown"};
  out << "Đồng ý gửi? Agree to send? [c = có, yes / k = không, no] " << std::flush;
  return is_yes(in);
}

// Who is not asked at the prompt has not agreed to it, whatever they said to the keys.
bool ask_for_chains(const ReportOptions& options, std::istream& in, std::ostream& out) {
  if (options.agree_bluezone3) return true;
  if (options.agree || options.json) return false;
  out << "Đồng ý gửi cả phần này? Agree to send this part too? [c = có, yes / k = không, no] "
      << std::flush;
  return is_yes(in);
}

class Reporting {
 public:
  Reporting(const ReportOptions& options, const engine::AuthoritySettings& settings,
            phone::Phone& phone, Random& random)
      : options_(options),
        settings_(settings),
        phone_(phone),
        started_(SystemClock().now()),
        transport_(address_of(options, settings), random),
        visits_(phone.report(), random, pauses(options, settings), now()) {}

  Result<void> run(std::istream& in, std::ostream& out) {
    const auto stage = phone_.report().stage();
    if (!stage) return stage.error();
    const auto chains = phone_.report().chains().due();
    if (!chains) return chains.error();
    const auto takes_code = phone_.report().takes_code();
    if (!takes_code) return takes_code.error();
    const bool keys_wait = *stage == Stage::kAgreed;
    const bool goes_on =
        options_.code.empty() ? keys_wait || (*chains && !*takes_code) : keys_wait && !*takes_code;
    if (!goes_on) {
      // Before the code is handed in: it stays good for the newer app. What was agreed to goes on.
      if (const auto notice = update_notice(settings_)) return Error{Code::kDenied, *notice};
      const auto agreed = agree(in, out);
      if (!agreed) return agreed.error();
      // Chains that were agreed to with an earlier code go all the same.
      if (!*agreed && !*chains) return {};
    } else if (!options_.json) {
      out << "Gửi tiếp bản đã đồng ý trước đó. Going on with what was agreed to earlier.\n";
      if (!options_.code.empty()) out << "Mã này không dùng đến. This code is not handed in.\n";
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
  // The phone's clock, which --now sets.
  [[nodiscard]] Instant now() const {
    const auto now = SystemClock().now();
    return options_.now_ms ? from_ms(*options_.now_ms) + (now - started_) : now;
  }

  Result<bool> agree(std::istream& in, std::ostream& out) {
    const auto stage = phone_.report().stage();
    if (!stage) return stage.error();
    if (!options_.code.empty()) {
      if (auto taken = visits_.enter_code(transport_, options_.code, now()); !taken)
        return taken.error();
    } else if (*stage == Stage::kNothing) {
      return Error{Code::kInvalid, "--code is missing: the code that the health officer gave"};
    }
    const auto test = phone_.report().test();
    if (!test) return test.error();
    const auto moment = now();
    const std::chrono::days before{settings_.days_before_onset};
    auto keys =
        phone_.preview_upload(phone::first_infectious_day(*test, day_of(moment), before), moment);
    if (!keys) return keys.error();
    auto chains = preview_chains(phone::first_chain_day(*test, day_of(moment), before), moment);
    if (!chains) return chains.error();
    const bool has_chains = *chains && !(**chains).chains().empty();
    if (keys->keys().empty() && !has_chains) {
      show(*keys, options_, out);
      return Error{Code::kNotFound, "this phone has said no name on those days: nothing to send"};
    }
    if (!keys->keys().empty()) {
      show(*keys, options_, out);
      const auto yes = ask(options_, in, out);
      if (!yes) return yes.error();
      if (!*yes) {
        out << "Không gửi gì. Nothing was sent.\n";
        return false;
      }
    }
    bool agreed = !keys->keys().empty();
    if (has_chains) {
      show(**chains, options_, out);
      const bool yes = ask_for_chains(options_, in, out);
      if (auto ok = decide(std::move(**chains), yes, moment, out); !ok) return ok.error();
      agreed = agreed || yes;
    }
    if (!keys->keys().empty()) {
      if (auto ok = phone_.report().agree(std::move(*keys).agreed(), moment); !ok)
        return ok.error();
    }
    return agreed;
  }

  // Nothing unless the code came with a token for them and the settings, where they are known, say
  // that a case may publish them.
  Result<std::optional<phone::ChainPreview>> preview_chains(Day first, Instant moment) {
    const auto stage = phone_.report().chains().stage();
    if (!stage) return stage.error();
    const bool allowed = !options_.settings_key || settings_.publish_bluezone3;
    if (!allowed || *stage != phone::ChainReport::Stage::kOffered)
      return std::optional<phone::ChainPreview>{};
    auto preview = phone_.preview_chains(first, moment);
    if (!preview) return preview.error();
    return std::optional(std::move(*preview));
  }

  Result<void> decide(phone::ChainPreview preview, bool yes, Instant moment, std::ostream& out) {
    auto& chains = phone_.report().chains();
    if (options_.json) {
      out << boost::json::serialize(object{{"chains_agreed", yes}}) << '\n';
    } else if (!yes) {
      out << "Phần thứ hai không gửi. The second part is not sent.\n";
    }
    return yes ? chains.agree(std::move(preview).agreed(), moment) : chains.give_up();
  }

  // Waits for the visit's second half: the pause is the same for those who agree at once and those
  // who do not, and for visits that carry nothing. Chains go hours later, by the next run.
  Result<void> send(std::ostream& out) {
    const auto longest = std::max<std::chrono::milliseconds>(
        std::chrono::minutes{2}, pauses(options_, settings_).most_pause);
    while (true) {
      const auto stage = phone_.report().stage();
      if (!stage) return stage.error();
      const auto chains = phone_.report().chains().due();
      if (!chains) return chains.error();
      const bool keys = *stage == Stage::kAgreed;
      if (!keys && !*chains) return {};
      const auto due = visits_.next(keys, *chains);
      const auto wait = due - now();
      if (!keys && wait > longest) {
        tell_later(**chains, out);
        return {};
      }
      if (wait.count() > 0) {
        if (!options_.json)
          out << "Chờ " << (wait.count() + 999) / 1000 << " giây. Waiting "
              << (wait.count() + 999) / 1000 << " s.\n"
              << std::flush;
        std::this_thread::sleep_for(wait);
      }
      const auto sent = visits_.go(transport_, std::max(now(), due));
      if (!sent) return sent.error();
      if (*sent) tell(**sent, out);
    }
  }

  void tell(const phone::Sent& sent, std::ostream& out) const {
    const bool keys = sent.what == phone::Sent::What::kKeys;
    const auto count = sent.answer.inserted;
    if (options_.json) {
      out << boost::json::serialize(object{{keys ? "published" : "published_chains", count}})
          << '\n';
      return;
    }
    out << "Đã gửi " << count << (keys ? " khóa" : " chuỗi khóa") << ". Published: " << count
        << (keys ? " keys" : " chains") << ". Cảm ơn bạn. Thank you.\n";
    for (const auto& warning : sent.answer.warnings) out << "  " << warning << '\n';
  }

  void tell_later(Instant due, std::ostream& out) const {
    if (options_.json) {
      out << boost::json::serialize(object{{"chains_due_ms", to_ms(due)}}) << '\n';
      return;
    }
    out << "Phần thứ hai gửi riêng, từ " << utc_text(due) << ": khi đó chạy lại lệnh này, không có "
        << "--code.\nThe second part goes by itself, from " << utc_text(due)
        << " on: run this again then, without --code.\n";
  }

  const ReportOptions& options_;
  const engine::AuthoritySettings& settings_;
  phone::Phone& phone_;
  Instant started_;
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
  const auto settings = settings_in_force(*phone, options.settings_key);
  if (!settings) return settings.error();
  return Reporting(options, *settings, *phone, random).run(in, out);
}

}  // namespace bz::tools
