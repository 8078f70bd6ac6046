// What officers do, once logged in: /officer/v1/… Which account may do what for which authority are
// grants (authorities.h); who asks, the accounts say.
#pragma once

#include "codes/core.h"
#include "codes/issue.h"
#include "codes/revocations.h"
#include "http/router.h"
#include "http/session.h"

namespace bz::codes {

class Officers {
 public:
  Officers(const Core& core, http::WhoAsks who_asks)
      : core_(core), who_asks_(std::move(who_asks)) {}

  void add_routes(http::Router& router);

 private:
  // Who asks, for which authority, with which roles there.
  struct Desk {
    http::Session session;
    Authority authority;
    std::vector<std::string> roles;
    Person person;  // who asks, as what needs two persons sees them

    [[nodiscard]] bool has(std::string_view role) const;
    [[nodiscard]] std::string who() const { return "account:" + session.account; }
  };
  using Call = std::function<http::Response(const Desk&, const http::Request&)>;
  // `roles`: one of them is needed.
  http::Handler as(std::vector<std::string_view> roles, Call call) const;
  Result<Outcome<Desk>> desk_of(const http::Session& session, const http::Request& request,
                                const std::vector<std::string_view>& roles) const;

  static Issuer issuer_of(const Desk& desk);

  http::Response me(const http::Request& request) const;
  http::Response issue_one(const Desk& desk, const http::Request& request) const;
  http::Response issue_bulk(const Desk& desk, const http::Request& request) const;
  http::Response show_code(const Desk& desk, const http::Request& request) const;
  http::Response end_code(const Desk& desk, const http::Request& request) const;
  http::Response today(const Desk& desk) const;
  http::Response ask(const Desk& desk, const http::Request& request) const;
  http::Response show_revocations(const Desk& desk) const;
  http::Response show_callbacks(const Desk& desk) const;
  http::Response show_callback(const Desk& desk, const http::Request& request) const;
  http::Response show_grants(const Desk& desk) const;
  http::Response change_grant(const Desk& desk, const http::Request& request, bool put) const;
  http::Response show_audit(const http::Request& request) const;

  const Core& core_;
  http::WhoAsks who_asks_;
};

}  // namespace bz::codes
