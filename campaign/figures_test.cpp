#include "campaign/figures.h"

#include <algorithm>
#include <set>
#include <thread>

#include "campaign/figures_test.h"

namespace bz::campaign {
namespace {

class Figures : public OnFigures {
 protected:
  std::optional<Figure> latest_of(std::string_view code, const At& at,
                                  std::string_view source = "department:so-tttt-84") {
    return here_.read(
        [&](Sql& sql) { return latest(sql, key_of(code), "app_installed", source, at); });
  }
};
BZ_ON_BOTH_STORES(Figures);

Instant known(std::string_view day_text) {
  return vi::end_of(day(day_text)) - std::chrono::hours{6};  // 18:00
}

// Worked example A, step 8.
TEST_P(Figures, ACorrectionLeavesWhatWasKnownBeforeAsItWas) {
  auto of_19 = figure(key_of("84"), 68'400, end_of("2020-08-19"));
  of_19.precision = Precision::kAbout;
  of_19.origin = OriginKind::kLetterSentence;
  of_19.reference = "3359/UBND-CN XD: khoảng 6,78 %";
  of_19.known_at = known("2020-08-20");
  const auto first = here_.record(of_19);
  const auto second = here_.write([&](Sql& sql) {
    return correct(sql, first,
                   {68'912, Precision::kExact, State::kProvisional, OriginKind::kReportLine,
                    "báo cáo 22/8", "đếm sót một huyện"},
                   "lan", known("2020-08-22"));
  });
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(second.version, 2);

  EXPECT_EQ(latest_of("84", on("2020-08-19"))->value, 68'912);
  const auto then = latest_of("84", on("2020-08-19", end_of("2020-08-21")));
  EXPECT_EQ(then->value, 68'400);
  EXPECT_EQ(then->id, first);
  EXPECT_EQ(then->precision, Precision::kAbout);
  EXPECT_FALSE(latest_of("84", on("2020-08-19", end_of("2020-08-19"))));
  EXPECT_FALSE(latest_of("84", on("2020-08-18")));

  const auto history = here_.read([&](Sql& sql) { return versions(sql, first); });
  ASSERT_EQ(history.size(), 2U);
  EXPECT_EQ(history[0].reference, "3359/UBND-CN XD: khoảng 6,78 %");
  EXPECT_EQ(history[0].value, 68'400);
  EXPECT_EQ(history[1].reason, "đếm sót một huyện");
  EXPECT_EQ(history[1].by, "lan");
  EXPECT_EQ(history[1].subject, key_of("84"));
}

TEST_P(Figures, AcceptingIsKnownFromThenOnOnly) {
  const auto id = here_.record(figure(key_of("84"), 68'400, end_of("2020-08-19")));
  const At letters{end_of("2020-08-19"), Instant::max(), Counts::kAcceptedOnly};
  EXPECT_FALSE(latest_of("84", letters));
  const auto accepted =
      here_.write([&](Sql& sql) { return accept(sql, id, "giám đốc", known("2020-08-21")); });
  EXPECT_EQ(accepted.version, 2);
  EXPECT_EQ(latest_of("84", letters)->state, State::kAccepted);
  EXPECT_FALSE(latest_of("84", {letters.on, known("2020-08-20"), Counts::kAcceptedOnly}));
  EXPECT_EQ(latest_of("84", {letters.on, known("2020-08-20")})->state, State::kProvisional);
  // A later provisional correction is on the wall, not in letters.
  here_.write([&](Sql& sql) {
    return correct(sql, accepted, {68'912, {}, {}, {}, "b", "sót"}, "lan", known("2020-08-22"));
  });
  EXPECT_EQ(latest_of("84", letters)->value, 68'400);
  EXPECT_EQ(latest_of("84", on("2020-08-19"))->value, 68'912);
}

TEST_P(Figures, WhatHasChangedSinceItWasLookedAtIsNotAccepted) {
  const auto id = here_.record(figure(key_of("84"), 68'400, end_of("2020-08-19")));
  here_.write([&](Sql& sql) {
    return correct(sql, id, {68'912, {}, {}, {}, "b", "sót"}, "lan", known("2020-08-22"));
  });
  const auto refused = here_.store().write(
      [&](Sql& sql) { return accept(sql, id, "giám đốc", known("2020-08-22")); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  const auto unknown = here_.store().write([&](Sql& sql) {
    return accept(sql, {id.series, id.cut_off, 9}, "giám đốc", known("2020-08-22"));
  });
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
}

// Worked example B: the phone said 9,120, the file 9,210.
TEST_P(Figures, TheFileCountsAndTheCellIsFlaggedUntilAPersonDecides) {
  auto phone = figure(key_of("842"), 9'120, end_of("2020-08-25"), "operator:viettel-84");
  phone.leg = Leg::kPhone;
  auto file = phone;
  file.leg = Leg::kFile;
  file.value = 9'210;
  file.known_at = phone.known_at + std::chrono::minutes{6};
  here_.record(phone);
  const auto of_phone = latest_of("842", on("2020-08-25"), "operator:viettel-84");
  EXPECT_EQ(of_phone->value, 9'120);
  const auto id = here_.record(file);
  EXPECT_EQ(latest_of("842", on("2020-08-25"), "operator:viettel-84")->value, 9'210);
  EXPECT_EQ(latest_of("842", on("2020-08-25", phone.known_at), "operator:viettel-84")->value,
            9'120);
  auto rolled = here_.rolled("842", on("2020-08-25"), "operator:viettel-84");
  ASSERT_TRUE(rolled.other_leg);
  EXPECT_EQ(rolled.other_leg->value, 9'120);
  EXPECT_EQ(rolled.value(), 9'210);

  here_.write([&](Sql& sql) {
    return correct(sql, id,
                   {9'120, Precision::kExact, State::kProvisional, OriginKind::kReportLine,
                    "đối soát", "nghe lại băng ghi"},
                   "trực IOC", file.known_at + std::chrono::hours{1});
  });
  rolled = here_.rolled("842", on("2020-08-25"), "operator:viettel-84");
  EXPECT_FALSE(rolled.other_leg);
  EXPECT_EQ(rolled.value(), 9'120);
}

TEST_P(Figures, APhoneLegThatComesAfterTheFileDoesNotReplaceIt) {
  auto file = figure(key_of("842"), 9'210, end_of("2020-08-25"));
  file.leg = Leg::kFile;
  here_.record(file);
  auto phone = file;
  phone.leg = Leg::kPhone;
  phone.value = 9'120;
  here_.record(phone);
  EXPECT_EQ(latest_of("842", on("2020-08-25"))->value, 9'210);
  EXPECT_EQ(here_.rolled("842", on("2020-08-25")).other_leg->value, 9'120);
}

TEST_P(Figures, WithdrawnOrNothingToReportIsNotZero) {
  here_.record(figure(key_of("842"), 100, end_of("2020-08-18")));
  auto nothing = figure(key_of("842"), 0, end_of("2020-08-19"));
  nothing.value.reset();
  here_.record(nothing);
  EXPECT_EQ(latest_of("842", on("2020-08-19"))->value, 100);
  const auto id = here_.record(figure(key_of("842"), 300, end_of("2020-08-20")));
  EXPECT_EQ(latest_of("842", on("2020-08-20"))->value, 300);
  here_.write(
      [&](Sql& sql) { return withdraw(sql, id, "nhầm huyện", "lan", known("2020-08-22")); });
  EXPECT_EQ(latest_of("842", on("2020-08-20"))->value, 100);
  EXPECT_EQ(latest_of("842", on("2020-08-20", end_of("2020-08-21")))->value, 300);
  // A new report after the withdrawal counts again.
  auto again = figure(key_of("842"), 310, end_of("2020-08-20"));
  again.reason = "gửi lại";
  here_.record(again);
  EXPECT_EQ(latest_of("842", on("2020-08-20"))->value, 310);
}

TEST_P(Figures, ABodyIsASubjectToo) {
  here_.record(figure("truong-thpt-84", 41, end_of("2020-08-25"), "agency:truong-thpt-84",
                      "smartphone_owners"));
  const auto found = here_.read([&](Sql& sql) {
    return latest(sql, "truong-thpt-84", "smartphone_owners", "agency:truong-thpt-84",
                  on("2020-08-25"));
  });
  EXPECT_EQ(found->value, 41);
}

TEST_P(Figures, SaysWhatIsNotRight) {
  const auto good = figure(key_of("842"), 1, end_of("2020-08-19"));
  const auto code_of = [&](const NewFigure& wrong) {
    const auto done = here_.store().write([&](Sql& sql) { return record(sql, wrong); });
    return done ? std::optional<Code>{} : std::optional(done.error().code);
  };
  const auto with = [&](auto change) {
    auto copy = good;
    change(copy);
    return code_of(copy);
  };
  EXPECT_EQ(with([](auto& f) { f.measure = "phones"; }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.source = "Sở TT&TT"; }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.value = -1; }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.value = kMostValue + 1; }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.reference.clear(); }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.by.clear(); }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.state = State::kWithdrawn; }), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.subject = "999@2020-06-01"; }), Code::kNotFound);
  EXPECT_EQ(with([](auto& f) { f.value = kMostValue; }), std::nullopt);
  // There is one now: a second one says why.
  EXPECT_EQ(code_of(good), Code::kInvalid);
  EXPECT_EQ(with([](auto& f) { f.reason = "đếm lại"; }), std::nullopt);
}

TEST_P(Figures, AClockThatIsBehindDoesNotTurnVersionsRound) {
  auto one = figure(key_of("842"), 1, end_of("2020-08-19"));
  here_.record(one);
  auto two = one;
  two.value = 2;
  two.reason = "đếm lại";
  two.known_at = one.known_at - std::chrono::minutes{5};
  const auto id = here_.record(two);
  EXPECT_EQ(latest_of("842", on("2020-08-19"))->value, 2);
  const auto found = here_.read([&](Sql& sql) { return find_figure(sql, id); });
  EXPECT_EQ(found->known_at, one.known_at);
}

TEST_P(Figures, AreListedNewestCutOffFirst) {
  for (const auto* text : {"2020-08-17", "2020-08-18", "2020-08-19"}) {
    here_.record(figure(key_of("842"), 100, end_of(text)));
    here_.record(figure(key_of("842"), 90, end_of(text), "agency:ubnd-842"));
  }
  const auto all = here_.read([&](Sql& sql) {
    return figures(sql, {key_of("842"), "", "department:so-tttt-84", on("2020-08-18"), {}, 10});
  });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id.cut_off, end_of("2020-08-18"));
  EXPECT_EQ(all[1].id.cut_off, end_of("2020-08-17"));
  const auto two = here_.read([&](Sql& sql) {
    return figures(sql, {key_of("842"), "app_installed", "", on("2020-08-19"), {}, 4});
  });
  ASSERT_EQ(two.size(), 4U);
  EXPECT_EQ(two[0].source, "agency:ubnd-842");
  EXPECT_EQ(two[3].source, "department:so-tttt-84");
  const auto sources =
      here_.read([&](Sql& sql) { return sources_of(sql, key_of("842"), "app_installed"); });
  // As they came: a later one is not first, whatever its name.
  EXPECT_EQ(sources, (std::vector<std::string>{"department:so-tttt-84", "agency:ubnd-842"}));
}

TEST_P(Figures, TheLatestOfAnySourceIsTheDenominator) {
  here_.record(
      figure(key_of("84"), 1'009'168, end_of("2019-03-31"), "census:2019-04-01", "population"));
  here_.record(figure(key_of("84"), 1'010'000, end_of("2020-06-30"), "agency:cuc-thong-ke-84",
                      "population"));
  const auto at = [&](std::string_view text) {
    return here_.read(
        [&](Sql& sql) { return latest_of_any_source(sql, key_of("84"), "population", on(text)); });
  };
  EXPECT_EQ(at("2020-06-29")->value, 1'009'168);
  EXPECT_EQ(at("2020-08-19")->value, 1'010'000);
  EXPECT_EQ(at("2020-08-19")->source, "agency:cuc-thong-ke-84");
  EXPECT_FALSE(at("2019-01-01"));
}

// Two servers on one PostgreSQL: two children reported at once, and one figure by both.
TEST(FiguresOfTwoServers, LoseNothingOfEachOther) {
  FiguresHere here(Backend::kPostgres);
  const auto other = here.home().open(kTestMigrations, "campaign");
  constexpr int kRounds = 20;
  const auto send = [&](Store& store, std::string_view code) {
    for (int i = 1; i <= kRounds; ++i) {
      auto own = figure(key_of(code), i, end_of("2020-08-19"));
      own.reason = "vòng";
      auto shared = figure(key_of("845"), i, end_of("2020-08-19"));
      shared.reason = "vòng";
      const NewFigure both[] = {own, shared};
      const auto done = store.write([&](Sql& sql) { return record(sql, both); });
      ASSERT_TRUE(done) << done.error().what;
    }
  };
  std::thread one([&] { send(here.store(), "842"); });
  std::thread two([&] { send(*other, "844"); });
  one.join();
  two.join();
  const auto rolled = here.rolled("84", on("2020-08-19"));
  EXPECT_EQ(rolled.sum, 3 * kRounds);
  EXPECT_EQ(rolled.covered, 3);
  const auto last = here.read([&](Sql& sql) {
    return latest(sql, key_of("845"), "app_installed", "department:so-tttt-84", on("2020-08-19"));
  });
  EXPECT_EQ(last->id.version, 2 * kRounds);
}

TEST(FigureIds, AreTextAndBack) {
  const FigureId id{17, from_ms(1'597'856'400'000), 1};
  EXPECT_EQ(to_text(id), "17-1597856400000-1");
  EXPECT_EQ(figure_id_from("17-1597856400000-1"), id);
  for (const auto* wrong :
       {"", "17", "17-1597856400000", "17-1597856400000-1-2", "17-1-", "-1-1", "17-01-1", "a-1-1",
        "17 -1-1", "99999999999999999999-1-1", "+1-1-1", "1-6--0", "1--6-1"}) {
    EXPECT_FALSE(figure_id_from(wrong)) << wrong;
  }
}

TEST(Sources, AreAKindAndABody) {
  for (const auto* good : {"operator:viettel-70", "census:2019-04-01", "app-counter", "door"}) {
    EXPECT_TRUE(is_source(good)) << good;
  }
  for (const auto* wrong : {"", ":", "operator:", ":viettel", "Operator:a", "a:b:c", "a b", "sở"}) {
    EXPECT_FALSE(is_source(wrong)) << wrong;
  }
  EXPECT_EQ(kind_of_source("operator:viettel-70"), "operator");
  EXPECT_EQ(kind_of_source("door"), "door");
}

TEST(Words, OfFiguresReadBack) {
  for (const auto one :
       {Precision::kExact, Precision::kRounded, Precision::kAbout, Precision::kLowerBound}) {
    EXPECT_EQ(precision_from(to_text(one)), one);
  }
  for (const auto one : {State::kProvisional, State::kAccepted, State::kWithdrawn}) {
    EXPECT_EQ(state_from(to_text(one)), one);
  }
  EXPECT_EQ(leg_from("file"), Leg::kFile);
  EXPECT_EQ(origin_kind_from("illustrative"), OriginKind::kIllustrative);
  EXPECT_FALSE(leg_from("fax"));
}

}  // namespace
}  // namespace bz::campaign
