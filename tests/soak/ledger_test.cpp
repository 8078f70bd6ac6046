// That the soak's judge sees what may go wrong: otherwise it could only pass.
#include "tests/soak/ledger.h"

#include <gtest/gtest.h>

namespace bz::soak {
namespace {

const std::vector<std::string> kKey{"AAAA"};

Published with(const Appearances& seen) {
  Published published;
  published.formats["VN/zip"][kKey.front()] = seen;
  return published;
}

struct LedgerTest : testing::Test {
  LedgerTest() {
    ledger.sent(Ledger::Kind::kDayKey, kKey);
    ledger.acknowledged(kKey);
  }
  Ledger ledger;
};

TEST_F(LedgerTest, AnAcknowledgedKeyInOneBatchIsRight) {
  EXPECT_TRUE(ledger.compare(with({.as_new = {900}, .as_revised = {}})).empty());
}

TEST_F(LedgerTest, AnAcknowledgedKeyThatIsMissingIsAFault) {
  Published nothing;
  nothing.formats["VN/zip"];
  EXPECT_EQ(ledger.compare(nothing),
            std::vector<std::string>{"VN/zip: an acknowledged key is missing"});
}

TEST_F(LedgerTest, AKeyInTwoBatchesOrTwiceInOneIsAFault) {
  EXPECT_EQ(ledger.compare(with({.as_new = {900, 1'800}, .as_revised = {}})).size(), 1U);
  EXPECT_EQ(ledger.compare(with({.as_new = {900, 900}, .as_revised = {}})).size(), 1U);
}

TEST_F(LedgerTest, AKeyOfUnknownFateMayBeThereOnceOrNot) {
  Ledger other;
  other.sent(Ledger::Kind::kDayKey, kKey);
  Published nothing;
  nothing.formats["VN/zip"];
  EXPECT_TRUE(other.compare(nothing).empty());
  EXPECT_TRUE(other.compare(with({.as_new = {900}, .as_revised = {}})).empty());
  EXPECT_EQ(other.compare(with({.as_new = {900, 1'800}, .as_revised = {}})).size(), 1U);
}

TEST_F(LedgerTest, ARevisionThatNobodySentIsAFault) {
  EXPECT_EQ(ledger.compare(with({.as_new = {900}, .as_revised = {1'800}})).size(), 1U);
}

TEST_F(LedgerTest, AnAcknowledgedRevisionIsInOneLaterBatch) {
  ledger.revision_sent(kKey);
  ledger.revision_acknowledged(kKey);
  EXPECT_TRUE(ledger.compare(with({.as_new = {900}, .as_revised = {1'800}})).empty());
  EXPECT_EQ(ledger.compare(with({.as_new = {900}, .as_revised = {}})).size(), 1U);
  EXPECT_EQ(ledger.compare(with({.as_new = {900}, .as_revised = {900}})).size(), 1U);
  EXPECT_EQ(ledger.compare(with({.as_new = {900}, .as_revised = {1'800, 2'700}})).size(), 1U);
}

TEST_F(LedgerTest, TheSameFaultIsToldOnceForEachFormatWithHowOften) {
  ledger.sent(Ledger::Kind::kDayKey, std::vector<std::string>{"BBBB"});
  ledger.acknowledged(std::vector<std::string>{"BBBB"});
  Published nothing;
  nothing.formats["VN/bzk"];
  nothing.formats["VN/zip"];
  EXPECT_EQ(ledger.compare(nothing),
            (std::vector<std::string>{"VN/bzk: an acknowledged key is missing (2 of them)",
                                      "VN/zip: an acknowledged key is missing (2 of them)"}));
}

TEST_F(LedgerTest, ChainsAreLookedForInTheirOwnFilesOnly) {
  Ledger chains;
  chains.sent(Ledger::Kind::kChain, kKey);
  chains.acknowledged(kKey);
  Published published;
  published.formats["VN/zip"];
  EXPECT_TRUE(chains.compare(published).empty());
  published.formats["VN/bzt"];
  EXPECT_EQ(chains.compare(published).size(), 1U);
}

}  // namespace
}  // namespace bz::soak
