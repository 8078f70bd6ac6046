#include "phone/revision.h"

#include "base/base64.h"
#include "phone/forget.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

class RevisionTest : public PhoneTest {
 protected:
  static std::string token_in(Store& store) {
    const auto token = Revision(store).token();
    EXPECT_TRUE(token);
    return token ? *token : "";
  }
  static bool is_there(Store& store) {
    return !token_in(store).empty() || store.kept("revision")->has_value();
  }
  // Its newest key is of the first day.
  static void keep(Store& store) { ASSERT_TRUE(Revision(store).keep("Zmlyc3Q=", kFirstDay)); }
};

TEST_F(RevisionTest, TheLastTokenTakesThePlaceOfTheOneBeforeAndOutlivesTheProgram) {
  {
    auto store = *open();
    EXPECT_EQ(token_in(store), "");
    keep(store);
    ASSERT_TRUE(Revision(store).keep("c2Vjb25k", kFirstDay + days{1}));
  }
  auto store = *open();
  EXPECT_EQ(token_in(store), "c2Vjb25k");
}

TEST_F(RevisionTest, AnAnswerWithoutATokenOrWithOneThatIsNoneLeavesTheOneBefore) {
  auto store = *open();
  keep(store);
  const std::string largest(2'048, 'A');
  for (const auto& none : {std::string(), std::string("\"}"), largest + "AAAA"}) {
    ASSERT_TRUE(Revision(store).keep(none, kFirstDay));
    EXPECT_EQ(token_in(store), "Zmlyc3Q=");
  }
  ASSERT_TRUE(Revision(store).keep(largest, kFirstDay));
  EXPECT_EQ(token_in(store), largest);
}

TEST_F(RevisionTest, ItLiesSealed) {
  auto store = *open();
  keep(store);
  EXPECT_FALSE(holds(raw(), as_bytes("Zmlyc3Q=")));
  EXPECT_FALSE(holds(raw(), as_bytes(to_base64(as_bytes("Zmlyc3Q=")))));
}

// With 14 days, what is of day 0 goes at 00:00 of day 15; with 21 a key of day 0 could be sent
// until the end of day 15, and nothing of it after.
TEST_F(RevisionTest, ItGoesWithTheNewestOfItsKeysAndWhenNoServerWouldTakeThoseAnyMore) {
  for (const auto& [kept, last] : {std::pair{14, 14}, std::pair{21, 15}, std::pair{7, 7}}) {
    auto store = *open();
    keep(store);
    ASSERT_TRUE(forget(store, {.days = kept}, on_day(last, hours{24} - milliseconds{1})));
    EXPECT_TRUE(is_there(store)) << kept;
    ASSERT_TRUE(forget(store, {.days = kept}, on_day(last + 1, hours{0})));
    EXPECT_FALSE(is_there(store)) << kept;
  }
}

TEST_F(RevisionTest, NothingOfAForgottenOneIsLeftInTheFiles) {
  auto store = *open();
  keep(store);
  auto row = store.database().prepare("SELECT sealed FROM kept WHERE name = 'revision'");
  ASSERT_TRUE(row && *row->step());
  const Bytes sealed(row->blob(0).begin(), row->blob(0).end());
  row->reset();
  EXPECT_TRUE(holds(raw(), sealed));
  ASSERT_TRUE(forget(store, {}, on_day(15)));
  EXPECT_FALSE(holds(raw(), ByteView(sealed).first(12)));
  EXPECT_FALSE(holds(raw(), ByteView(sealed).last(12)));
}

TEST_F(RevisionTest, AClockThatJumpsAYearAheadDestroysNothing) {
  auto store = *open();
  keep(store);
  ASSERT_TRUE(forget(store, {}, on_day(0)));
  EXPECT_TRUE(forget(store, {}, on_day(400))->clock_doubted);
  EXPECT_EQ(token_in(store), "Zmlyc3Q=");
}

// The clock was 30 days ahead when it was kept: it is kept from the first forgetting that saw so.
TEST_F(RevisionTest, OneOfAClockThatWasAheadIsKeptNoLongerThanOthers) {
  auto store = *open();
  ASSERT_TRUE(Revision(store).keep("Zmlyc3Q=", kFirstDay + days{30}));
  ASSERT_TRUE(forget(store, {}, on_day(0)));
  ASSERT_TRUE(forget(store, {}, on_day(14)));
  EXPECT_TRUE(is_there(store));
  ASSERT_TRUE(forget(store, {}, on_day(15)));
  EXPECT_FALSE(is_there(store));
}

TEST_F(RevisionTest, ADamagedOneIsNoneAndGoesWithTheNextForgetting) {
  auto store = *open();
  keep(store);
  ASSERT_TRUE(store.database().execute("UPDATE kept SET sealed = zeroblob(60)"));
  EXPECT_EQ(token_in(store), "");
  ASSERT_TRUE(forget(store, {}, on_day(0)));
  EXPECT_TRUE(store.kept("revision") && !*store.kept("revision"));
}

}  // namespace
}  // namespace bz::phone
