#include "campaign/grants.h"

#include <algorithm>

#include "campaign/bodies.h"
#include "units/units.h"

namespace bz::campaign {
namespace {

constexpr std::string_view kAll = "VN";

bool names_unit(std::string_view subject) {
  return subject == kAll || subject.find('@') != std::string_view::npos;
}

Result<bool> unit_in_unit(store::Sql& sql, std::string_view scope, std::string_view subject) {
  if (scope == kAll) return true;
  if (subject == kAll) return false;
  return lies_in(sql, subject, scope);
}

// A body and those above it, itself first.
Result<std::vector<std::string>> with_parents(store::Sql& sql, std::string_view slug) {
  std::vector<std::string> chain;
  std::string at(slug);
  while (!at.empty()) {
    std::optional<std::string> parent;
    const auto read = sql.each("SELECT parent FROM body WHERE slug = $1", {std::string_view(at)},
                               [&](const store::Row& row) -> Result<bool> {
                                 parent = row.text(0);
                                 return false;
                               });
    if (!read) return read.error();
    if (!parent) break;
    chain.push_back(std::move(at));
    at = std::move(*parent);
  }
  return chain;
}

// Where a body sits: its own unit, or that of the nearest above it that has one.
Result<std::string> seat(store::Sql& sql, const std::vector<std::string>& chain) {
  for (const auto& slug : chain) {
    const auto body = find_body(sql, slug);
    if (!body) return body.error();
    if (!body->unit.empty()) return body->unit;
  }
  return std::string{};
}

// Whether the body `scope` answers for `subject`, by name or, for a unit, by one above it.
Result<bool> answers_for(store::Sql& sql, std::string_view scope, std::string_view subject) {
  std::vector<std::string> covered;
  const auto read = sql.each("SELECT subject FROM body_scope WHERE slug = $1", {scope},
                             [&](const store::Row& row) -> Result<bool> {
                               covered.emplace_back(row.text(0));
                               return true;
                             });
  if (!read) return read.error();
  for (const auto& one : covered) {
    if (one == subject) return true;
    if (!names_unit(one) || !names_unit(subject)) continue;
    const auto within = unit_in_unit(sql, one, subject);
    if (!within || *within) return within;
  }
  return false;
}

}  // namespace

Result<std::int64_t> put_grant(store::Sql& sql, const Grant& grant) {
  if (std::ranges::find(kRoles, grant.role) == std::end(kRoles))
    return Error{Code::kInvalid, "there is no such role"};
  if (grant.account.empty()) return Error{Code::kInvalid, "a grant names an account"};
  if (grant.until && *grant.until <= grant.from)
    return Error{Code::kInvalid, "a grant ends after it begins"};
  if (grant.scope != kAll) {
    if (!names_unit(grant.scope)) {
      if (const auto body = find_body(sql, grant.scope); !body) return body.error();
    } else {
      const auto key = units::key_from_text(grant.scope);
      if (!key) return Error{Code::kInvalid, "a unit is written as 84@2020-06-01"};
      const auto unit = units::find(sql, *key);
      if (!unit) return unit.error();
      if (!*unit) return Error{Code::kNotFound, "there is no such unit"};
    }
  }
  if (auto locked = sql.lock("grants"); !locked) return locked.error();
  const auto until = grant.until ? std::optional(to_ms(*grant.until)) : std::nullopt;
  const auto there = sql.integer(
      "SELECT number FROM grants WHERE account = $1 AND role = $2 AND scope = $3 AND from_ms <= $4 "
      "AND until_ms IS NULL",
      {std::string_view(grant.account), std::string_view(grant.role), std::string_view(grant.scope),
       to_ms(grant.from)});
  if (!there) return there.error();
  if (*there && !until) return **there;
  const auto last = sql.integer("SELECT MAX(number) FROM grants");
  if (!last) return last.error();
  const std::int64_t number = last->value_or(0) + 1;
  const auto put = sql.run(
      "INSERT INTO grants (number, account, role, scope, from_ms, until_ms) VALUES ($1, $2, $3, "
      "$4, "
      "$5, $6)",
      {number, std::string_view(grant.account), std::string_view(grant.role),
       std::string_view(grant.scope), to_ms(grant.from), store::or_null(until)});
  if (!put) return put.error();
  return number;
}

Result<void> end_grant(store::Sql& sql, std::int64_t number, Instant now) {
  const auto ended = sql.run(
      "UPDATE grants SET until_ms = $2 WHERE number = $1 AND (until_ms IS NULL OR until_ms > $2)",
      {number, to_ms(now)});
  if (!ended) return ended.error();
  if (*ended == 0) return Error{Code::kNotFound, "there is no such grant, or it has ended"};
  return {};
}

Result<std::vector<Grant>> grants_of(store::Sql& sql, std::string_view account, Instant now) {
  std::vector<Grant> grants;
  const auto read = sql.each(
      "SELECT number, account, role, scope, from_ms, until_ms FROM grants WHERE ($1 = '' OR "
      "account = $1) AND from_ms <= $2 AND (until_ms IS NULL OR until_ms > $2) ORDER BY number",
      {account, to_ms(now)}, [&](const store::Row& row) -> Result<bool> {
        Grant grant;
        grant.number = row.integer(0);
        grant.account = row.text(1);
        grant.role = row.text(2);
        grant.scope = row.text(3);
        grant.from = from_ms(row.integer(4));
        if (!row.is_null(5)) grant.until = from_ms(row.integer(5));
        grants.push_back(std::move(grant));
        return true;
      });
  if (!read) return read.error();
  return grants;
}

Result<bool> in_scope(store::Sql& sql, std::string_view scope, std::string_view subject) {
  if (scope == kAll) return true;
  if (names_unit(subject))
    return names_unit(scope) ? unit_in_unit(sql, scope, subject) : answers_for(sql, scope, subject);
  const auto chain = with_parents(sql, subject);
  if (!chain) return chain.error();
  if (!names_unit(scope)) {
    for (const auto& slug : *chain) {
      if (slug == scope) return true;
      const auto covered = answers_for(sql, scope, slug);
      if (!covered || *covered) return covered;
    }
    return false;
  }
  const auto unit = seat(sql, *chain);
  if (!unit) return unit.error();
  return unit->empty() ? Result<bool>(false) : unit_in_unit(sql, scope, *unit);
}

Result<std::optional<Grant>> grant_for(store::Sql& sql, std::span<const Grant> grants,
                                       std::span<const std::string_view> roles,
                                       std::string_view subject) {
  for (const auto& grant : grants) {
    if (std::ranges::find(roles, grant.role) == roles.end()) continue;
    const auto holds = in_scope(sql, grant.scope, subject);
    if (!holds) return holds.error();
    if (*holds) return std::optional<Grant>{grant};
  }
  return std::optional<Grant>{};
}

}  // namespace bz::campaign
