// For tests: the tables of units in a store of each kind, and imports in one call.
#pragma once

#include <string>
#include <utility>

#include "base/date.h"
#include "store/store_test.h"
#include "units/crosswalk.h"
#include "units/import.h"
#include "units/schema.h"
#include "units/units.h"

namespace bz::units {

using store::Backend;  // for BZ_ON_BOTH_STORES
using store::name_of;

inline constexpr store::Migration kUnitsMigrations[] = {{1, "units", kUnitsTables}};

inline Day day(std::string_view text) {
  return *day_from_text(text);
}
inline UnitKey key(std::string_view text) {
  return *key_from_text(text);
}

class UnitsHere : public store::OnBothStores {
 protected:
  static constexpr Instant kNow = from_ms(1'600'000'000'000);

  // Each fails the test when the call fails.
  template <class Work>
  auto read(Work work) {
    auto answer = store_->read(work);
    EXPECT_TRUE(answer) << answer.error().what;
    return std::move(*answer);
  }
  template <class Work>
  auto write(Work work) {
    auto answer = store_->write(work);
    EXPECT_TRUE(answer) << answer.error().what;
    return std::move(*answer);
  }

  Staged hand_in(const ImportRequest& request) {
    return write([&](store::Sql& sql) { return stage(sql, request, kNow); });
  }
  Result<Confirmed> try_confirm(std::int64_t id) {
    return store_->write([&](store::Sql& sql) { return confirm(sql, id, kNow); });
  }
  // Handed in and confirmed.
  Confirmed import(const ImportRequest& request) {
    const auto staged = hand_in(request);
    auto confirmed = try_confirm(staged.id);
    EXPECT_TRUE(confirmed) << confirmed.error().what << "\n"
                           << to_text(staged.report, vi::Language::kEnglish);
    return confirmed ? std::move(*confirmed) : Confirmed{};
  }
  Confirmed import_units(std::string content, std::string_view on, std::string act = {}) {
    return import({ImportKind::kUnits, std::move(content), day(on), day(on), std::move(act)});
  }

  std::optional<Unit> unit_on(std::string_view code, std::string_view on) {
    return read([&](store::Sql& sql) { return find_on(sql, code, day(on)); });
  }
  std::vector<std::string> names_under(std::string_view parent, std::string_view on) {
    std::vector<std::string> names;
    for (const auto& unit :
         read([&](store::Sql& sql) { return children(sql, key(parent), day(on)); })) {
      names.push_back(full_name(unit));
    }
    return names;
  }
  Match matched(std::string_view text, std::string_view parent, std::string_view on,
                std::optional<Level> level = {}) {
    return read([&](store::Sql& sql) { return match(sql, text, key(parent), day(on), level); });
  }

  std::unique_ptr<store::Store> store_ = home_.open(kUnitsMigrations, "campaign");
};

// "850@2020-06-01 851@2020-06-01"
inline std::string keys_of(const std::vector<Unit>& units) {
  std::string text;
  for (const auto& unit : units) text += (text.empty() ? "" : " ") + to_text(unit.key);
  return text;
}

inline bool has(const Report& report, Fault fault, std::string_view code, std::string_view found) {
  for (const auto& finding : report.findings) {
    if (finding.fault == fault && finding.code == code && finding.found == found) return true;
  }
  return false;
}

}  // namespace bz::units
