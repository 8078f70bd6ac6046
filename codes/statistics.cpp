#include "codes/statistics.h"

#include <functional>
#include <map>

#include "codes/counters.h"
#include "codes/dates.h"
#include "codes/key_server_statistics.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

constexpr int kBuckets = 11;  // of claim_age (verify.cpp)

// Of one day: by name, then by whom.
using DayCounts = std::map<std::string, std::map<std::string, std::int64_t>, std::less<>>;
using Days = std::map<std::int64_t, DayCounts, std::greater<>>;

Result<Days> read_days(const Core& core, const std::string& authority) {
  return core.store.read([&](store::Sql& sql) -> Result<Days> {
    Days days;
    auto read = sql.each(
        "SELECT day, name, who, count FROM statistics WHERE authority = $1", {authority},
        [&](const store::Row& row) -> Result<bool> {
          days[row.integer(0)][std::string(row.text(1))][std::string(row.text(2))] = row.integer(3);
          return true;
        });
    if (!read) return read.error();
    return days;
  });
}

std::int64_t value(const DayCounts& day, std::string_view name, const std::string& who = "") {
  const auto found = day.find(name);
  if (found == day.end()) return 0;
  const auto one = found->second.find(who);
  return one == found->second.end() ? 0 : one->second;
}

// By RFC 4180; and what a spreadsheet would take for a formula gets a quote before it.
std::string csv_text(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
    out += '\'';
  }
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

http::Response csv_response(std::string name, std::string body) {
  auto response = http::text_response(200, std::move(body));
  response.set("Content-Type", "text/csv; charset=utf-8");
  response.set("Content-Disposition", "attachment; filename=" + std::move(name) + ".csv");
  return response;
}

// {"realm_id", …, "statistics": […]}, or {} when there is nothing, as the reference has it.
http::Response json_days(wire::JsonWriter& head, const std::vector<std::string>& days) {
  if (days.empty()) return http::json_response(200, "{}");
  return http::json_response(200, head.list("statistics", days).done());
}

wire::JsonWriter head_of(const Authority& authority) {
  wire::JsonWriter head;
  head.integer("realm_id", authority.number);
  return head;
}

std::string joined(const std::vector<std::int64_t>& values, std::string_view by) {
  std::string text;
  for (const auto one : values) {
    if (!text.empty()) text += by;
    text += std::to_string(one);
  }
  return text;
}

std::vector<std::int64_t> claim_ages(const DayCounts& day) {
  std::vector<std::int64_t> ages;
  for (int i = 0; i < kBuckets; ++i) {
    ages.push_back(value(day, counter::kClaimAge, std::to_string(i)));
  }
  return ages;
}

std::int64_t mean_age(const DayCounts& day) {
  const auto claimed = value(day, counter::kClaimed);
  return claimed == 0 ? 0 : value(day, counter::kClaimSeconds) / claimed;
}

void write_realm_day(wire::JsonWriter& out, const DayCounts& day) {
  out.integer("codes_issued", value(day, counter::kIssued))
      .integer("codes_claimed", value(day, counter::kClaimed))
      .integer("codes_invalid", value(day, counter::kInvalid))
      .json("codes_invalid_by_os",
            wire::JsonWriter{}
                .integer("unknown_os", value(day, counter::kInvalidUnknownOs))
                .integer("ios", value(day, counter::kInvalidIos))
                .integer("android", value(day, counter::kInvalidAndroid))
                .done())
      .integer("user_reports_issued", value(day, counter::kReportsIssued))
      .integer("user_reports_claimed", value(day, counter::kReportsClaimed))
      .integer("user_reports_invalid", value(day, counter::kReportsInvalid))
      .integer("tokens_claimed", value(day, counter::kTokensClaimed))
      .integer("tokens_invalid", value(day, counter::kTokensInvalid))
      .integer("user_report_tokens_claimed", value(day, counter::kReportTokensClaimed))
      .integer("code_claim_mean_age_seconds", mean_age(day))
      .json("code_claim_age_distribution", "[" + joined(claim_ages(day), ",") + "]");
}

