// What the tests of figures share: a store of each kind, a few units, and short forms.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "campaign/bodies.h"
#include "campaign/counted_sql.h"
#include "campaign/figure_rows.h"
#include "campaign/figure_tables.h"
#include "campaign/rollup.h"
#include "store/store_test.h"
#include "units/schema.h"
#include "units/unit.h"

namespace bz::campaign {

using store::Backend;
using store::name_of;
using store::Sql;
using store::Store;

inline constexpr store::Migration kTestMigrations[] = {{1, "units", units::kUnitsTables},
                                                       {2, "figures", kFigureTables},
                                                       {3, "bodies", kBodyTables},
                                                       {4, "body made at", kBodyMadeAt}};

inline Day day(std::string_view text) {
  return *day_from_text(text);
}
// The cut-off "to the end of" a local day.
inline Instant end_of(std::string_view text) {
  return vi::end_of(day(text));
}
inline At on(std::string_view text, Instant as_of = Instant::max()) {
  return {end_of(text), as_of};
}

// A unit as an import would have put it there; "84" is in the nation, "842" in its parent.
inline Result<void> put_unit(Sql& sql, std::string_view code, std::string_view parent_code,
                             std::string_view type = "Huyện", std::string_view from = "2020-06-01",
                             std::string_view to = {}) {
  const auto key = units::to_text({std::string(code), day(from)});
  const auto level = static_cast<std::int64_t>(*units::level_of(code));
  const auto until = to.empty() ? store::Parameter{} : store::Parameter{number_of(day(to))};
  const auto done = sql.run(
      "INSERT INTO unit (key, code, valid_from, valid_to, level, type, name, folded, parent_code) "
      "VALUES ($1, $2, $3, $4, $5, $6, $2, $2, $7)",
      {std::string_view(key), code, number_of(day(from)), until, level, type, parent_code});
  if (!done) return done.error();
  return {};
}
inline std::string key_of(std::string_view code, std::string_view from = "2020-06-01") {
  return std::string(code) + "@" + std::string(from);
}

inline NewFigure figure(std::string subject, std::int64_t value, Instant cut_off,
                        std::string source = "department:so-tttt-84",
                        std::string measure = "app_installed") {
  NewFigure made;
  made.subject = std::move(subject);
  made.measure = std::move(measure);
  made.source = std::move(source);
  made.cut_off = cut_off;
  made.value = value;
  made.known_at = cut_off + std::chrono::hours{9};
  made.reference = "dòng 1";
  made.by = "hoa";
  return made;
}

// The province 84 with districts 842, 844, 845 and the communes 29236, 29239 in 842, in the nation.
class FiguresHere {
 public:
  Store& store() { return *store_; }
  const store::Home& home() const { return home_; }

  // Both fail the test when they fail.
  template <class Work>
  auto write(Work work) {
    auto done = store_->write(work);
    EXPECT_TRUE(done) << done.error().what;
    return std::move(*done);
  }
  template <class Work>
  auto read(Work work) {
    auto done = store_->read(work);
    EXPECT_TRUE(done) << done.error().what;
    return std::move(*done);
  }

  explicit FiguresHere(Backend backend)
      : home_(backend), store_(home_.open(kTestMigrations, "campaign")) {
    write([](Sql& sql) -> Result<int> {
      for (const auto& [code, parent] :
           {std::pair("VN", ""), std::pair("84", "VN"), std::pair("842", "84"),
            std::pair("844", "84"), std::pair("845", "84"), std::pair("29236", "842"),
            std::pair("29239", "842")}) {
        const std::string_view from = std::string_view(code) == "VN" ? "1976-07-02" : "2020-06-01";
        if (auto done = put_unit(sql, code, parent, "Huyện", from); !done) return done.error();
      }
      return 0;
    });
  }

  FigureId record(const NewFigure& figure) {
    return write([&](Sql& sql) { return campaign::record(sql, figure); });
  }
  RollUp rolled(std::string_view code, const At& at,
                std::string_view source = "department:so-tttt-84",
                std::string_view measure = "app_installed") {
    return read([&](Sql& sql) { return roll_up(sql, key_of(code), measure, source, at); });
  }

 private:
  store::Home home_;
  std::unique_ptr<Store> store_;
};

class OnFigures : public testing::TestWithParam<Backend> {
 protected:
  FiguresHere here_{GetParam()};
};

}  // namespace bz::campaign
