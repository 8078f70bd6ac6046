#include "codes/authorities.h"

#include <algorithm>

#include "base/ecdh.h"
#include "store/audit.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

struct Bounds {
  std::string_view name;
  std::int64_t Authority::*member;
  std::int64_t least;
  std::int64_t most;
};
constexpr Bounds kNumbers[] = {
    {"short_digits", &Authority::short_digits, 6, 10},
    {"short_minutes", &Authority::short_minutes, 5, 60},
    {"long_length", &Authority::long_length, 12, 24},
    {"long_hours", &Authority::long_hours, 1, 24},
    {"quota_officer", &Authority::quota_officer, 0, 1'000'000},
    {"quota_day", &Authority::quota_day, 0, 10'000'000},
    {"quota_reports", &Authority::quota_reports, 0, 10'000'000},
    {"callbacks_a_day", &Authority::callbacks_a_day, 0, 1'000'000},
    {"guesses_an_hour", &Authority::guesses_an_hour, 1, 1'000'000},
    {"guesses_a_day_per_code", &Authority::guesses_a_day_per_code, 1, 1'000},
    {"least_guesses_a_day", &Authority::least_guesses_a_day, 1, 1'000'000},
};

struct TextMember {
  std::string_view name;
  std::string Authority::*member;
  bool needed;
};
constexpr TextMember kTexts[] = {
    {"name", &Authority::name, true},
    {"issuer", &Authority::issuer, true},
    {"audience", &Authority::audience, true},
    {"region", &Authority::region, true},
    {"sms_url", &Authority::sms_url, false},
    {"link_host", &Authority::link_host, false},
    {"key_server_url", &Authority::key_server_url, false},
    {"supervisors_key", &Authority::supervisors_key, false},
    {"android_package", &Authority::android_package, false},
    {"android_fingerprint", &Authority::android_fingerprint, false},
    {"apple_app_id", &Authority::apple_app_id, false},
};

Error wrong(std::string_view member, std::string_view rule) {
  return {Code::kMalformed, std::string(member) + ": " + std::string(rule)};
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 16 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

bool is_region(std::string_view region) {
  return region.size() <= 16 && std::all_of(region.begin(), region.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

Result<void> read_numbers(wire::JsonReader& reader, Authority& authority) {
  for (const auto& number : kNumbers) {
    const auto value = reader.integer(number.name).value_or(authority.*number.member);
    if (value < number.least || value > number.most) {
      return wrong(number.name,
                   "from " + std::to_string(number.least) + " to " + std::to_string(number.most));
    }
    authority.*number.member = value;
  }
  return {};
}

Result<void> read_texts(wire::JsonReader& reader, Authority& authority) {
  for (const auto& text : kTexts) {
    authority.*text.member = reader.text(text.name).value_or("");
    if (text.needed && (authority.*text.member).empty()) return wrong(text.name, "is needed");
  }
  if (!is_region(authority.region)) return wrong("region", "at most 16 letters, digits or '-'");
  if (!authority.supervisors_key.empty() &&
      !AgreementPublicKey::from_pem(authority.supervisors_key)) {
    return wrong("supervisors_key", "the PEM of a public key on P-256");
  }
  return {};
}

Result<void> read_templates(wire::JsonReader& reader, Authority& authority) {
  auto templates = reader.objects("sms_templates");
  if (!templates) return {};
  for (auto& entry : *templates) {
    const auto label = entry.text("label").value_or("");
    const auto text = entry.text("text").value_or("");
    if (auto fine = entry.done(); !fine) return fine;
    if (label.empty() || text.empty() || text.size() > 800) {
      return wrong("sms_templates", "each a label and a text of at most 800 bytes");
    }
    authority.sms_templates[label] = text;
  }
  return {};
}

Result<Authority> authority_of(const store::Row& row) {
  auto authority = parse_authority(row.text(2));
  if (!authority) return authority.error();
  authority->id = row.text(0);
  authority->number = row.integer(1);
  return authority;
}

}  // namespace

bool Authority::allows(wire::TestType type) const {
  return std::find(test_types.begin(), test_types.end(), wire::word(type)) != test_types.end();
}

std::string write_authority(const Authority& authority) {
  wire::JsonWriter out;
  for (const auto& text : kTexts) out.text_if_any(text.name, authority.*text.member);
  for (const auto& number : kNumbers) out.integer(number.name, authority.*number.member);
  out.texts("test_types", authority.test_types);
  out.boolean("bluezone3", authority.bluezone3);
  out.boolean("require_date", authority.require_date);
  std::vector<std::string> templates;
  for (const auto& [label, text] : authority.sms_templates) {
    templates.push_back(wire::JsonWriter{}.text("label", label).text("text", text).done());
  }
  out.list("sms_templates", templates);
  return out.done();
}

Result<Authority> parse_authority(std::string_view json) {
  auto reader = wire::JsonReader::parse(json, 64'000);
  if (!reader) return reader.error();
  Authority authority;
  if (auto fine = read_texts(*reader, authority); !fine) return fine.error();
  if (auto fine = read_numbers(*reader, authority); !fine) return fine.error();
  if (auto fine = read_templates(*reader, authority); !fine) return fine.error();
  authority.bluezone3 = reader->boolean("bluezone3").value_or(false);
  authority.require_date = reader->boolean("require_date").value_or(false);
  if (auto types = reader->texts("test_types")) authority.test_types = std::move(*types);
  for (const auto& type : authority.test_types) {
    const auto known = wire::test_type(type);
    if (!known || wire::word(*known) != type) {
      return wrong("test_types", "of confirmed, likely, negative, user-report, contact");
    }
  }
  if (auto fine = reader->done(); !fine) return fine.error();
  return authority;
}

Result<void> put_authority(store::Store& store, Authority authority, std::string_view actor,
                           Instant now) {
  if (!is_id(authority.id)) {
    return Error{Code::kInvalid, "an authority's id is 1 to 16 of a-z, 0-9 and '-'"};
  }
  const auto settings = write_authority(authority);
  if (auto fine = parse_authority(settings); !fine) {
    return Error{Code::kInvalid, fine.error().what};
  }
  return store.write([&](store::Sql& sql) -> Result<void> {
    auto number = authority.number;
    if (number == 0) {
      auto known = sql.integer("SELECT number FROM authorities WHERE id = $1", {authority.id});
      if (!known) return known.error();
      auto last = sql.integer("SELECT MAX(number) FROM authorities");
      if (!last) return last.error();
      number = *known ? **known : last->value_or(0) + 1;
    }
    auto put = sql.run(
        "INSERT INTO authorities (id, number, settings) VALUES ($1, $2, $3) ON CONFLICT (id) DO "
        "UPDATE SET number = excluded.number, settings = excluded.settings",
        {authority.id, number, settings});
    if (!put) return put.error();
    return store::add_audit(sql, {.time = now,
                                  .actor = std::string(actor),
                                  .action = "authority changed",
                                  .subject = authority.id,
                                  .detail = {},
                                  .scope = authority.id});
  });
}

Result<std::vector<Authority>> list_authorities(store::Store& store) {
  return store.read([](store::Sql& sql) -> Result<std::vector<Authority>> {
    std::vector<Authority> all;
    auto read = sql.each("SELECT id, number, settings FROM authorities ORDER BY id", {},
                         [&](const store::Row& row) -> Result<bool> {
                           auto one = authority_of(row);
                           if (!one) return one.error();
                           all.push_back(std::move(*one));
                           return true;
                         });
    if (!read) return read.error();
    return all;
  });
}

Result<Authority> find_authority(store::Sql& sql, std::string_view id) {
  Result<Authority> found = Error{Code::kNotFound, "there is no such authority"};
  auto read = sql.each("SELECT id, number, settings FROM authorities WHERE id = $1", {id},
                       [&](const store::Row& row) -> Result<bool> {
                         found = authority_of(row);
                         return false;
                       });
  if (!read) return read.error();
  return found;
}

Result<void> put_grant(store::Store& store, const Grant& grant, std::string_view actor, Instant now,
                       const std::set<std::string, std::less<>>& hands) {
  if (std::find(std::begin(kRoles), std::end(kRoles), grant.role) == std::end(kRoles)) {
    return Error{Code::kInvalid, "a role is issuer, supervisor, administrator or auditor"};
  }
  if (grant.account.empty() || grant.account.size() > 100) {
    return Error{Code::kInvalid, "an account's name has 1 to 100 bytes"};
  }
  std::string behind;
  for (const auto& hand : hands) behind += (behind.empty() ? "" : " ") + hand;
  return store.write([&](store::Sql& sql) -> Result<void> {
    if (auto authority = find_authority(sql, grant.authority); !authority) {
      return Error{Code::kInvalid, authority.error().what};
    }
    auto put = sql.run(
        "INSERT INTO grants (account, authority, role, hands, granted_ms) VALUES ($1, $2, $3, $4, "
        "$5) ON CONFLICT DO NOTHING",
        {grant.account, grant.authority, grant.role,
         behind.empty() ? store::Parameter{} : store::Parameter{std::string_view(behind)},
         to_ms(now)});
    if (!put) return put.error();
    if (*put == 0) return {};
    return store::add_audit(sql, {.time = now,
                                  .actor = std::string(actor),
                                  .action = "role granted",
                                  .subject = grant.account,
                                  .detail = grant.role + " of " + grant.authority,
                                  .scope = grant.authority});
  });
}

Result<void> remove_grant(store::Store& store, const Grant& grant, std::string_view actor,
                          Instant now) {
  return store.write([&](store::Sql& sql) -> Result<void> {
    auto removed = sql.run("DELETE FROM grants WHERE account = $1 AND authority = $2 AND role = $3",
                           {grant.account, grant.authority, grant.role});
    if (!removed) return removed.error();
    if (*removed == 0) return Error{Code::kNotFound, "there is no such grant"};
    return store::add_audit(sql, {.time = now,
                                  .actor = std::string(actor),
                                  .action = "role taken away",
                                  .subject = grant.account,
                                  .detail = grant.role + " of " + grant.authority,
                                  .scope = grant.authority});
  });
}

Result<std::vector<Grant>> list_grants(store::Sql& sql, std::string_view account,
                                       std::string_view authority) {
  std::vector<Grant> all;
  auto read = sql.each(
      "SELECT account, authority, role FROM grants WHERE ($1 = '' OR account = $1) AND ($2 = '' OR "
      "authority = $2) ORDER BY account, authority, role",
      {account, authority}, [&](const store::Row& row) -> Result<bool> {
        all.push_back({.account = std::string(row.text(0)),
                       .authority = std::string(row.text(1)),
                       .role = std::string(row.text(2))});
        return true;
      });
  if (!read) return read.error();
  return all;
}

}  // namespace bz::codes
