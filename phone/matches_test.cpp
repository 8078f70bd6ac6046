#include "phone/matches.h"

#include <gtest/gtest.h>

#include "engine/day_key.h"
#include "wire/compact_export.h"

namespace bz::phone {
namespace {

using engine::PublishedKey;
using engine::ReportType;

constexpr Instant kNoon{std::chrono::milliseconds{1'585'828'800'000}};  // 2020-04-02 12:00 UTC

class MatchesOfEitherForm : public testing::Test {
 protected:
  void SetUp() override {
    case_.report_type = ReportType::kConfirmed;
    case_.key = engine::new_day_key(random_, interval_at(kNoon));
    PublishedKey stranger = case_;
    random_.fill(stranger.key.bytes);
    content_.head.start = content_.head.end = std::chrono::floor<std::chrono::seconds>(kNoon);
    content_.keys = {case_, stranger};

    engine::Sighting sighting;
    sighting.profile = engine::Profile::kGaen;
    sighting.id = engine::rolling_id(engine::id_key(case_.key), interval_at(kNoon));
    sighting.aem = engine::encrypt(engine::metadata_key(case_.key), sighting.id,
                                   engine::Metadata::with_power(engine::Dbm{8}));
    sighting.rssi = engine::Dbm{-60};
    sighting.time = kNoon;
    scans_ = engine::scans_from({sighting});
  }

  SystemRandom random_;
  PublishedKey case_;
  wire::Export content_{.head = {.start = {}, .end = {}}};
  std::vector<engine::Scan> scans_;
};

TEST_F(MatchesOfEitherForm, FindTheSame) {
  const engine::NameTable names(scans_);
  const auto trust = wire::Trust::in_anybody();
  Matches by_zip(names, scans_, {});
  ASSERT_TRUE(by_zip.add_export(ByteView(*wire::write_export(content_, {})), trust));
  Matches by_compact(names, scans_, {});
  const auto read = by_compact.add_compact(*wire::write_compact_export(content_, nullptr), trust);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->keys, 2U);
  ASSERT_EQ(by_compact.keys().size(), 1U);
  EXPECT_EQ(by_compact.keys()[0], case_);
  EXPECT_EQ(by_compact.keys(), by_zip.keys());
  EXPECT_EQ(by_compact.key_windows(), by_zip.key_windows());
}

TEST_F(MatchesOfEitherForm, ARevisionInOneReplacesWhatTheOtherSaid) {
  const engine::NameTable names(scans_);
  const auto trust = wire::Trust::in_anybody();
  Matches matches(names, scans_, {});
  ASSERT_TRUE(matches.add_export(ByteView(*wire::write_export(content_, {})), trust));
  wire::Export later{.head = content_.head, .keys = {}, .revised = {case_}};
  later.revised[0].report_type = ReportType::kRevoked;
  ASSERT_TRUE(matches.add_compact(*wire::write_compact_export(later, nullptr), trust));
  ASSERT_EQ(matches.keys().size(), 1U);
  EXPECT_EQ(matches.keys()[0].report_type, ReportType::kRevoked);
}

TEST_F(MatchesOfEitherForm, AFileThatIsDamagedAtItsEndAddsNothing) {
  const engine::NameTable names(scans_);
  Matches matches(names, scans_, {});
  Bytes file = *wire::write_compact_export(content_, nullptr);
  file.insert(file.end() - 4, 0);
  EXPECT_FALSE(matches.add_compact(file, wire::Trust::in_anybody()));
  EXPECT_TRUE(matches.keys().empty());
}

}  // namespace
}  // namespace bz::phone
