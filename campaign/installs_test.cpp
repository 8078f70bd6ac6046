#include "campaign/installs.h"

#include "campaign/campaign_here.h"
#include "campaign/rollup.h"

namespace bz::campaign {
namespace {

class DailyInstalls : public OnCampaign {
 protected:
  http::Response import(std::string_view file, std::string_view day = "2020-08-19") {
    return here_.post("root", "/imports/installs", std::string(file), {{"day", std::string(day)}});
  }
};
BZ_ON_BOTH_STORES(DailyInstalls);

TEST_P(DailyInstalls, AreAMeasureAndASourceOfTheirOwnAndAddUp) {
  const auto answer = import("unit,installs\n842,37\n84.844,10\n99999,12\n");
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.body, R"({"day":"2020-08-19","kept":2,"same":0,"unknown":["99999"]})");
  const auto sum = here_.read([](store::Sql& sql) {
    return roll_up(sql, kTraVinh, "app_installs", "app-counter",
                   {vi::end_of(*day_from_text("2020-08-19"))});
  });
  EXPECT_EQ(sum.value(), 47);
  EXPECT_EQ(sum.covered, 2);
  EXPECT_TRUE(sum.is_provisional);
}

TEST_P(DailyInstalls, TheSameFileAgainChangesNothingAndAnotherIsANewVersion) {
  import("unit,installs\n842,37\n");
  EXPECT_EQ(import("unit,installs\n842,37\n").body,
            R"({"day":"2020-08-19","kept":0,"same":1,"unknown":[]})");
  EXPECT_EQ(import("unit,installs\n842,38\n").body,
            R"({"day":"2020-08-19","kept":1,"same":0,"unknown":[]})");
  // The same count on another day is that day's.
  EXPECT_EQ(import("unit,installs\n842,38\n", "2020-08-20").body,
            R"({"day":"2020-08-20","kept":1,"same":0,"unknown":[]})");
}

TEST_P(DailyInstalls, AFileWithARowUnderTenIsNoneOfOursAndNothingOfItIsKept) {
  for (const auto* file :
       {"unit,installs\n842,37\n844,9\n", "unit,installs\n842,many\n", "842,37\n",
        "unit,installs\n842,37\n84.842,38\n", "unit,installs\n,37\n", ""}) {
    EXPECT_EQ(import(file).status, 422) << file;
  }
  EXPECT_EQ(import("unit,installs\n842,37\n", "soon").status, 400);
  EXPECT_EQ(objects_in(here_.post("root", "/imports/installs", "unit,installs\n844,9\n",
                                  {{"day", "2020-08-19"}}),
                       "errors")[0]
                .text("cell"),
            "B2");
  const auto none =
      here_.read([](store::Sql& sql) { return sources_of(sql, kTraVinhCity, "app_installs"); });
  EXPECT_TRUE(none.empty());
}

}  // namespace
}  // namespace bz::campaign