constexpr std::string_view kRealmColumns =
    "codes_issued,codes_claimed,codes_invalid,codes_invalid_unknown_os,codes_invalid_ios,"
    "codes_invalid_android,user_reports_issued,user_reports_claimed,user_reports_invalid,"
    "tokens_claimed,tokens_invalid,user_report_tokens_claimed,code_claim_mean_age_seconds,"
    "code_claim_age_distribution";

std::string realm_cells(const DayCounts& day) {
  return joined({value(day, counter::kIssued), value(day, counter::kClaimed),
                 value(day, counter::kInvalid), value(day, counter::kInvalidUnknownOs),
                 value(day, counter::kInvalidIos), value(day, counter::kInvalidAndroid),
                 value(day, counter::kReportsIssued), value(day, counter::kReportsClaimed),
                 value(day, counter::kReportsInvalid), value(day, counter::kTokensClaimed),
                 value(day, counter::kTokensInvalid), value(day, counter::kReportTokensClaimed),
                 mean_age(day)},
                ",") +
         "," + joined(claim_ages(day), "|");
}

http::Response realm(const Authority& authority, const Days& days, bool csv) {
  if (csv) {
    std::string body = "date," + std::string(kRealmColumns) + "\n";
    for (const auto& [day, counts] : days) {
      body += to_text(day_from(day)) + "," + realm_cells(counts) + "\n";
    }
    return csv_response("realm-stats", std::move(body));
  }
  std::vector<std::string> entries;
  for (const auto& [day, counts] : days) {
    wire::JsonWriter data;
    write_realm_day(data, counts);
    entries.push_back(
        wire::JsonWriter{}.text("date", rfc3339(day_from(day))).json("data", data.done()).done());
  }
  auto head = head_of(authority);
  return json_days(head, entries);
}

http::Response composite(const Authority& authority, const Days& days,
                         const KeyServerDays& key_server, bool csv) {
  std::map<std::int64_t, int, std::greater<>> numbers;
  for (const auto& [day, counts] : days) numbers[day] = 0;
  for (const auto& [day, counts] : key_server) numbers[day] = 0;
  const DayCounts none;
  std::string body =
      "date," + std::string(kRealmColumns) + "," + std::string(kKeyServerColumns) + "\n";
  std::vector<std::string> entries;
  for (const auto& [day, unused] : numbers) {
    const auto ours = days.find(day);
    const auto theirs = key_server.find(day);
    const auto& counts = ours == days.end() ? none : ours->second;
    const auto published = theirs == key_server.end() ? KeyServerDay{} : theirs->second;
    body += to_text(day_from(day)) + "," + realm_cells(counts) + "," + key_server_cells(published) +
            "\n";
    wire::JsonWriter data;
    write_realm_day(data, counts);
    data.integer("total_publish_requests", published.unknown + published.android + published.ios);
    write_key_server_day(data, published);
    entries.push_back(
        wire::JsonWriter{}.text("date", rfc3339(day_from(day))).json("data", data.done()).done());
  }
  if (csv) return csv_response("composite-stats", std::move(body));
  auto head = head_of(authority);
  return json_days(head, entries);
}

http::Response key_server_only(const Authority& authority, const KeyServerDays& days, bool csv) {
  std::string body = "day," + std::string(kKeyServerColumns) + "\n";
  std::vector<std::string> entries;
  for (const auto& [day, published] : days) {
    body += to_text(day_from(day)) + "," + key_server_cells(published) + "\n";
    wire::JsonWriter data;
    data.text("day", rfc3339(day_from(day)));
    write_key_server_day(data, published);
    entries.push_back(data.done());
  }
  if (csv) return csv_response("key-server-stats", std::move(body));
  auto head = head_of(authority);
  return json_days(head, entries);
}

