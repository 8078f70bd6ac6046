// What the campaign's routes stand on: the store, the world, who asks and what they may do.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/surroundings.h"
#include "campaign/answers.h"
#include "campaign/grants.h"
#include "campaign/viewer_links.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/session.h"
#include "store/store.h"

namespace bz::campaign {

// Who asks, with the grants that hold now. `received` is when the last byte of the request had
// come, by the server's clock: what counts for "on time".
struct Caller {
  std::string account;
  bool system_administrator = false;
  std::vector<Grant> grants;
  Instant received;
  // A screen's, by which nobody has logged in: a viewer of its unit, and of nothing beside it.
  std::optional<ViewerLink> link = {};

  [[nodiscard]] bool has(std::string_view role) const;
};

struct Desk {
  store::Store& store;
  http::WhoAsks who_asks;
  const Surroundings& around;
  bool asks_for_all = false;     // service.h
  std::string mail_from = {};    // service.h
  bool is_drill = false;         // service.h
  std::string authserv_id = {};  // service.h

  http::RateLimit* link_guesses = nullptr;  // of viewer links; nullptr: not limited

  [[nodiscard]] Instant now() const { return around.clock.now(); }
};

// What a route gives: JSON or a file's bytes, a refusal, or an error of ours.
using Answer = Given<http::Response>;

// A route for somebody logged in: 401 for others.
using Call = std::function<Answer(const Desk&, const Caller&, const http::Request&)>;
http::Handler as_anyone(const Desk& desk, Call call);
// The same, and for a screen that shows a viewer link (`X-Viewer-Link`) instead. Reads only.
http::Handler as_viewer(const Desk& desk, Call call);
// A route for everybody.
http::Handler in_public(const Desk& desk,
                        std::function<Answer(const Desk&, const http::Request&)> call);

// What a query says of time: `on` and `as_of`, each a local day (to its end), or ms since 1970, or
// ISO 8601. When it says nothing, today to its end, as known now. A refusal names the parameter.
struct Times {
  Instant on;
  Instant as_of;
};
Outcome<Times> times_of(const http::Request& request, Instant now);

// A parameter of the query; `otherwise` when it is not there.
std::string_view query(const http::Request& request, std::string_view name,
                       std::string_view otherwise = {});
// Digits; nothing for other text or more than 10^12.
std::optional<std::int64_t> number_in(std::string_view text);
// JSON of a request that is not an upload.
inline constexpr std::size_t kLongestJson = 64'000;
// 400, for what JsonReader did not read.
Refusal unreadable(const Error& error);
// An error that says what is wrong with the request, as a refusal: nothing is tried again for it.
// Nothing for those of the store.
std::optional<Refusal> refused_by(const Error& error);

// Adds to the audit trail who did what by which grant (kept with its number).
Result<void> note(store::Sql& sql, Instant now, const Caller& caller, const Grant& grant,
                  std::string_view action, std::string_view subject, std::string_view detail = {});

// The routes, by file.
void add_unit_routes(const Desk& desk, http::Router& router);    // unit_routes.cpp
void add_figure_routes(const Desk& desk, http::Router& router);  // figure_routes.cpp
void add_figure_entry(const Desk& desk, http::Router& router);   // figure_entry.cpp
void add_target_routes(const Desk& desk, http::Router& router);  // target_routes.cpp
void add_task_routes(const Desk& desk, http::Router& router);    // task_routes.cpp
void add_report_routes(const Desk& desk, http::Router& router);  // report_routes.cpp
void add_intake_routes(const Desk& desk, http::Router& router);  // intake_routes.cpp
void add_people_routes(const Desk& desk, http::Router& router);  // people_routes.cpp
void add_public_routes(const Desk& desk, http::Router& router);  // public_routes.cpp
void add_viewer_routes(const Desk& desk, http::Router& router);  // viewer_routes.cpp
void add_wall_routes(const Desk& desk, http::Router& router);    // wall_routes.cpp

}  // namespace bz::campaign
