// For tests: accounts with one grant each, of every role and over every scope as seen from one
// body, and a walk of operations as each of them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "campaign/campaign_here.h"

namespace bz::campaign {

// The scopes of grants, as seen from Viettel's branch in Trà Vinh.
struct Scope {
  std::string_view word;
  std::string_view scope;
};
inline constexpr Scope kScopes[] = {{"own", "viettel-84"},
                                    {"in", kTraVinh},
                                    {"above", "VN"},
                                    {"beside", "mobifone-84"},
                                    {"outside", kBinhPhuoc}};

// "clerk/own duty/in": an account with just that grant; "none": one without any; "": nobody.
using Actors = std::set<std::string>;

inline Actors with(const std::vector<std::string>& roles, const std::vector<std::string>& scopes) {
  Actors actors;
  for (const auto& role : roles) {
    for (const auto& scope : scopes) actors.insert(role + "/" + scope);
  }
  return actors;
}
inline Actors operator+(Actors a, const Actors& b) {
  a.insert(b.begin(), b.end());
  return a;
}

inline const std::vector<std::string> kEverywhere{"own", "in", "above", "beside", "outside"};
inline const std::vector<std::string> kHolding{"own", "in", "above"};
inline const std::vector<std::string> kTerritory{"in", "above"};
inline const std::vector<std::string> kReading{"clerk",   "approver", "duty",
                                               "officer", "leader",   "auditor"};

inline Actors everybody() {
  std::vector<std::string> roles(std::begin(kRoles), std::end(kRoles));
  return with(roles, kEverywhere) + Actors{"none"};
}

struct Operation {
  std::string name;
  std::function<http::Response(const std::string& actor)> ask;
  Actors may;           // neither 401, 403 nor 404
  int otherwise = 403;  // for the others
  Actors known = {};    // where `otherwise` is 404: those who know of it, and get 403
  // Of "link/in" and "link/outside", screens with a viewer link, those that may. Where one may, the
  // other gets 403; where none may, a link is nobody.
  Actors links = {};
};

class AccessHere : public OnCampaign {
 protected:
  AccessHere() {
    for (const auto role : kRoles) {
      for (const auto& scope : kScopes)
        here_.grant(std::string(role) + "/" + std::string(scope.word), role, scope.scope);
    }
    here_.link("link/in", kTraVinh);
    here_.link("link/outside", kBinhPhuoc);
  }

  void walk(const std::vector<Operation>& operations) {
    for (const auto& operation : operations) {
      for (const auto& actor : everybody()) {
        const auto answer = operation.ask(actor);
        const auto said = answer.body.substr(0, 300);
        if (operation.may.contains(actor)) {
          EXPECT_TRUE(answer.status != 401 && answer.status != 403 && answer.status != 404)
              << operation.name << " as " << actor << ": " << answer.status << " " << said;
        } else {
          EXPECT_EQ(answer.status, operation.known.contains(actor) ? 403 : operation.otherwise)
              << operation.name << " as " << actor << ": " << said;
        }
      }
      EXPECT_EQ(operation.ask("").status, 401) << operation.name << " as nobody";
      for (const auto* link : {"link/in", "link/outside"}) {
        const auto answer = operation.ask(link);
        const int status = operation.links.contains(link) ? 200
                           : operation.links.empty()      ? 401
                                                          : 403;
        EXPECT_EQ(answer.status, status)
            << operation.name << " by " << link << ": " << answer.body.substr(0, 300);
      }
    }
  }

  // Short forms of operations.
  Operation reads(std::string path, CampaignHere::Query query, Actors may, int otherwise = 403) {
    return {"GET " + path,
            [this, path, query](const std::string& actor) { return here_.get(actor, path, query); },
            std::move(may), otherwise};
  }
  static Operation by_link(Operation operation, Actors links) {
    operation.links = std::move(links);
    return operation;
  }
  Operation writes(std::string path, std::string body, Actors may, int otherwise = 403) {
    return {"POST " + path,
            [this, path, body](const std::string& actor) { return here_.post(actor, path, body); },
            std::move(may), otherwise};
  }
};

}  // namespace bz::campaign