// Lists by whom: the names of the columns, and how a `who` of ours is shown in them.
struct ByWhom {
  std::string_view counter_name;
  std::string_view prefix;  // of `who`
  std::string_view file;
  std::string_view list;     // "issuer_data"
  std::string_view id_name;  // "issuer_id"
  std::string_view count_name;
  bool is_user = false;  // with name and email
};
constexpr ByWhom kUsers{counter::kIssued, "account:",     "realm-users", "issuer_data",
                        "user_id",        "codes_issued", true};
constexpr ByWhom kExternal{counter::kIssued, "external:", "external-issuers",
                           "issuer_data",    "issuer_id", "codes_issued"};
constexpr ByWhom kSms{counter::kSmsErrors, "",           "sms-errors",
                      "error_data",        "error_code", "quantity"};

http::Response by_whom(const Authority& authority, const Days& days, const ByWhom& what, bool csv) {
  const auto realm_id = std::to_string(authority.number);
  std::string body = "date,realm_id," + std::string(what.id_name) +
                     (what.is_user ? ",name,email," : ",") + std::string(what.count_name) + "\n";
  std::vector<std::string> entries;
  for (const auto& [day, counts] : days) {
    const auto found = counts.find(what.counter_name);
    if (found == counts.end()) continue;
    std::vector<std::string> data;
    for (const auto& [who, number] : found->second) {
      if (!who.starts_with(what.prefix) || who.empty()) continue;
      const auto id = who.substr(what.prefix.size());
      body += to_text(day_from(day)) + "," + realm_id + "," + csv_text(id) +
              (what.is_user ? "," + csv_text(id) + ",," : ",") + std::to_string(number) + "\n";
      wire::JsonWriter one;
      one.text(what.id_name, id);
      if (what.is_user) one.text("name", id).text("email", "");
      data.push_back(one.integer(what.count_name, number).done());
    }
    if (data.empty()) continue;
    entries.push_back(
        wire::JsonWriter{}.text("date", rfc3339(day_from(day))).list(what.list, data).done());
  }
  if (csv) return csv_response(std::string(what.file), std::move(body));
  auto head = head_of(authority);
  return json_days(head, entries);
}

// "name.json" or "name.csv".
struct File {
  std::string id;
  bool csv = false;
};
std::optional<File> file_of(std::string_view name) {
  if (name.ends_with(".json")) return File{std::string(name.substr(0, name.size() - 5)), false};
  if (name.ends_with(".csv")) return File{std::string(name.substr(0, name.size() - 4)), true};
  return std::nullopt;
}

http::Response not_found() {
  return answer({404, "not_found", "there are no such statistics"});
}

http::Response one_user(const Authority& authority, const Days& days, const File& file) {
  const auto who = "account:" + file.id;
  std::string body = "date,realm_id,user_id,name,email,codes_issued\n";
  std::vector<std::string> entries;
  for (const auto& [day, counts] : days) {
    const auto issued = value(counts, counter::kIssued, who);
    if (issued == 0) continue;
    body += to_text(day_from(day)) + "," + std::to_string(authority.number) + "," +
            csv_text(file.id) + "," + csv_text(file.id) + ",," + std::to_string(issued) + "\n";
    entries.push_back(wire::JsonWriter{}
                          .text("date", rfc3339(day_from(day)))
                          .json("data", wire::JsonWriter{}.integer("codes_issued", issued).done())
                          .done());
  }
  if (entries.empty()) return not_found();
  if (file.csv) return csv_response("user-stats", std::move(body));
  auto head = head_of(authority);
  head.text("user_id", file.id).text("name", file.id).text("email", "");
  return json_days(head, entries);
}

constexpr std::string_view kKeyCounters[] = {counter::kIssued, counter::kClaimed, counter::kInvalid,
                                             counter::kTokensClaimed, counter::kTokensInvalid};

