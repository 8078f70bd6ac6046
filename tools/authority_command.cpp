#include "tools/authority_command.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>

#include "base/clock.h"
#include "base/random.h"
#include "codes/api_keys.h"
#include "codes/authorities.h"
#include "keys/authorities.h"
#include "tools/input.h"

namespace bz::tools {
namespace {

using boost::json::object;

Instant now() {
  return SystemClock().now();
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

boost::json::array array_of(const std::vector<std::string>& texts) {
  boost::json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

struct Setting {
  std::string name;
  std::string value;
};

// "name=value", "name=@file"
Result<Setting> read_setting(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return Error{Code::kInvalid, "--set takes NAME=VALUE, or NAME=@FILE for a file's content"};
  Setting setting{text.substr(0, equals), text.substr(equals + 1)};
  if (setting.value.starts_with('@')) {
    auto content = read_text(setting.value.substr(1));
    if (!content) return content.error();
    setting.value = std::move(*content);
  }
  return setting;
}

// The value takes the kind that stands there by default.
Result<void> change(object& authority, const Setting& setting) {
  auto& place = authority[setting.name];
  if (place.is_bool()) {
    if (setting.value != "true" && setting.value != "false")
      return Error{Code::kInvalid, setting.name + " is true or false"};
    place = setting.value == "true";
  } else if (place.is_int64() || place.is_uint64()) {
    if (setting.value.empty() || setting.value.size() > 12 ||
        setting.value.find_first_not_of("0123456789") != std::string::npos)
      return Error{Code::kInvalid, setting.name + " is a whole number"};
    place = std::stoll(setting.value);
  } else if (place.is_array()) {
    place = array_of(split(setting.value));
  } else {
    place = setting.value;
  }
  return {};
}

// The authority as it is on the codes side, else as the keys side knows it, else as a new one
// begins.
Result<codes::Authority> authority_as_it_is(store::Store* codes_store, store::Store* keys_store,
                                            const std::string& id) {
  if (codes_store != nullptr) {
    const auto all = codes::list_authorities(*codes_store);
    if (!all) return all.error();
    const auto found = std::ranges::find(*all, id, &codes::Authority::id);
    if (found != all->end()) return *found;
  }
  codes::Authority fresh;
  fresh.id = id;
  fresh.name = id;
  fresh.issuer = id + "-codes";
  fresh.audience = id + "-keys";
  fresh.region = "VN";
  if (keys_store != nullptr) {
    const auto all = keys::list_authorities(*keys_store);
    if (!all) return all.error();
    const auto found = std::ranges::find(*all, id, &keys::Authority::id);
    if (found != all->end()) {
      fresh.issuer = found->issuer;
      fresh.audience = found->audience;
      fresh.bluezone3 = found->chains;
      fresh.supervisors_key = found->supervisor_key;
    }
  }
  return fresh;
}

Result<void> put_keys_side(store::Store& store, const codes::Authority& codes_side,
                           const std::vector<Setting>& keys_only) {
  const auto all = keys::list_authorities(store);
  if (!all) return all.error();
  const auto found = std::ranges::find(*all, codes_side.id, &keys::Authority::id);
  const bool is_new = found == all->end();
  keys::Authority authority = is_new ? keys::Authority{} : *found;
  authority.id = codes_side.id;
  authority.issuer = codes_side.issuer;
  authority.audience = codes_side.audience;
  authority.chains = codes_side.bluezone3;
  authority.supervisor_key = codes_side.supervisors_key;
  if (is_new) authority.regions = {codes_side.region};
  for (const auto& setting : keys_only) {
    if (setting.name == "regions") authority.regions = split(setting.value);
    if (setting.name == "stats_keys") authority.stats_keys = setting.value;
  }
  return is_new ? keys::add_authority(store, authority) : keys::change_authority(store, authority);
}

}  // namespace

Result<void> run_authority_put(const AuthorityOptions& options, std::ostream& out) {
  // Where the parts run apart, each machine is told of the authority by a command of its own.
  const auto parts = parts_of(options.where);
  if (!parts) return parts.error();
  const auto has = [&parts](std::string_view name) {
    return std::ranges::any_of(*parts, [name](const Part& part) { return part.name == name; });
  };
  std::unique_ptr<store::Store> codes_store;
  std::unique_ptr<store::Store> keys_store;
  if (has("codes")) {
    auto opened = open_codes(options.where);
    if (!opened) return opened.error();
    codes_store = std::move(*opened);
  }
  if (has("keys")) {
    auto opened = open_keys(options.where);
    if (!opened) return opened.error();
    keys_store = std::move(*opened);
  }
  const auto before = authority_as_it_is(codes_store.get(), keys_store.get(), options.id);
  if (!before) return before.error();
  auto json = boost::json::parse(codes::write_authority(*before)).as_object();
  std::vector<Setting> keys_only;
  for (const auto& text : options.settings) {
    auto setting = read_setting(text);
    if (!setting) return setting.error();
    if (setting->name == "regions" || setting->name == "stats_keys") {
      keys_only.push_back(std::move(*setting));
    } else if (auto ok = change(json, *setting); !ok) {
      return ok;
    }
  }
  auto authority = codes::parse_authority(boost::json::serialize(json));
  if (!authority) return Error{Code::kInvalid, authority.error().what};
  authority->id = options.id;
  authority->number = before->number;
  if (codes_store) {
    auto put = codes::put_authority(*codes_store, *authority, kCommandLine, now());
    if (!put) return put;
  }
  if (keys_store) {
    if (auto put = put_keys_side(*keys_store, *authority, keys_only); !put) return put;
  }
  out << (options.where.json ? "{\"authority\":\"" + options.id + "\"}"
                             : "authority " + options.id +
                                   " is set; a running server takes it up "
                                   "within minutes")
      << '\n';
  return {};
}

Result<void> run_authority_list(const DataOptions& options, std::ostream& out) {
  auto codes_store = open_codes(options);
  if (!codes_store) return codes_store.error();
  const auto all = codes::list_authorities(**codes_store);
  if (!all) return all.error();
  for (const auto& authority : *all) {
    if (!options.json) {
      out << authority.id << "  " << authority.name << "  region " << authority.region << '\n';
      continue;
    }
    auto line = boost::json::parse(codes::write_authority(authority)).as_object();
    line["id"] = authority.id;
    out << boost::json::serialize(line) << '\n';
  }
  return {};
}

Result<void> run_api_key_add(const ApiKeyOptions& options, std::ostream& out) {
  const auto kind = codes::key_kind(options.kind);
  if (!kind) return Error{Code::kInvalid, "--kind is device, admin or stats"};
  auto store = open_codes(options.where);
  if (!store) return store.error();
  SystemRandom random;
  const auto key = codes::add_api_key(**store, random, options.authority, options.name, *kind,
                                      kCommandLine, now());
  if (!key) return key.error();
  if (options.where.json) {
    out << boost::json::serialize(object{{"id", key->id}, {"key", key->text}}) << '\n';
  } else {
    out << "X-API-Key: " << key->text << "\n(id " << key->id
        << "; shown this once, and kept nowhere)\n";
  }
  return {};
}

Result<void> run_api_key_list(const ApiKeyOptions& options, std::ostream& out) {
  auto store = open_codes(options.where);
  if (!store) return store.error();
  const auto all = codes::list_api_keys(**store);
  if (!all) return all.error();
  for (const auto& key : *all) {
    if (options.where.json) {
      out << boost::json::serialize(object{{"id", key.id},
                                           {"authority", key.authority},
                                           {"kind", codes::word(key.kind)},
                                           {"name", key.name}})
          << '\n';
    } else {
      out << key.id << "  " << key.authority << "  " << codes::word(key.kind) << "  " << key.name
          << '\n';
    }
  }
  return {};
}

Result<void> run_api_key_remove(const ApiKeyOptions& options, std::ostream& /*out*/) {
  auto store = open_codes(options.where);
  if (!store) return store.error();
  return codes::remove_api_key(**store, options.id, kCommandLine, now());
}

Result<void> run_grant_add(const GrantOptions& options, std::ostream& /*out*/) {
  auto store = open_codes(options.where);
  if (!store) return store.error();
  return codes::put_grant(**store, {options.account, options.authority, options.role}, kCommandLine,
                          now());
}

Result<void> run_grant_remove(const GrantOptions& options, std::ostream& /*out*/) {
  auto store = open_codes(options.where);
  if (!store) return store.error();
  return codes::remove_grant(**store, {options.account, options.authority, options.role},
                             kCommandLine, now());
}

Result<void> run_grant_list(const GrantOptions& options, std::ostream& out) {
  auto store = open_codes(options.where);
  if (!store) return store.error();
  const auto grants =
      (*store)->read([&](store::Sql& sql) { return codes::list_grants(sql, options.account); });
  if (!grants) return grants.error();
  for (const auto& grant : *grants) {
    if (options.where.json) {
      out << boost::json::serialize(object{
                 {"account", grant.account}, {"authority", grant.authority}, {"role", grant.role}})
          << '\n';
    } else {
      out << grant.account << "  " << grant.authority << "  " << grant.role << '\n';
    }
  }
  return {};
}

}  // namespace bz::tools
