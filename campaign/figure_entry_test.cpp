// Figures and targets that an officer enters (campaign/figure_entry.cpp, target_routes.cpp).
#include "campaign/campaign_here.h"

namespace bz::campaign {
namespace {

class Entered : public OnCampaign {
 protected:
  Entered() { here_.grant("hoa", "officer", "VN"); }

  http::Response figure(std::string_view source, std::string_view subject = kTraVinhCity) {
    return here_.post(
        "hoa", "/figures",
        R"({"figures":[{"subject":")" + std::string(subject) +
            R"(","measure":"app_installed","source":")" + std::string(source) +
            R"(","cut_off":"2020-08-19T00:00+07:00","value":9210,"reference":"dòng 1"}]})");
  }
  http::Response target(std::string_view source) {
    return here_.post(
        "hoa", "/targets",
        R"({"indicator":"install_rate.population","subject":"84@2020-06-01",)"
        R"("due_before":"đến ngày 31/8/2020","hundredths":5000,"start":"2020-08-04T00:00+07:00",)"
        R"("source":")" +
            std::string(source) + R"("})");
  }
};
BZ_ON_BOTH_STORES(Entered);

TEST_P(Entered, AreOfABodyThatIsThereAndHasFiguresOfThatPlace) {
  EXPECT_EQ(figure("department:so-tttt-84").status, 201);
  EXPECT_EQ(figure("operator:viettel-84").status, 201);
  EXPECT_EQ(figure("agency:ubnd-842").status, 201);      // of every other kind
  EXPECT_EQ(figure("app-counter").status, 422);          // the server's own
  EXPECT_EQ(figure("ministry:so-tttt-84").status, 201);  // what a ministry published
  EXPECT_EQ(figure("census:2019-04-01").status, 201);    // names no body
  EXPECT_EQ(target("operator:viettel-84").status, 201);
  for (const auto* wrong :
       {"department:nobody", "operator:so-tttt-84", "department:so-tttt-70", "committee:ubnd-842",
        "agency:viettel-84", "operator", "operators:viettel-84", "ministry:viettel-84"}) {
    const auto refused = figure(wrong);
    EXPECT_EQ(refused.status, 422) << wrong;
    const auto errors = objects_in(refused, "errors");
    ASSERT_EQ(errors.size(), 1U) << refused.body;
    EXPECT_EQ(objects_in(refused, "errors").at(0).text("cell"), "figures[0].source");
    EXPECT_EQ(target(wrong).status, 422) << wrong;
  }
  EXPECT_EQ(figure("department:so-tttt-84", "84@2020-06-01").status, 201);
  EXPECT_EQ(figure("department:so-tttt-84", "viettel-84").status, 201);
  EXPECT_EQ(figure("department:so-tttt-84", "70@2020-06-01").status, 422);
}

}  // namespace
}  // namespace bz::campaign
