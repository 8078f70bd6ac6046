// Bodies (cơ quan, đơn vị): organisations that act. A unit never acts, a body does: the people's
// committee of unit 84 is the body `ubnd-84`. Each sits in a unit, may have a parent body, and
// answers for units and bodies (its scope). Posts (chức vụ) say who is in charge: officials only,
// with a work contact; no resident is anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "store/sql.h"

namespace bz::campaign {

struct Body {
  std::string slug;                  // 2 to 64 of a-z, 0-9, '-': "so-tttt-84", "viettel-70"
  std::string kind;                  // kBodyKinds
  std::string name;                  // "Sở Thông tin và Truyền thông tỉnh Trà Vinh"
  std::vector<std::string> aliases;  // "Sở TT&TT", "STTTT"
  std::string parent = {};           // a slug, or empty
  std::string unit = {};             // where it sits: a unit's key
  std::vector<std::string> answers_for = {};  // units' keys and bodies' slugs
  // Addresses from which its reports come by mail; in lower case.
  std::vector<std::string> mail = {};
};
inline constexpr std::string_view kBodyKinds[] = {
    "committee", "department", "operator",   "post-office", "union", "school",
    "press",     "station",    "enterprise", "centre",      "agency"};

struct Post {
  std::string body;
  std::string post;  // "Giám đốc", "người phụ trách báo cáo"
  Instant from;
  std::string account;  // of accounts, or empty
  std::string name;     // an official's, or empty
  std::string contact;  // a work contact
  std::string substitute;
  std::optional<Instant> until = {};
};

bool is_slug(std::string_view text);

// Whether a unit is `top` or lies somewhere under it: on the last day on which both were there, so
// that one that is no more stays where it was at its end. False for texts that are no keys.
Result<bool> lies_in(store::Sql& sql, std::string_view unit, std::string_view top);

// Makes or replaces one; it is there, as that kind and in that unit, from `now` on. kInvalid says
// which member is not right; kNotFound when the parent or a unit or body that it answers for is not
// there.
Result<void> put_body(store::Sql& sql, const Body& body, Instant now = {});
// kNotFound when there is none.
Result<Body> find_body(store::Sql& sql, std::string_view slug);
// All whose unit lies under `unit` (every one for an empty key), in Vietnamese order of names.
Result<std::vector<Body>> list_bodies(store::Sql& sql, std::string_view unit = {});
// Slugs of those of a kind that sit in `unit` itself and were there `as_of` then, in their order.
Result<std::vector<std::string>> bodies_of_kind(store::Sql& sql, std::string_view kind,
                                                std::string_view unit, Instant as_of);
// By slug, name or alias, within those that sit in or under `unit`; tones count, their placement
// does not. Several when it is not clear: a person chooses.
Result<std::vector<Body>> bodies_called(store::Sql& sql, std::string_view words,
                                        std::string_view unit);
// The source of what a body reports: "operator:viettel-70", "department:so-tttt-70"; "agency:…" of
// every other kind.
std::string source_of(const Body& body);
// Whether a source may speak of a subject: the body whose source it is is there, and the subject
// lies where it sits or in what it answers for. One that is no kind of body names none
// ("census:2019-04-01"), and may.
Result<bool> may_speak_of(store::Sql& sql, std::string_view source, std::string_view subject);
// Whose address a mail came from; nothing when nobody's.
Result<std::optional<Body>> body_of_mail(store::Sql& sql, std::string_view address);

// Ends the post that was there, if any, and begins this one.
Result<void> put_post(store::Sql& sql, const Post& post);
Result<std::vector<Post>> posts_of(store::Sql& sql, std::string_view body, Instant at);

inline constexpr std::string_view kBodyTables =
    "CREATE TABLE body (slug TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, "
    "sort_key BLOB NOT NULL, parent TEXT NOT NULL, unit TEXT NOT NULL);"
    "CREATE INDEX body_by_parent ON body (parent);"
    "CREATE INDEX body_by_unit ON body (unit);"
    // What a body is called: its name and aliases, as spelled alike.
    "CREATE TABLE body_name (slug TEXT NOT NULL, spelled TEXT NOT NULL, alias TEXT NOT NULL, "
    "PRIMARY KEY (slug, spelled)) WITHOUT ROWID;"
    "CREATE INDEX body_by_name ON body_name (spelled);"
    "CREATE TABLE body_scope (slug TEXT NOT NULL, subject TEXT NOT NULL, "
    "PRIMARY KEY (slug, subject)) WITHOUT ROWID;"
    "CREATE INDEX scope_by_subject ON body_scope (subject);"
    "CREATE TABLE body_mail (address TEXT PRIMARY KEY, slug TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE post (body TEXT NOT NULL, post TEXT NOT NULL, from_ms BIGINT NOT NULL, "
    "account TEXT NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL, substitute TEXT NOT NULL, "
    "until_ms BIGINT, PRIMARY KEY (body, post, from_ms)) WITHOUT ROWID;";
// Since when it is there, by our clock; 0 of those from before this was kept.
inline constexpr std::string_view kBodyMadeAt =
    "ALTER TABLE body ADD COLUMN made_ms BIGINT NOT NULL DEFAULT 0;";

}  // namespace bz::campaign
