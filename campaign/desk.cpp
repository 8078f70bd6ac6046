#include "campaign/desk.h"

#include <algorithm>
#include <chrono>

#include "base/date.h"
#include "store/audit.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

// When the last byte of the request had come, by the server's clock. A request that came over no
// connection (a test's) came now.
Instant received_at(const Desk& desk, const http::Request& request) {
  const Instant now = desk.now();
  if (request.received == std::chrono::steady_clock::time_point{}) return now;
  const auto since = std::chrono::steady_clock::now() - request.received;
  return now - std::chrono::floor<std::chrono::milliseconds>(since);
}

// Number 0: no grant that somebody gave.
std::vector<Grant> every_role(std::string_view account) {
  std::vector<Grant> grants;
  for (const auto role : kRoles)
    grants.push_back({.account = std::string(account), .role = std::string(role), .scope = "VN"});
  return grants;
}

// For one person: kept by no cache on the way nor by a shared computer's browser, unless the answer
// says otherwise.
http::Response privately(http::Response response) {
  const bool says = std::ranges::any_of(
      response.headers, [](const auto& header) { return header.first == "cache-control"; });
  if (!says) response.set("cache-control", "no-store");
  return response;
}

http::Response answer(const Answer& outcome) {
  if (!outcome) return refuse(outcome.error());
  if (const auto* refused = std::get_if<Refusal>(&*outcome)) return refuse(*refused);
  return std::get<http::Response>(*outcome);
}

// Counted are only tokens that are none: a screen that shows its own waits for nobody's guesses.
http::Response refuse_link(const Desk& desk, const http::Request& request) {
  if (desk.link_guesses != nullptr) {
    const auto verdict = desk.link_guesses->take(request.address_prefix, desk.now());
    if (!verdict.allowed) {
      auto response = refuse(refusal::too_many());
      http::put_headers(verdict, desk.now(), response);
      return response;
    }
  }
  return refuse(refusal::no_such_link());
}

Result<std::optional<ViewerLink>> open_link(const Desk& desk, std::string_view token) {
  const Instant now = desk.now();
  auto link = desk.store.read([&](store::Sql& sql) { return find_link_by(sql, token); });
  if (!link || !*link || !(*link)->is_open(now))
    return link ? std::optional<ViewerLink>{} : std::move(link);
  // A write a day.
  if (const Day today = vi::local_day(now); (*link)->last_used != today) {
    const auto noted =
        desk.store.write([&](store::Sql& sql) { return note_link_used(sql, (*link)->id, today); });
    if (!noted) return noted.error();
  }
  return link;
}

// A local day to its end, or an instant; nothing when it is neither.
std::optional<Instant> moment(std::string_view text) {
  if (const auto day = day_from_text(text)) return vi::end_of(*day);
  const auto instant = vi::read_instant(text);
  if (!instant) return std::nullopt;
  return *instant;
}

}  // namespace

bool Caller::has(std::string_view role) const {
  return std::ranges::any_of(grants, [&](const Grant& grant) { return grant.role == role; });
}

http::Handler as_anyone(const Desk& desk, Call call) {
  return [&desk, call = std::move(call)](const http::Request& request) {
    const auto session = desk.who_asks(request);
    if (!session) {
      if (session.error().code == Code::kDenied) return refuse(refusal::not_logged_in());
      if (session.error().code == Code::kInvalid) return refuse(refusal::no_csrf_token());
      return refuse(session.error());
    }
    const Instant now = desk.now();
    auto grants = desk.asks_for_all ? Result<std::vector<Grant>>(every_role(session->account))
                                    : desk.store.read([&](store::Sql& sql) {
                                        return grants_of(sql, session->account, now);
                                      });
    if (!grants) return refuse(grants.error());
    const Caller caller{.account = session->account,
                        .system_administrator = session->system_administrator,
                        .grants = std::move(*grants),
                        .received = received_at(desk, request)};
    return privately(answer(call(desk, caller, request)));
  };
}

http::Handler as_viewer(const Desk& desk, Call call) {
  return [&desk, logged_in = as_anyone(desk, call), call](const http::Request& request) {
    const auto token = request.header("x-viewer-link");
    if (!token) return logged_in(request);
    const auto link = open_link(desk, *token);
    if (!link) return refuse(link.error());
    if (!*link) return refuse_link(desk, request);
    const auto account = "viewer link " + std::to_string((*link)->id);
    const Caller caller{.account = account,
                        .grants = {{.account = account, .role = "viewer", .scope = (*link)->unit}},
                        .received = received_at(desk, request),
                        .link = **link};
    return privately(answer(call(desk, caller, request)));
  };
}

http::Handler in_public(const Desk& desk,
                        std::function<Answer(const Desk&, const http::Request&)> call) {
  return [&desk, call = std::move(call)](const http::Request& request) {
    return answer(call(desk, request));
  };
}

Outcome<Times> times_of(const http::Request& request, Instant now) {
  Times times{vi::end_of(vi::local_day(now)), now};
  for (const auto& [name, value] : {std::pair{"on", &times.on}, std::pair{"as_of", &times.as_of}}) {
    const auto found = request.query.find(std::string_view(name));
    if (found == request.query.end()) continue;
    const auto at = moment(found->second);
    if (!at) return refusal::bad_query(name);
    *value = *at;
  }
  return times;
}

std::string_view query(const http::Request& request, std::string_view name,
                       std::string_view otherwise) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? otherwise : std::string_view{found->second};
}

std::optional<std::int64_t> number_in(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > 100'000'000'000) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

Refusal unreadable(const Error& error) {
  return {400, "Nội dung gửi lên không đọc được.", error.what, {}};
}

std::optional<Refusal> refused_by(const Error& error) {
  if (error.code == Code::kUnavailable || error.code == Code::kMalformed) return std::nullopt;
  return Refusal{
      http::status_of(error.code), "Không nhận được: xem câu tiếng Anh bên cạnh.", error.what, {}};
}

Result<void> note(store::Sql& sql, Instant now, const Caller& caller, const Grant& grant,
                  std::string_view action, std::string_view subject, std::string_view detail) {
  std::string told = "grant " + std::to_string(grant.number);
  if (!detail.empty()) told += "; " + std::string(detail);
  return store::add_audit(sql, {.time = now,
                                .actor = "account:" + caller.account,
                                .action = std::string(action),
                                .subject = std::string(subject),
                                .detail = std::move(told),
                                .scope = grant.scope});
}

}  // namespace bz::campaign
