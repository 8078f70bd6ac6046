#include "campaign/bodies.h"

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "units/units.h"
#include "vi/text.h"

namespace bz::campaign {
namespace {

constexpr std::size_t kLongestName = 200;
// Later than any day on which a unit that we know of ends.
constexpr Day kFarDay{std::chrono::year{9999} / 12 / 31};

Result<bool> body_exists(store::Sql& sql, std::string_view slug) {
  const auto found = sql.integer("SELECT 1 FROM body WHERE slug = $1", {slug});
  if (!found) return found.error();
  return found->has_value();
}

Result<bool> unit_exists(store::Sql& sql, std::string_view text) {
  const auto key = units::key_from_text(text);
  if (!key) return false;
  const auto unit = units::find(sql, *key);
  if (!unit) return unit.error();
  return unit->has_value();
}

Result<bool> subject_exists(store::Sql& sql, std::string_view subject) {
  return subject.find('@') == std::string_view::npos ? body_exists(sql, subject)
                                                     : unit_exists(sql, subject);
}

Error invalid(std::string what) {
  return {Code::kInvalid, std::move(what)};
}

// What can be said without the store.
Result<void> check_shape(const Body& body) {
  if (!is_slug(body.slug)) return invalid("a body's slug has 2 to 64 of a-z, 0-9 and '-'");
  if (std::ranges::find(kBodyKinds, body.kind) == std::end(kBodyKinds))
    return invalid("there is no such kind of body");
  const auto name = vi::normal(body.name);
  if (!name || name->empty() || name->size() > kLongestName)
    return invalid("a body has a name of at most 200 bytes");
  if (body.parent == body.slug) return invalid("a body is not its own parent");
  for (const auto& address : body.mail) {
    if (address.find('@') == std::string::npos || address.size() > 254)
      return invalid("an address for mail has an '@' and at most 254 characters");
  }
  return {};
}

// Whether `slug` is above `parent`, or is it: then it may not have it as its parent.
Result<bool> would_turn(store::Sql& sql, std::string_view slug, std::string_view parent) {
  std::string above(parent);
  while (!above.empty()) {
    if (above == slug) return true;
    std::string next;
    const auto read = sql.each("SELECT parent FROM body WHERE slug = $1", {std::string_view(above)},
                               [&](const store::Row& row) -> Result<bool> {
                                 next = row.text(0);
                                 return false;
                               });
    if (!read) return read.error();
    above = std::move(next);
  }
  return false;
}

Result<void> check_neighbours(store::Sql& sql, const Body& body) {
  const auto must_be = [](const Result<bool>& there, const char* what) -> Result<void> {
    if (!there) return there.error();
    if (!*there) return Error{Code::kNotFound, what};
    return {};
  };
  if (!body.parent.empty()) {
    if (auto there = must_be(body_exists(sql, body.parent), "the parent body is not there"); !there)
      return there;
    const auto turns = would_turn(sql, body.slug, body.parent);
    if (!turns) return turns.error();
    if (*turns) return invalid("a body is not above its own parent");
  }
  if (!body.unit.empty()) {
    if (auto there = must_be(unit_exists(sql, body.unit), "the unit is not there"); !there)
      return there;
  }
  for (const auto& subject : body.answers_for) {
    if (subject == body.slug) continue;
    auto there = must_be(subject_exists(sql, subject), "what it answers for is not there");
    if (!there) return there;
  }
  return {};
}

Result<void> write_lists(store::Sql& sql, const Body& body) {
  for (const auto* table : {"body_name", "body_scope", "body_mail"}) {
    const auto gone = sql.run("DELETE FROM " + std::string(table) + " WHERE slug = $1",
                              {std::string_view(body.slug)});
    if (!gone) return gone.error();
  }
  auto names = body.aliases;
  names.insert(names.begin(), body.name);
  for (const auto& name : names) {
    const std::string spelled = vi::same_spelling(name);
    const std::string alias = vi::normal(name).value_or("");
    auto put = store::done(sql.run(
        "INSERT INTO body_name (slug, spelled, alias) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        {std::string_view(body.slug), std::string_view(spelled), std::string_view(alias)}));
    if (!put) return put;
  }
  for (const auto& subject : body.answers_for) {
    auto put = store::done(
        sql.run("INSERT INTO body_scope (slug, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                {std::string_view(body.slug), std::string_view(subject)}));
    if (!put) return put;
  }
  for (const auto& address : body.mail) {
    const auto there =
        sql.integer("SELECT 1 FROM body_mail WHERE address = $1", {std::string_view(address)});
    if (!there) return there.error();
    // Whose it is, is not for everybody who may ask.
    if (*there)
      return Error{Code::kConflict, "one of its mail addresses cannot be used: give another"};
    auto put = store::done(sql.run("INSERT INTO body_mail (address, slug) VALUES ($1, $2)",
                                   {std::string_view(address), std::string_view(body.slug)}));
    if (!put) return put;
  }
  return {};
}

Result<std::vector<std::string>> texts(store::Sql& sql, std::string_view select,
                                       std::string_view key) {
  std::vector<std::string> found;
  const auto read = sql.each(select, {key}, [&](const store::Row& row) -> Result<bool> {
    found.emplace_back(row.text(0));
    return true;
  });
  if (!read) return read.error();
  return found;
}

Result<void> read_lists(store::Sql& sql, Body& body) {
  const std::string name = vi::same_spelling(body.name);
  auto aliases =
      texts(sql, "SELECT alias FROM body_name WHERE slug = $1 ORDER BY spelled", body.slug);
  if (!aliases) return aliases.error();
  std::erase_if(*aliases, [&](const std::string& a) { return vi::same_spelling(a) == name; });
  body.aliases = std::move(*aliases);
  auto scope =
      texts(sql, "SELECT subject FROM body_scope WHERE slug = $1 ORDER BY subject", body.slug);
  if (!scope) return scope.error();
  body.answers_for = std::move(*scope);
  auto mail =
      texts(sql, "SELECT address FROM body_mail WHERE slug = $1 ORDER BY address", body.slug);
  if (!mail) return mail.error();
  body.mail = std::move(*mail);
  return {};
}

Result<std::vector<Body>> bodies_of(store::Sql& sql, const std::vector<std::string>& slugs) {
  std::vector<Body> bodies;
  for (const auto& slug : slugs) {
    auto body = find_body(sql, slug);
    if (!body) return body.error();
    bodies.push_back(std::move(*body));
  }
  return bodies;
}

}  // namespace

bool is_slug(std::string_view text) {
  return text.size() >= 2 && text.size() <= 64 && text != "VN" &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<bool> lies_in(store::Sql& sql, std::string_view unit, std::string_view top) {
  const auto key = units::key_from_text(unit);
  const auto above = units::key_from_text(top);
  if (!key || !above) return false;
  if (*key == *above) return true;
  Day last = kFarDay;
  for (const auto& one : {*key, *above}) {
    const auto found = units::find(sql, one);
    if (!found) return found.error();
    if (!*found) return false;
    if ((*found)->valid_to) last = std::min(last, *(*found)->valid_to - std::chrono::days{1});
  }
  return units::is_within(sql, *key, *above, last);
}

Result<void> put_body(store::Sql& sql, const Body& given, Instant now) {
  Body body = given;
  for (auto& address : body.mail) address = ascii_lowered(address);
  if (auto shape = check_shape(body); !shape) return shape;
  if (auto locked = sql.lock("bodies"); !locked) return locked;
  if (auto neighbours = check_neighbours(sql, body); !neighbours) return neighbours;
  const std::string name = *vi::normal(body.name);
  const std::string sort_key = vi::sort_key(name);
  auto put = store::done(sql.run(
      "INSERT INTO body (slug, kind, name, sort_key, parent, unit, made_ms) VALUES ($1, $2, $3, "
      "$4, "
      "$5, $6, $7) ON CONFLICT (slug) DO UPDATE SET made_ms = CASE WHEN body.kind = $2 AND "
      "body.unit = $6 "
      "THEN body.made_ms ELSE $7 END, kind = $2, name = $3, sort_key = $4, parent = "
      "$5, unit = $6",
      {std::string_view(body.slug), std::string_view(body.kind), std::string_view(name),
       as_bytes(sort_key), std::string_view(body.parent), std::string_view(body.unit),
       to_ms(now)}));
  if (!put) return put;
  return write_lists(sql, body);
}

Result<Body> find_body(store::Sql& sql, std::string_view slug) {
  std::optional<Body> body;
  const auto read = sql.each("SELECT slug, kind, name, parent, unit FROM body WHERE slug = $1",
                             {slug}, [&](const store::Row& row) -> Result<bool> {
                               body.emplace();
                               body->slug = row.text(0);
                               body->kind = row.text(1);
                               body->name = row.text(2);
                               body->parent = row.text(3);
                               body->unit = row.text(4);
                               return false;
                             });
  if (!read) return read.error();
  if (!body) return Error{Code::kNotFound, "there is no such body"};
  if (auto lists = read_lists(sql, *body); !lists) return lists.error();
  return *body;
}

Result<std::vector<Body>> list_bodies(store::Sql& sql, std::string_view unit) {
  std::vector<std::string> slugs;
  std::vector<std::string> sits_in;
  const auto read = sql.each("SELECT slug, unit FROM body ORDER BY sort_key, slug", {},
                             [&](const store::Row& row) -> Result<bool> {
                               slugs.emplace_back(row.text(0));
                               sits_in.emplace_back(row.text(1));
                               return true;
                             });
  if (!read) return read.error();
  if (unit.empty()) return bodies_of(sql, slugs);
  if (!units::key_from_text(unit))
    return Error{Code::kInvalid, "a unit is written as 84@2020-06-01"};
  std::map<std::string, bool> inside;
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < slugs.size(); ++i) {
    const auto [place, is_new] = inside.try_emplace(sits_in[i], false);
    if (is_new) {
      const auto within = lies_in(sql, sits_in[i], unit);
      if (!within) return within.error();
      place->second = *within;
    }
    if (place->second) chosen.push_back(slugs[i]);
  }
  return bodies_of(sql, chosen);
}

Result<std::vector<std::string>> bodies_of_kind(store::Sql& sql, std::string_view kind,
                                                std::string_view unit, Instant as_of) {
  std::vector<std::string> slugs;
  const auto read = sql.each(
      "SELECT slug FROM body WHERE kind = $1 AND unit = $2 AND made_ms <= $3 ORDER BY slug",
      {kind, unit, to_ms(as_of)}, [&](const store::Row& row) -> Result<bool> {
        slugs.emplace_back(row.text(0));
        return true;
      });
  if (!read) return read.error();
  return slugs;
}

Result<std::vector<Body>> bodies_called(store::Sql& sql, std::string_view words,
                                        std::string_view unit) {
  const std::string spelled = vi::same_spelling(words);
  auto slugs = texts(sql,
                     "SELECT slug FROM body_name WHERE spelled = $1 UNION "
                     "SELECT slug FROM body WHERE slug = $1 ORDER BY 1",
                     spelled);
  if (!slugs) return slugs.error();
  auto bodies = bodies_of(sql, *slugs);
  if (!bodies || unit.empty()) return bodies;
  if (!units::key_from_text(unit))
    return Error{Code::kInvalid, "a unit is written as 84@2020-06-01"};
  std::vector<Body> inside;
  for (auto& body : *bodies) {
    const auto within = lies_in(sql, body.unit, unit);
    if (!within) return within.error();
    if (*within) inside.push_back(std::move(body));
  }
  return inside;
}

std::string source_of(const Body& body) {
  const bool is_named = body.kind == "operator" || body.kind == "department";
  return (is_named ? body.kind : std::string("agency")) + ":" + body.slug;
}

Result<bool> may_speak_of(store::Sql& sql, std::string_view source, std::string_view subject) {
  const auto colon = source.find(':');
  const auto kind = source.substr(0, colon);
  const bool is_bodys = std::ranges::find(kBodyKinds, kind) != std::end(kBodyKinds);
  if (colon == source.npos) return !is_bodys;
  const auto body = find_body(sql, source.substr(colon + 1));
  if (!body && body.error().code != Code::kNotFound) return body.error();
  // "ministry:bo-tttt" is what a ministry published; an operator's numbers have one name alone.
  if (!is_bodys) return !body || body->kind != "operator";
  if (!body || source_of(*body) != source) return false;
  if (body->unit.empty() || body->slug == subject) return true;
  std::string unit(subject);
  if (!units::key_from_text(unit)) {
    const auto spoken_of = find_body(sql, subject);
    if (!spoken_of && spoken_of.error().code != Code::kNotFound) return spoken_of.error();
    if (!spoken_of) return false;
    unit = spoken_of->unit;
  }
  auto places = body->answers_for;
  places.push_back(body->unit);
  for (const auto& place : places) {
    if (place == subject) return true;
    const auto lies = lies_in(sql, unit, place);
    if (!lies || *lies) return lies;
  }
  return false;
}

Result<std::optional<Body>> body_of_mail(store::Sql& sql, std::string_view address) {
  const auto slugs =
      texts(sql, "SELECT slug FROM body_mail WHERE address = $1", ascii_lowered(address));
  if (!slugs) return slugs.error();
  if (slugs->empty()) return std::optional<Body>{};
  auto body = find_body(sql, slugs->front());
  if (!body) return body.error();
  return std::optional<Body>{std::move(*body)};
}

Result<void> put_post(store::Sql& sql, const Post& post) {
  const auto there = body_exists(sql, post.body);
  if (!there) return there.error();
  if (!*there) return Error{Code::kNotFound, "there is no such body"};
  const auto words = vi::normal(post.post);
  if (!words || words->empty() || words->size() > kLongestName)
    return invalid("a post has a name of at most 200 bytes");
  const auto ended = sql.run(
      "UPDATE post SET until_ms = $3 WHERE body = $1 AND post = $2 AND from_ms < $3 AND "
      "(until_ms IS NULL OR until_ms > $3)",
      {std::string_view(post.body), std::string_view(*words), to_ms(post.from)});
  if (!ended) return ended.error();
  const auto until =
      post.until ? std::optional<std::int64_t>(to_ms(*post.until)) : std::optional<std::int64_t>();
  return store::done(sql.run(
      "INSERT INTO post (body, post, from_ms, account, name, contact, substitute, until_ms) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (body, post, from_ms) DO UPDATE SET account = "
      "$4, name = $5, contact = $6, substitute = $7, until_ms = $8",
      {std::string_view(post.body), std::string_view(*words), to_ms(post.from),
       std::string_view(post.account), std::string_view(post.name), std::string_view(post.contact),
       std::string_view(post.substitute), store::or_null(until)}));
}

Result<std::vector<Post>> posts_of(store::Sql& sql, std::string_view body, Instant at) {
  std::vector<Post> posts;
  const auto read = sql.each(
      "SELECT body, post, from_ms, account, name, contact, substitute, until_ms FROM post WHERE "
      "body = $1 AND from_ms <= $2 AND (until_ms IS NULL OR until_ms > $2) ORDER BY post",
      {body, to_ms(at)}, [&](const store::Row& row) -> Result<bool> {
        Post post;
        post.body = row.text(0);
        post.post = row.text(1);
        post.from = from_ms(row.integer(2));
        post.account = row.text(3);
        post.name = row.text(4);
        post.contact = row.text(5);
        post.substitute = row.text(6);
        if (!row.is_null(7)) post.until = from_ms(row.integer(7));
        posts.push_back(std::move(post));
        return true;
      });
  if (!read) return read.error();
  return posts;
}

}  // namespace bz::campaign
