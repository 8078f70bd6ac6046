// Reads bz.toml; the only place that uses toml++.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <system_error>

#include <toml++/toml.h>

#include "base/file.h"
#include "server/application.h"

namespace bz::server {
namespace {

constexpr std::size_t kMostConfig = std::size_t{64} << 10U;

// Goes over one file: each value is asked for by name, and what nobody asked for is an error.
class Reader {
 public:
  Reader(const toml::table& table, std::string file) : table_(table), file_(std::move(file)) {}

  void text(std::string_view name, std::string& into) {
    known_.push_back(name);
    const auto* node = table_.get(name);
    if (node == nullptr) return;
    if (const auto value = node->value_exact<std::string>()) {
      into = *value;
    } else {
      fail(name, "must be a text in quotes");
    }
  }
  void boolean(std::string_view name, bool& into) {
    known_.push_back(name);
    const auto* node = table_.get(name);
    if (node == nullptr) return;
    if (const auto value = node->value_exact<bool>()) {
      into = *value;
    } else {
      fail(name, "must be true or false");
    }
  }
  template <class Set>
  void number(std::string_view name, std::int64_t least, std::int64_t most, Set set) {
    known_.push_back(name);
    const auto* node = table_.get(name);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) {
      set(*value);
    } else {
      fail(name,
           "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
  }
  void texts(std::string_view name, std::vector<std::string>& into) {
    known_.push_back(name);
    const auto* node = table_.get(name);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) return fail(name, "must be a list of texts");
    into.clear();
    for (const auto& entry : *array) {
      const auto value = entry.value_exact<std::string>();
      if (!value) return fail(name, "must be a list of texts");
      into.push_back(*value);
    }
  }
  void fail(std::string_view name, const std::string& what) {
    if (fault_.empty()) fault_ = file_ + ": " + std::string(name) + " " + what;
  }
  Result<void> done() {
    for (const auto& entry : table_) {
      if (std::ranges::find(known_, entry.first.str()) == known_.end())
        fail(entry.first.str(),
             "is no setting that this program knows (docs/operations/README.md)");
    }
    if (fault_.empty()) return {};
    return Error{Code::kInvalid, fault_};
  }

 private:
  const toml::table& table_;
  std::string file_;
  std::vector<std::string_view> known_;
  std::string fault_;
};

}  // namespace

Result<Config> Config::read(const std::filesystem::path& file) {
  Config config;
  const auto bytes = read_file(file, kMostConfig);
  if (!bytes && bytes.error().code == Code::kNotFound) return config;
  if (!bytes) return bytes.error();
  toml::table parsed;
  try {
    parsed = toml::parse(as_text(*bytes));
  } catch (const toml::parse_error& fault) {
    return Error{Code::kInvalid, file.string() + ", line " +
                                     std::to_string(fault.source().begin.line) + ": not TOML"};
  }
  Reader reader(parsed, file.string());
  const auto seconds = [&reader](std::string_view name, std::chrono::milliseconds& into) {
    reader.number(name, 1, 3'600, [&into](std::int64_t s) { into = std::chrono::seconds{s}; });
  };
  reader.text("database", config.database);
  reader.boolean("maintenance", config.maintenance);
  reader.boolean("secure_cookies", config.secure_cookies);
  reader.number("period_minutes", 15, 1'440,
                [&](std::int64_t m) { config.period = std::chrono::minutes{m}; });
  if (1'440 % config.period.count() != 0) reader.fail("period_minutes", "must divide a day");
  reader.number("least_keys", 1, 100'000, [&](std::int64_t n) { config.least_keys = n; });
  reader.text("codes_url", config.codes_url);
  reader.text("portal_url", config.portal_url);
  reader.text("internal_token", config.internal_token);
  reader.text("install_url", config.install_url);
  if (!config.install_url.starts_with("https://") ||
      std::ranges::any_of(config.install_url, [](char c) { return c <= ' ' || c > '~'; }))
    reader.fail("install_url", "must be an https address, without blanks");
  reader.text("mail_from", config.mail_from);
  reader.text("mail_authserv_id", config.mail_authserv_id);
  reader.text("mail_url", config.mail.url);
  reader.text("mail_user", config.mail.user);
  reader.text("mail_password", config.mail.password);
  reader.boolean("mail_encrypted", config.mail.encrypted);
  if (config.mail_from.empty() != config.mail.url.empty())
    reader.fail("mail_from", "and mail_url go together");
  reader.texts("trusted_proxies", config.http.trusted_proxies);
  reader.number("workers", 1, 1'024,
                [&](std::int64_t n) { config.http.workers = static_cast<int>(n); });
  reader.number("connections", 1, 1'000'000,
                [&](std::int64_t n) { config.http.connections = static_cast<std::size_t>(n); });
  seconds("header_seconds", config.http.header_time);
  seconds("body_seconds", config.http.body_time);
  seconds("write_seconds", config.http.write_time);
  seconds("idle_seconds", config.http.idle_time);
  seconds("drain_seconds", config.http.drain_time);
  if (auto ok = reader.done(); !ok) return ok.error();
  // A password of the database or the mail server, or the word that the parts show each other.
  const bool secret =
      !config.database.empty() || !config.internal_token.empty() || !config.mail.password.empty();
  std::error_code fault;
  const auto others = std::filesystem::perms::group_read | std::filesystem::perms::others_read;
  const auto readers = std::filesystem::status(file, fault).permissions() & others;
  if (secret && !fault && readers != std::filesystem::perms::none)
    return Error{Code::kInvalid,
                 file.string() + " holds secrets and others than its owner may read it: chmod 600"};
  return config;
}

}  // namespace bz::server
