#include "accounts/trusted.h"

#include <algorithm>

namespace bz::accounts {

Digest trusted_hash(const DeviceId& device) {
  return sha256(device);
}

Result<void> trust(store::Sql& sql, std::string_view account, const TrustedBrowser& browser) {
  return store::done(sql.run(
      "INSERT INTO trusted_browsers (hash, label, account, since_ms, until_ms, address_prefix) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {ByteView(browser.hash), std::string_view(browser.label), account, to_ms(browser.since),
       to_ms(browser.until), std::string_view(browser.address_prefix)}));
}

Result<bool> is_trusted(store::Sql& sql, std::string_view account, const DeviceId& device,
                        Instant now) {
  const Digest hash = trusted_hash(device);
  // Since when: a clock that was ahead made it good for longer.
  const auto found = sql.integer(
      "SELECT COUNT(*) FROM trusted_browsers WHERE hash = $1 AND account = $2 AND until_ms > $3 "
      "AND since_ms <= $4",
      {ByteView(hash), account, to_ms(now), to_ms(now + std::chrono::days{1})});
  if (!found) return found.error();
  return found->value_or(0) > 0;
}

Result<void> each_trusted(store::Sql& sql, std::string_view account, Instant now,
                          const std::function<void(const TrustedBrowser&)>& show) {
  return sql.each(
      "SELECT hash, label, since_ms, until_ms, address_prefix FROM trusted_browsers "
      "WHERE account = $1 AND until_ms > $2 ORDER BY since_ms DESC, label",
      {account, to_ms(now)}, [&](const store::Row& row) -> Result<bool> {
        TrustedBrowser browser;
        std::ranges::copy(row.blob(0).first(browser.hash.size()), browser.hash.begin());
        browser.label = row.text(1);
        browser.since = from_ms(row.integer(2));
        browser.until = from_ms(row.integer(3));
        browser.address_prefix = row.text(4);
        show(browser);
        return true;
      });
}

Result<bool> end_trust_by_label(store::Sql& sql, std::string_view account, std::string_view label) {
  const auto changed =
      sql.run("DELETE FROM trusted_browsers WHERE account = $1 AND label = $2", {account, label});
  if (!changed) return changed.error();
  return *changed > 0;
}

Result<void> end_trust(store::Sql& sql, std::string_view account, const DeviceId& device) {
  const Digest hash = trusted_hash(device);
  return store::done(sql.run("DELETE FROM trusted_browsers WHERE account = $1 AND hash = $2",
                             {account, ByteView(hash)}));
}

Result<void> end_all_trust(store::Sql& sql, std::string_view account) {
  return store::done(sql.run("DELETE FROM trusted_browsers WHERE account = $1", {account}));
}

Result<void> delete_ended_trust(store::Sql& sql, Instant now) {
  return store::done(sql.run("DELETE FROM trusted_browsers WHERE until_ms <= $1", {to_ms(now)}));
}

}  // namespace bz::accounts
