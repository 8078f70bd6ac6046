#include "phone/installation.h"

#include "phone/noted_transport_test.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

using Stage = Installation::Stage;
using std::chrono::minutes;

class InstallationTest : public PhoneTest {
 protected:
  // Wakes up every ten minutes for `time`.
  void live(Store& store, minutes time) {
    for (const auto end = now_ + time; now_ <= end; now_ += minutes{10})
      ASSERT_TRUE(Installation(store).go(transport_, "android", "4.0.12", now_));
  }

  NotedTransport transport_;
  Instant now_ = on_day(0);
};

TEST_F(InstallationTest, IsCountedOnceWithUnitPlatformAndVersionAndNothingElse) {
  auto store = *open();
  ASSERT_TRUE(Installation(store).choose("84.842"));
  live(store, hours{24 * 10});
  ASSERT_EQ(transport_.installs.size(), 1U);
  EXPECT_EQ(transport_.installs[0].unit, "84.842");
  EXPECT_EQ(transport_.installs[0].platform, "android");
  EXPECT_EQ(transport_.installs[0].version, "4.0.12");
  EXPECT_EQ(transport_.calls, (std::vector<std::string>{"|", "install", "|"}));
  const auto state = Installation(store).state();
  EXPECT_EQ(state->stage, Stage::kCounted);
  EXPECT_EQ(state->unit, "");  // not kept
}

TEST_F(InstallationTest, ComesOneToTwentyFourHoursAfterThePhoneFirstWoke) {
  auto store = *open();
  live(store, hours{1} - minutes{10});
  EXPECT_TRUE(transport_.installs.empty());
  live(store, hours{24});
  EXPECT_EQ(transport_.installs.size(), 1U);
}

TEST_F(InstallationTest, WithoutAUnitItIsCountedAsNotStated) {
  auto store = *open();
  live(store, hours{25});
  ASSERT_EQ(transport_.installs.size(), 1U);
  EXPECT_EQ(transport_.installs[0].unit, "-");
}

TEST_F(InstallationTest, OnceCountedItsUnitCannotBeChanged) {
  auto store = *open();
  live(store, hours{25});
  EXPECT_EQ(Installation(store).choose("84").error().code, Code::kConflict);
}

TEST_F(InstallationTest, AUnitIsACode) {
  auto store = *open();
  Installation installation(store);
  for (const std::string bad : {"", "Trà Vinh", "84 842", "84/842"})
    EXPECT_EQ(installation.choose(bad).error().code, Code::kInvalid) << bad;
  EXPECT_EQ(installation.choose(std::string(33, '8')).error().code, Code::kInvalid);
  EXPECT_TRUE(installation.choose(std::string(32, '8')));
  EXPECT_TRUE(installation.choose("84"));
  EXPECT_EQ(installation.state()->unit, "84");
}

TEST_F(InstallationTest, APhoneWithoutALineTriesUntilItGetsThroughAndIsCountedOnce) {
  auto store = *open();
  ASSERT_TRUE(Installation(store).choose("84"));
  transport_.delivery = Delivery::kNotSent;
  live(store, hours{48});
  EXPECT_GT(transport_.installs.size(), 3U);
  transport_.delivery = Delivery::kRefused;  // too many from this network
  live(store, hours{12});
  transport_.installs.clear();
  transport_.delivery = Delivery::kTaken;
  live(store, hours{48});
  ASSERT_EQ(transport_.installs.size(), 1U);
  EXPECT_EQ(transport_.installs[0].unit, "84");
}

TEST_F(InstallationTest, OneWhoseAnswerWasLostIsNotSentAgain) {
  auto store = *open();
  transport_.delivery = Delivery::kLost;
  live(store, hours{72});
  EXPECT_EQ(transport_.installs.size(), 1U);
}

// The phone is killed while the call is under way: a second Store cannot be opened beside the
// first, so the files are copied as they lie on the disk at that moment.
TEST_F(InstallationTest, OneDuringWhichThePhoneWasKilledIsNotSentAgain) {
  const auto copy = folder_ / "copy";
  std::filesystem::create_directory(copy);
  transport_.on_install = [&] {
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      if (file.is_regular_file())
        std::filesystem::copy_file(file.path(), copy / file.path().filename());
    }
  };
  {
    auto store = *open();
    live(store, hours{25});
    ASSERT_EQ(transport_.installs.size(), 1U);
  }
  transport_.on_install = nullptr;
  path_ = copy / path_.filename();
  auto store = *open();
  EXPECT_EQ(Installation(store).state()->stage, Stage::kCounted);
  live(store, hours{72});
  EXPECT_EQ(transport_.installs.size(), 1U);
}

TEST_F(InstallationTest, OneThatWasKilledBeforeTheCallIsCountedAfterwards) {
  {
    auto store = *open();
    ASSERT_TRUE(Installation(store).choose("84"));
    ASSERT_TRUE(Installation(store).go(transport_, "ios", "1.0.0", now_));
  }
  auto store = *open();
  live(store, hours{25});
  ASSERT_EQ(transport_.installs.size(), 1U);
  EXPECT_EQ(transport_.installs[0].unit, "84");
}

}  // namespace
}  // namespace bz::phone
