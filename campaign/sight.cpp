#include "campaign/sight.h"

#include <algorithm>

#include "campaign/bodies.h"
#include "campaign/figures.h"

namespace bz::campaign {
namespace {

constexpr std::string_view kViewers[] = {"clerk",  "approver", "duty",  "officer",
                                         "leader", "auditor",  "viewer"};

RollUp nothing_of(const RollUp& rolled) {
  RollUp empty;
  empty.subject = rolled.subject;
  empty.name = rolled.name;
  empty.of = rolled.of;
  return empty;
}

// Of the counts that are left.
std::optional<Instant> oldest_shown(const Wall& wall) {
  std::optional<Instant> oldest;
  const auto see = [&](const std::optional<Instant>& cut_off) {
    if (cut_off && (!oldest || *cut_off < *oldest)) oldest = cut_off;
  };
  see(wall.whole.rate.numerator.oldest);
  for (const auto& row : wall.children) see(row.rate.numerator.oldest);
  if (wall.operators) {
    for (const auto& one : wall.operators->operators) see(one.oldest);
  }
  return oldest;
}

}  // namespace

std::string_view body_of_source(std::string_view source) {
  const auto colon = source.find(':');
  const auto kind = kind_of_source(source);
  if (colon == std::string_view::npos || kind == "census") return {};
  return source.substr(colon + 1);
}

bool is_operators(std::string_view source) {
  return kind_of_source(source) == "operator";
}

Result<bool> Sight::may_ask(std::string_view subject) {
  return caller_.link ? in_scope(sql_, caller_.link->unit, subject) : Result<bool>(true);
}

Result<bool> Sight::of_subject(std::string_view subject) {
  const auto grant = grant_for(sql_, caller_.grants, kReaders, subject);
  if (!grant) return grant.error();
  return grant->has_value();
}

Result<void> Sight::read_operators() {
  if (operators_) return {};
  std::vector<std::string> found;
  for (const auto& grant : caller_.grants) {
    if (grant.scope == "VN" || is_unit(grant.scope)) continue;
    const auto scope = find_body(sql_, grant.scope);
    if (!scope && scope.error().code != Code::kNotFound) return scope.error();
    if (scope && scope->kind == "operator") found.push_back(grant.scope);
  }
  operators_ = std::move(found);
  return {};
}

Result<bool> Sight::is_an_operators() {
  if (auto read = read_operators(); !read) return read.error();
  return !operators_->empty();
}

Result<bool> Sight::is_of_another_operator(std::string_view body) {
  if (auto read = read_operators(); !read) return read.error();
  for (const auto& mine : *operators_) {
    const auto holds = in_scope(sql_, mine, body);
    if (!holds) return holds.error();
    if (*holds) return false;
  }
  return !operators_->empty();
}

Result<bool> Sight::of_operator(std::string_view subject, std::string_view body) {
  const auto another = is_of_another_operator(body);
  if (!another) return another.error();
  if (*another) return false;
  for (const auto& grant : caller_.grants) {
    if (grant.role == "admin") continue;
    const bool is_territory = grant.scope == "VN" || is_unit(grant.scope);
    const auto holds = in_scope(sql_, grant.scope, is_territory ? subject : body);
    if (!holds || *holds) return holds;
  }
  return false;
}

Result<bool> Sight::of_figure(std::string_view subject, std::string_view source) {
  const auto body = body_of_source(source);
  const auto holds = of_subject(subject);
  if (!holds) return holds;
  const auto reports = *holds || body.empty() ? Result<bool>(false) : of_subject(body);
  if (!reports) return reports;
  if (!*holds && !*reports) return false;
  return is_operators(source) ? of_operator(subject, body) : Result<bool>(true);
}

Result<bool> Sight::of_number(std::string_view subject, std::string_view source) {
  return is_operators(source) ? of_operator(subject, body_of_source(source)) : Result<bool>(true);
}

Refusal Sight::why_not(std::string_view source) {
  return is_operators(source) ? refusal::not_found() : refusal::not_yours();
}

Result<bool> Sight::of_operators_in(std::string_view unit) {
  // No body is called so: only a territory's grant answers yes.
  return of_operator(unit, "");
}

Result<bool> Sight::of_body(std::string_view slug) {
  return of_body(kReaders, slug);
}

Result<std::optional<Grant>> Sight::grant_over(std::span<const std::string_view> roles,
                                               std::string_view slug) {
  auto grant = grant_for(sql_, caller_.grants, roles, slug);
  if (!grant || !*grant) return grant;
  const auto sees = of_body(slug);
  if (!sees) return sees.error();
  if (!*sees) grant->reset();
  return grant;
}

Result<bool> Sight::of_silence(std::string_view slug) {
  return of_body(kViewers, slug);
}

Result<bool> Sight::of_body(std::span<const std::string_view> roles, std::string_view slug) {
  const auto grant = grant_for(sql_, caller_.grants, roles, slug);
  if (!grant) return grant.error();
  if (!*grant) return false;
  const auto body = find_body(sql_, slug);
  if (!body && body.error().code != Code::kNotFound) return body.error();
  if (!body) return false;
  return body->kind == "operator" ? of_operator(slug, slug) : Result<bool>(true);
}

Result<void> Sight::hide(Rate& rate, std::string_view source) {
  const auto& subject = rate.numerator.subject;
  const auto count = of_number(subject, source);
  if (!count) return count.error();
  if (!*count) rate.numerator = nothing_of(rate.numerator);
  if (!rate.denominator) return {};
  const auto whole = of_number(subject, rate.denominator->source);
  if (!whole) return whole.error();
  if (!*whole) rate.denominator.reset();
  return {};
}

Result<void> Sight::hide(Target& target) {
  const auto count = of_number(target.what.subject, target.what.source);
  if (!count) return count.error();
  if (!*count) target.frozen.reset();
  return {};
}

Result<void> Sight::hide(TargetStatus& status) {
  const auto count = of_number(status.target.what.subject, status.target.what.source);
  if (!count) return count.error();
  if (*count) return {};
  // All that was worked out from the count goes with it.
  TargetStatus left;
  left.target = std::move(status.target);
  left.phase = Phase::kNotComputable;
  left.on = status.on;
  left.rate = std::move(status.rate);
  left.days_left = status.days_left;
  left.path = status.path;
  status = std::move(left);
  if (auto hidden = hide(status.target); !hidden) return hidden;
  return hide(status.rate, status.target.what.source);
}

Result<void> Sight::hide(Wall& wall) {
  const auto hide_row = [&](WallRow& row) -> Result<void> {
    const auto count = of_number(row.unit, wall.source);
    if (!count) return count.error();
    if (!*count) {
      row.gain_day.reset();
      row.gain_week.reset();
      row.last_cut_off.reset();
      row.last_known.reset();
    }
    return hide(row.rate, wall.source);
  };
  if (auto hidden = hide_row(wall.whole); !hidden) return hidden;
  for (auto& row : wall.children) {
    if (auto hidden = hide_row(row); !hidden) return hidden;
  }
  for (auto& status : wall.targets) {
    if (auto hidden = hide(status); !hidden) return hidden;
  }
  for (auto& rate : wall.other_rates) {
    if (auto hidden = hide(rate, wall.source); !hidden) return hidden;
  }
  const auto count = of_number(wall.unit, wall.source);
  if (!count) return count.error();
  if (!*count) {
    wall.coverage = {};
    wall.rank.reset();
  }
  const auto all = of_operators_in(wall.unit);
  if (!all) return all.error();
  if (!*all) wall.operators.reset();
  wall.hides_operators = !*all;
  wall.oldest = oldest_shown(wall);
  return {};
}

void hide_operators(PublicAdoption& adoption) {
  const auto hide = [](PublicRow& row) {
    if (row.denominator && is_operators(row.denominator->source)) row.denominator.reset();
  };
  hide(adoption.whole);
  std::ranges::for_each(adoption.children, hide);
}

}  // namespace bz::campaign
