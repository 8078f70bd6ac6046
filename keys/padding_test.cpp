// What whoever keeps all published files can tell of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <compare>
#include <map>
#include <set>

#include "keys/desk_for_tests.h"
#include "keys/revocations.h"

namespace bz::keys {
namespace {

using engine::PublishedKey;
using engine::ReportType;
using wire::TestType;

using KeyBytes = std::array<std::uint8_t, 16>;

// Supervisors take a case back.
void revoke(Desk& desk, const wire::RevocationHandle& handle) {
  const auto time = to_s(desk.clock.now());
  const auto text = revocation_text("vn-moh", time, {handle});
  const auto signature = desk.supervisor.sign(sha256(as_bytes(text)));
  const auto body = "{\"healthAuthorityID\":\"vn-moh\",\"time\":" + std::to_string(time) +
                    ",\"handles\":[\"" + to_base64(handle) + "\"],\"signature\":\"" +
                    to_base64(signature) + "\"}";
  EXPECT_EQ(desk.post("/v1/revoke", body).status, 200);
}

// The same keys under a new certificate, of the result of the test.
Draft changed(Desk& desk, Draft draft, TestType report) {
  desk.random.fill(draft.handle);
  draft.report = report;
  draft.issued = std::chrono::floor<std::chrono::hours>(desk.clock.now());
  draft.expires = draft.issued + 2 * kHour;
  (void)desk.published(draft);
  return draft;
}

std::set<KeyBytes> generated_keys(Desk& desk) {
  std::set<KeyBytes> all;
  EXPECT_TRUE(desk.store->read([&](store::Sql& sql) {
    return sql.each("SELECT key FROM keys WHERE generated = 1", {},
                    [&](const store::Row& row) -> Result<bool> {
                      KeyBytes key{};
                      std::copy(row.blob(0).begin(), row.blob(0).end(), key.begin());
                      all.insert(key);
                      return true;
                    });
  }));
  return all;
}

// What the observer has of a key: each time that it was published.
struct Seen {
  std::size_t file = 0;
  PublishedKey key;
};
using History = std::map<KeyBytes, std::vector<Seen>>;

// Into what he can sort the changes of one file.
struct Kind {
  std::size_t file = 0;
  std::size_t turn = 0;
  ReportType from{};
  ReportType to{};
  std::uint8_t risk = 0;
  bool new_onset = false;
  auto operator<=>(const Kind&) const = default;
};

// A day in the life of an authority: likely cases that are confirmed, taken back, or stay; and
// supervisors who take back confirmed ones, among them some that had been likely.
void live(Desk& desk, int hours) {
  std::vector<Draft> likely;
  std::vector<Draft> confirmed;
  for (int hour = 0; hour < hours; ++hour) {
    for (int i = 0; i < 2; ++i) {
      auto draft = desk.draft(3, TestType::kLikely);
      if (i == 0) draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{3});
      draft.token = desk.published(draft).revision_token;
      likely.push_back(draft);
    }
    confirmed.push_back(desk.draft(2));
    (void)desk.published(confirmed.back());
    if (hour >= 6 && hour % 2 == 0) {
      auto draft = likely.front();
      likely.erase(likely.begin());
      // Now the first symptoms are known, or known better.
      draft.onset = first_interval(day_of(desk.clock.now()) - std::chrono::days{2});
      confirmed.push_back(changed(desk, draft, TestType::kConfirmed));
    }
    if (hour == 9) (void)changed(desk, likely[8], TestType::kNegative);
    if (hour == 11) revoke(desk, confirmed[1].handle);
    if (hour == 13) revoke(desk, confirmed[7].handle);  // that was likely first
    desk.next_batch();
  }
}

History read_all(const Desk& desk) {
  History history;
  std::size_t number = 0;
  for (const auto& file : desk.files()) {
    std::set<KeyBytes> here;
    for (const auto& key : file.keys) {
      EXPECT_TRUE(here.insert(key.key.bytes).second) << "twice in one file";
      EXPECT_FALSE(history.contains(key.key.bytes)) << "new twice";
      history[key.key.bytes].push_back({number, key});
    }
    for (const auto& key : file.revised) {
      EXPECT_TRUE(here.insert(key.key.bytes).second) << "twice in one file";
      EXPECT_TRUE(history.contains(key.key.bytes)) << "changed and never new";
      history[key.key.bytes].push_back({number, key});
    }
    ++number;
  }
  return history;
}

TEST(Padding, AnObserverOfAllFilesFindsNoKindOfChangeThatOnlyPeoplesKeysHave) {
  Desk desk;
  desk.settings.least_keys = 60;
  desk.start();
  live(desk, 16);
  const auto history = read_all(desk);
  const auto generated = generated_keys(desk);

  std::map<Kind, std::size_t> people;
  std::map<Kind, std::size_t> padding;
  for (const auto& [bytes, seen] : history) {
    for (std::size_t turn = 1; turn < seen.size(); ++turn) {
      const auto& was = seen[turn - 1].key;
      const auto& is = seen[turn].key;
      // What the rules of uploads allow (keys/uploads.cpp), of a generated one as of a person's.
      EXPECT_EQ(is.key.start, was.key.start);
      EXPECT_EQ(is.key.period, was.key.period);
      EXPECT_LT(seen[turn - 1].file, seen[turn].file);
      EXPECT_TRUE(
          is.report_type == ReportType::kRevoked ||
          (was.report_type == ReportType::kLikely && is.report_type == ReportType::kConfirmed));
      EXPECT_LE(turn, 2U);
      const Kind kind{.file = seen[turn].file,
                      .turn = turn,
                      .from = was.report_type,
                      .to = is.report_type,
                      .risk = is.transmission_risk,
                      .new_onset = is.days_since_onset != was.days_since_onset};
      ++(generated.contains(bytes) ? padding : people)[kind];
    }
  }
  // Likely to confirmed five times, likely to taken back, confirmed to taken back, and that a
  // second time of the same keys.
  EXPECT_GE(people.size(), 8U);
  for (const auto& [kind, count] : people) {
    EXPECT_GE(padding[kind], 1U) << "file " << kind.file << ", turn " << kind.turn;
  }
  for (const auto& [kind, count] : padding) {
    EXPECT_TRUE(people.contains(kind)) << "file " << kind.file << ", turn " << kind.turn;
  }
}

TEST(Padding, KeysThatNeverChangeAreNotPeoplesForCertainEither) {
  Desk desk;
  desk.settings.least_keys = 60;
  desk.start();
  live(desk, 16);
  const auto generated = generated_keys(desk);
  // Of each batch and report: how many of people's keys, and of generated ones, never changed.
  std::map<std::pair<std::size_t, ReportType>, std::pair<std::size_t, std::size_t>> still;
  for (const auto& [bytes, seen] : read_all(desk)) {
    if (seen.size() > 1) continue;
    auto& [people, padding] = still[{seen[0].file, seen[0].key.report_type}];
    ++(generated.contains(bytes) ? padding : people);
  }
  EXPECT_EQ(still.size(), 32U);  // 16 batches, likely and confirmed
  for (const auto& [what, count] : still) EXPECT_GE(count.second, 1U) << "file " << what.first;
}

TEST(Padding, ChangesComeFromTheBatchesThatPeoplesChangesComeFrom) {
  Desk desk;
  desk.settings.least_keys = 60;
  desk.start();
  std::vector<Draft> drafts;
  for (int i = 0; i < 9; ++i) {
    drafts.push_back(desk.draft(2, TestType::kLikely));
    drafts.back().token = desk.published(drafts.back()).revision_token;
    desk.next_batch();
  }
  (void)changed(desk, drafts[3], TestType::kConfirmed);
  desk.next_batch();
  // Wanted are 58 to 158. Each batch has 58 generated keys at least and spares half of them: so the
  // seven nearest have 203, and the last two are not asked.
  const auto history = read_all(desk);
  std::map<std::size_t, std::size_t> from;
  for (const auto& [bytes, seen] : history) {
    if (seen.size() == 2) ++from[seen[0].file];
  }
  const auto wanted = desk.files().at(9).revised.size() - 2;
  const auto spare = (desk.files().at(3).keys.size() - 2) / 2;
  EXPECT_EQ(from[3], std::min(wanted, spare) + 2);
  EXPECT_FALSE(from.contains(7));
  EXPECT_FALSE(from.contains(8));
}

TEST(Padding, ALargeBatchHasGeneratedKeysOfEachReportSoThatSomeCanChange) {
  Desk desk;
  desk.settings.least_keys = 40;
  desk.start();
  for (int i = 0; i < 20; ++i) (void)desk.published(desk.draft(3, TestType::kLikely));
  (void)desk.published(desk.draft(2));
  desk.next_batch();
  const auto generated = generated_keys(desk);
  std::map<ReportType, std::size_t> counts;
  const auto file = desk.files().at(0);
  for (const auto& key : file.keys) {
    if (generated.contains(key.key.bytes)) ++counts[key.report_type];
  }
  // A tenth of 40, and none to as many more.
  ASSERT_EQ(counts.size(), 2U);
  for (const auto& [report, count] : counts) {
    EXPECT_GE(count, 4U);
    EXPECT_LE(count, 8U);
  }
  EXPECT_EQ(file.keys.size(), 62 + generated.size());
}

}  // namespace
}  // namespace bz::keys