http::Response one_key(const Authority& authority, const Days& days, const ApiKey& key, bool csv) {
  std::string body =
      "date,authorized_app_id,authorized_app_name,authorized_app_type,codes_issued,codes_claimed,"
      "codes_invalid,tokens_claimed,tokens_invalid\n";
  std::vector<std::string> entries;
  for (const auto& [day, counts] : days) {
    wire::JsonWriter data;
    std::vector<std::int64_t> cells;
    for (const auto name : kKeyCounters) {
      cells.push_back(value(counts, name, "key:" + key.id));
      data.integer(name, cells.back());
    }
    body += to_text(day_from(day)) + "," + key.id + "," + csv_text(key.name) + "," +
            std::string(word(key.kind)) + "," + joined(cells, ",") + "\n";
    entries.push_back(
        wire::JsonWriter{}.text("date", rfc3339(day_from(day))).json("data", data.done()).done());
  }
  if (csv) return csv_response("api-key-stats", std::move(body));
  auto head = head_of(authority);
  head.text("authorized_app_id", key.id)
      .text("authorized_app_name", key.name)
      .text("authorized_app_type", word(key.kind));
  return json_days(head, entries);
}

http::Response api_key_statistics(const Core& core, const Caller& caller, const Days& days,
                                  const File& file) {
  const auto keys = list_api_keys(core.store, caller.authority.id);
  if (!keys) return failure(core, keys.error());
  for (const auto& key : *keys) {
    if (key.id == file.id) return one_key(caller.authority, days, key, file.csv);
  }
  return not_found();
}

}  // namespace

void add_statistics(http::Router& router, Api& api, const Core& core) {
  using Render = std::function<http::Response(const Caller&, const Days&, const File&)>;
  const auto add = [&router, &api, &core](const std::string& path, const Render& render) {
    api.get(router, path, [&core, render](const Caller& caller, const http::Request& request) {
      const auto slash = request.path.rfind('/');
      auto file = file_of(request.path.substr(slash + 1));
      if (!file) return not_found();
      const auto days = read_days(core, caller.authority.id);
      if (!days) return failure(core, days.error());
      return render(caller, *days, *file);
    });
  };
  const auto with_key_server = [&core](const Caller& caller, const auto& render) {
    const auto published = read_key_server_days(core, caller.authority.id);
    if (!published) return failure(core, published.error());
    return render(*published);
  };
  for (const std::string end : {".json", ".csv"}) {
    add("/api/stats/realm" + end, [](const Caller& caller, const Days& days, const File& file) {
      return realm(caller.authority, days, file.csv);
    });
    add("/api/stats/realm/composite" + end,
        [with_key_server](const Caller& caller, const Days& days, const File& file) {
          return with_key_server(caller, [&](const KeyServerDays& published) {
            return composite(caller.authority, days, published, file.csv);
          });
        });
    add("/api/stats/realm/key-server" + end,
        [with_key_server](const Caller& caller, const Days&, const File& file) {
          return with_key_server(caller, [&](const KeyServerDays& published) {
            return key_server_only(caller.authority, published, file.csv);
          });
        });
    const std::pair<std::string, const ByWhom*> lists[] = {
        {"users", &kUsers}, {"external-issuers", &kExternal}, {"sms-errors", &kSms}};
    for (const auto& list : lists) {
      const auto* what = list.second;
      add("/api/stats/realm/" + list.first + end,
          [what](const Caller& caller, const Days& days, const File& file) {
            return by_whom(caller.authority, days, *what, file.csv);
          });
    }
  }
  add("/api/stats/realm/users/{file}",
      [](const Caller& caller, const Days& days, const File& file) {
        return one_user(caller.authority, days, file);
      });
  add("/api/stats/realm/api-keys/{file}",
      [&core](const Caller& caller, const Days& days, const File& file) {
        return api_key_statistics(core, caller, days, file);
      });
}

}  // namespace bz::codes
