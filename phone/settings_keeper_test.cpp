#include "phone/settings_keeper.h"

#include <gtest/gtest.h>

#include "base/temp_folder.h"

namespace bz::phone {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr Instant kNow{milliseconds{1'629'158'400'000}};  // 2021-08-17 00:00 UTC

class Settings : public testing::Test {
 protected:
  [[nodiscard]] Store open_store() { return *Store::open(path_, wrapping_key_, random_); }

  // A file of this version that sets how long to keep, signed by the authority.
  [[nodiscard]] Bytes file(std::int64_t version, int days_kept, Instant issued = kNow,
                           Instant expires = kNow + days{7}) const {
    wire::SettingsFile settings{.version = version, .issued = issued, .expires = expires};
    settings.values.days_kept = days_kept;
    return *wire::write_settings_file(settings, [this](const Digest& digest) -> Result<Bytes> {
      return authority_.sign(digest);
    });
  }

  [[nodiscard]] wire::Trust trust() const { return wire::Trust::in(authority_.public_key()); }

  TempFolder folder_ = *TempFolder::make();
  std::filesystem::path path_ = folder_.path() / "phone.db";
  SealKey wrapping_key_{};
  SystemRandom random_;
  SigningKey authority_ = SigningKey::generate();
};

TEST_F(Settings, BeforeAnyAreTakenThoseBuiltInAreInForce) {
  auto store = open_store();
  const auto keeper = *SettingsKeeper::open(store, trust());
  EXPECT_EQ(keeper.in_force(), engine::AuthoritySettings{});
  EXPECT_EQ(keeper.version(), 0);
  EXPECT_FALSE(keeper.expired(kNow));
}

TEST_F(Settings, NewerOnesAreTakenAndSurviveARestart) {
  {
    auto store = open_store();
    auto keeper = *SettingsKeeper::open(store, trust());
    EXPECT_TRUE(*keeper.take(file(1, 15), kNow));
    EXPECT_TRUE(*keeper.take(file(5, 16), kNow));
    EXPECT_EQ(keeper.in_force().days_kept, 16);
  }
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  EXPECT_EQ(keeper.version(), 5);
  EXPECT_EQ(keeper.in_force().days_kept, 16);
  EXPECT_EQ(keeper.take(file(4, 20), kNow).error().code, Code::kDenied);
}

TEST_F(Settings, ALowerVersionIsRefusedAndThePreviousKept) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  ASSERT_TRUE(keeper.take(file(5, 16), kNow));
  EXPECT_EQ(keeper.take(file(4, 20), kNow).error().what,
            "settings: version 4 is lower than 5, which was taken before");
  EXPECT_EQ(keeper.in_force().days_kept, 16);
}

TEST_F(Settings, TheSameVersionSaysTheSameOrIsRefused) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  const auto first = file(5, 16);
  ASSERT_TRUE(*keeper.take(first, kNow));
  EXPECT_FALSE(*keeper.take(first, kNow));
  EXPECT_FALSE(*keeper.take(file(5, 16), kNow));  // signed anew
  EXPECT_EQ(keeper.take(file(5, 17), kNow).error().code, Code::kDenied);
  EXPECT_EQ(keeper.in_force().days_kept, 16);
}

TEST_F(Settings, ExpiredOnesAreRefusedFromTheirLastMomentOn) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  const auto bytes = file(1, 16, kNow, kNow + days{7});
  EXPECT_EQ(keeper.take(bytes, kNow + days{7}).error().what, "settings: they have expired");
  EXPECT_EQ(keeper.version(), 0);
  EXPECT_TRUE(*keeper.take(bytes, kNow + days{7} - milliseconds{1}));
}

TEST_F(Settings, TakenOnesStayInForcePastTheirExpiry) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  ASSERT_TRUE(keeper.take(file(1, 16), kNow));
  EXPECT_FALSE(keeper.expired(kNow + days{6}));
  EXPECT_TRUE(keeper.expired(kNow + days{7}));
  EXPECT_EQ(keeper.in_force().days_kept, 16);
}

TEST_F(Settings, IssuedMoreThanADayAheadTheyWait) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  const auto issued = kNow + days{1} + milliseconds{1};
  const auto bytes = file(1, 16, issued, issued + days{7});
  EXPECT_EQ(keeper.take(bytes, kNow).error().code, Code::kUnavailable);
  EXPECT_TRUE(*keeper.take(bytes, kNow + milliseconds{1}));
}

TEST_F(Settings, AWrongSignatureOrADamagedFileChangesNothing) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  ASSERT_TRUE(keeper.take(file(1, 16), kNow));
  const SigningKey stranger = SigningKey::generate();
  wire::SettingsFile settings{.version = 2, .issued = kNow, .expires = kNow + days{1}};
  const auto theirs = *wire::write_settings_file(
      settings, [&](const Digest& digest) -> Result<Bytes> { return stranger.sign(digest); });
  EXPECT_EQ(keeper.take(theirs, kNow).error().code, Code::kDenied);
  const auto none = *wire::write_settings_file(settings, nullptr);
  EXPECT_EQ(keeper.take(none, kNow).error().code, Code::kDenied);
  EXPECT_EQ(keeper.take(as_bytes("BZ Settings v1"), kNow).error().code, Code::kMalformed);
  EXPECT_EQ(keeper.version(), 1);
  EXPECT_EQ(keeper.in_force().days_kept, 16);
}

// As a server in wrong hands could sign them: the bounds are built in.
TEST_F(Settings, SignedValuesOutsideTheBoundsAreRefused) {
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  wire::SettingsFile settings{.version = 2, .issued = kNow, .expires = kNow + days{1}};
  std::string json = wire::write_settings_json(settings);
  const std::string kept = "\"days_kept\":14";
  json.replace(json.find(kept), kept.size(), "\"days_kept\":99");
  Bytes bytes(20);
  std::copy_n("BZ Settings v1  ", 16, bytes.begin());
  put_le(std::span(bytes).last(4), json.size());
  bytes.insert(bytes.end(), json.begin(), json.end());
  const auto signature = authority_.sign(sha256(bytes));
  bytes.push_back(static_cast<std::uint8_t>(signature.size()));
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  const auto taken = keeper.take(bytes, kNow);
  EXPECT_EQ(taken.error().code, Code::kMalformed);
  EXPECT_EQ(taken.error().what, "settings: days_kept is not 7 to 21");
}

TEST_F(Settings, WhoseKeyIsNotTrustedAnyMoreIsOutOfForceButNothingLowerIsTaken) {
  {
    auto store = open_store();
    auto keeper = *SettingsKeeper::open(store, trust());
    ASSERT_TRUE(keeper.take(file(5, 16), kNow));
  }
  authority_ = SigningKey::generate();  // a new app trusts the new key only
  auto store = open_store();
  auto keeper = *SettingsKeeper::open(store, trust());
  EXPECT_EQ(keeper.in_force().days_kept, 14);
  EXPECT_EQ(keeper.take(file(4, 20), kNow).error().code, Code::kDenied);
  EXPECT_TRUE(*keeper.take(file(5, 16), kNow));  // the same, signed by the new key
  EXPECT_EQ(keeper.in_force().days_kept, 16);
}

}  // namespace
}  // namespace bz::phone
