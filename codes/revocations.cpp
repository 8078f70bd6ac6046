#include "codes/revocations.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/base64.h"
#include "codes/code_store.h"
#include "codes/dates.h"
#include "store/audit.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

using Answer = Outcome<Revocation>;

Revocation revocation_of(const store::Row& row) {
  return {.id = std::string(row.text(0)),
          .uuid = std::string(row.text(1)),
          .reason = std::string(row.text(2)),
          .asked_by = std::string(row.text(3)),
          .asked = day_from(row.integer(4)),
          .approved_by = row.is_null(5) ? std::string() : std::string(row.text(5)),
          .handles = {}};
}

Result<std::optional<Revocation>> find(store::Sql& sql, const Authority& authority,
                                       std::string_view id) {
  std::optional<Revocation> found;
  auto read = sql.each(
      "SELECT id, uuid, reason, asked_by, asked_day, approved_by FROM revocations WHERE id = $1 "
      "AND authority = $2",
      {id, authority.id}, [&](const store::Row& row) -> Result<bool> {
        found = revocation_of(row);
        return false;
      });
  if (!read) return read.error();
  return found;
}

Result<void> note(store::Sql& sql, Instant now, const Authority& authority,
                  std::string_view account, std::string_view action, const Revocation& revocation) {
  return store::add_audit(sql, {.time = now,
                                .actor = std::string(account),
                                .action = std::string(action),
                                .subject = revocation.uuid,
                                .detail = revocation.reason,
                                .scope = authority.id});
}

using Names = std::set<std::string, std::less<>>;

Names names_in(std::string_view text) {
  std::istringstream words{std::string(text)};
  Names names;
  for (std::string name; words >> name;) names.insert(name);
  return names;
}

Result<Names> hands_that_asked(store::Sql& sql, const Revocation& revocation) {
  Names hands{revocation.asked_by};
  auto read = sql.each("SELECT asked_hands FROM revocations WHERE id = $1", {revocation.id},
                       [&](const store::Row& row) -> Result<bool> {
                         hands.merge(names_in(row.text(0)));
                         return false;
                       });
  if (!read) return read.error();
  return hands;
}

}  // namespace

Result<Person> person_of(store::Sql& sql, std::string_view authority, const http::Session& session,
                         Instant now) {
  Person person{.account = session.account,
                .hands = {session.helpers.begin(), session.helpers.end()}};
  person.hands.insert(session.account);
  // An issuer or auditor can do nothing here that needs two persons.
  auto read = sql.each(
      "SELECT hands FROM grants WHERE account = $1 AND authority = $2 AND role IN ('supervisor', "
      "'administrator') AND hands IS NOT NULL AND granted_ms > $3",
      {session.account, authority, to_ms(now - http::kHelpCounts)},
      [&](const store::Row& row) -> Result<bool> {
        person.hands.merge(names_in(row.text(0)));
        return true;
      });
  if (!read) return read.error();
  return person;
}

Result<Answer> ask_revocation(const Core& core, const Authority& authority, const Person& person,
                              std::string_view uuid, std::string_view reason) {
  const auto now = core.now();
  const auto& account = person.account;
  const Revocation asked{.id = random_id(core.around.random),
                         .uuid = std::string(uuid),
                         .reason = std::string(reason),
                         .asked_by = account,
                         .asked = local_day(now),
                         .approved_by = {},
                         .handles = {}};
  return core.store.write([&](store::Sql& sql) -> Result<Answer> {
    auto code = find_code(sql, authority.id, uuid);
    if (!code) return code.error();
    if (!*code) return Answer{refusal::kCodeNotFound};
    if (!(*code)->has_handle) return Answer{kNotRevocable};
    std::string behind;
    for (const auto& name : person.hands) behind += name + ' ';
    auto put = sql.run(
        "INSERT INTO revocations (id, authority, uuid, reason, asked_by, asked_day, asked_hands) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {asked.id, authority.id, asked.uuid, asked.reason, asked.asked_by, day_number(now),
         behind});
    if (!put) return put.error();
    if (auto done = note(sql, now, authority, account, "revocation asked", asked); !done)
      return done.error();
    return Answer{asked};
  });
}

Result<Answer> approve_revocation(const Core& core, const Authority& authority,
                                  const Person& person, std::string_view id) {
  const auto now = core.now();
  const auto& account = person.account;
  return core.store.write([&](store::Sql& sql) -> Result<Answer> {
    auto found = find(sql, authority, id);
    if (!found) return found.error();
    if (!*found) return Answer{kNoRevocation};
    if ((*found)->asked_by == account) return Answer{kSecondPerson};
    const auto asked = hands_that_asked(sql, **found);
    if (!asked) return asked.error();
    const bool same = std::ranges::any_of(
        person.hands, [&](const std::string& name) { return asked->contains(name); });
    if (same) return Answer{kSamePerson};
    auto done =
        sql.run("UPDATE revocations SET approved_by = $1 WHERE id = $2 AND approved_by IS NULL",
                {account, id});
    if (!done) return done.error();
    if (*done == 0) return Answer{kApproved};
    (*found)->approved_by = account;
    if (auto noted = note(sql, now, authority, account, "revocation approved", **found); !noted) {
      return noted.error();
    }
    return Answer{**found};
  });
}

Result<Answer> fetch_revocation(const Core& core, const Authority& authority,
                                std::string_view account, std::string_view id) {
  const auto now = core.now();
  return core.store.write([&](store::Sql& sql) -> Result<Answer> {
    auto found = find(sql, authority, id);
    if (!found) return found.error();
    if (!*found) return Answer{kNoRevocation};
    auto& revocation = **found;
    if (revocation.approved_by.empty()) return Answer{revocation};
    auto read = sql.each("SELECT handle, chains_handle FROM codes WHERE uuid = $1",
                         {revocation.uuid}, [&](const store::Row& row) -> Result<bool> {
                           for (const int column : {0, 1}) {
                             if (row.is_null(column)) continue;
                             const auto view = row.blob(column);
                             revocation.handles.emplace_back(view.begin(), view.end());
                           }
                           return false;
                         });
    if (!read) return read.error();
    if (auto noted = note(sql, now, authority, account, "revocation handles fetched", revocation);
        !noted) {
      return noted.error();
    }
    return Answer{revocation};
  });
}

Result<std::vector<Revocation>> list_revocations(const Core& core, const Authority& authority) {
  return core.store.read([&](store::Sql& sql) -> Result<std::vector<Revocation>> {
    std::vector<Revocation> all;
    auto read = sql.each(
        "SELECT id, uuid, reason, asked_by, asked_day, approved_by FROM revocations WHERE "
        "authority = $1 ORDER BY asked_day DESC, id",
        {authority.id}, [&](const store::Row& row) -> Result<bool> {
          all.push_back(revocation_of(row));
          return true;
        });
    if (!read) return read.error();
    return all;
  });
}

std::string write_revocation(const Revocation& revocation) {
  wire::JsonWriter out;
  out.text("id", revocation.id)
      .text("uuid", revocation.uuid)
      .text("reason", revocation.reason)
      .text("asked_by", revocation.asked_by)
      .text("asked_day", to_text(revocation.asked))
      .text_if_any("approved_by", revocation.approved_by)
      .text("state", revocation.approved_by.empty() ? "asked" : "approved");
  if (!revocation.handles.empty()) {
    std::vector<std::string> handles;
    for (const auto& handle : revocation.handles) handles.push_back(to_base64(handle));
    out.texts("handles", handles);
  }
  return out.done();
}

}  // namespace bz::codes
