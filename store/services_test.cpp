// Leases, secrets and the audit trail, which every service has of its store.
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <thread>

#include "store/store_test.h"

namespace bz::store {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Instant kNow = from_ms(1'597'838'400'000);  // 2020-08-19 12:00 UTC

// ---- leases

class Leases : public OnBothStores {
 protected:
  std::unique_ptr<Store> store_ = home_.open();
  std::unique_ptr<Store> other_ = home_.open();  // as a second server has it
  SystemRandom random_;
};
BZ_ON_BOTH_STORES(Leases);

TEST_P(Leases, OneHolderAtATimeUntilItLetsGo) {
  Lease first(*store_, "publish", random_);
  Lease second(*other_, "publish", random_);
  Lease elsewhere(*other_, "clean up", random_);
  EXPECT_TRUE(*first.hold(hours{1}));
  EXPECT_TRUE(*first.hold(hours{1}));  // keeps it
  EXPECT_FALSE(*second.hold(hours{1}));
  EXPECT_TRUE(*elsewhere.hold(hours{1}));
  ASSERT_TRUE(second.let_go());  // what it does not hold
  EXPECT_FALSE(*second.hold(hours{1}));
  ASSERT_TRUE(first.let_go());
  EXPECT_TRUE(*second.hold(hours{1}));
  EXPECT_FALSE(*first.hold(hours{1}));
}

TEST_P(Leases, AnotherTakesOverWhenTheTimeIsOut) {
  Lease dead(*store_, "publish", random_);
  Lease heir(*other_, "publish", random_);
  EXPECT_TRUE(*dead.hold(milliseconds{300}));
  const auto start = std::chrono::steady_clock::now();
  while (!*heir.hold(hours{1})) std::this_thread::yield();
  // Not before (rounding of the clock: one millisecond), and only one of the two has it.
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{150});
  EXPECT_FALSE(*dead.hold(hours{1}));
}

TEST_P(Leases, OfManyWhoComeAtOnceOneHasIt) {
  std::atomic<int> holders = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      Lease lease(t % 2 == 0 ? *store_ : *other_, "publish", random_);
      const auto held = lease.hold(hours{1});
      ASSERT_TRUE(held) << held.error().what;
      if (*held) ++holders;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(holders, 1);
}

// ---- secrets

class SecretKeys : public OnBothStores {
 protected:
  SecretKeys() { random_.fill(master_); }

  std::vector<std::int64_t> versions_at(Instant now) {
    Secrets secrets(*store_, master_, random_);
    const auto all = secrets.of("hmac", kRotation, now);
    EXPECT_TRUE(all) << all.error().what;
    std::vector<std::int64_t> versions;
    if (all) {
      for (const auto& secret : *all) versions.push_back(secret.version);
    }
    return versions;
  }

  static constexpr Secrets::Rotation kRotation{.renew_after = hours{90}, .keep_for = hours{30}};
  std::unique_ptr<Store> store_ = home_.open();
  SystemRandom random_;
  SealKey master_{};
};
BZ_ON_BOTH_STORES(SecretKeys);

TEST_P(SecretKeys, AreTheSameAtEveryReadingAndForEveryServer) {
  Secrets here(*store_, master_, random_);
  const auto other = home_.open();
  Secrets there(*other, master_, random_);
  const auto first = here.of("hmac", {}, kNow);
  ASSERT_TRUE(first) << first.error().what;
  ASSERT_EQ(first->size(), 1U);
  EXPECT_EQ(first->front().version, 1);
  EXPECT_EQ(first->front().made, kNow);
  EXPECT_EQ(first->front().value.size(), 32U);
  EXPECT_EQ(there.of("hmac", {}, kNow)->front().value, first->front().value);
  EXPECT_NE(here.of("other", {}, kNow)->front().value, first->front().value);
}

TEST_P(SecretKeys, AreRenewedAndDeletedInTime) {
  EXPECT_EQ(versions_at(kNow), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(versions_at(kNow + hours{89}), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(versions_at(kNow + hours{90}), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(versions_at(kNow + hours{119}), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(versions_at(kNow + hours{120}), (std::vector<std::int64_t>{2}));
  // Long not asked: the second was 90 hours old, the third is made now.
  EXPECT_EQ(versions_at(kNow + hours{1'000}), (std::vector<std::int64_t>{3, 2}));
}

TEST_P(SecretKeys, AreMadeAsTheCallerSays) {
  Secrets secrets(*store_, master_, random_);
  const auto all = secrets.of("signing", {}, kNow, [] { return Bytes{1, 2, 3}; });
  EXPECT_EQ(all->front().value, (Bytes{1, 2, 3}));
}

TEST_P(SecretKeys, OfManyServersThatRenewAtOnceOneMakesThem) {
  std::mutex mutex;
  std::set<Bytes> values;
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&] {
      Secrets secrets(*store_, master_, random_);
      const auto all = secrets.of("hmac", {}, kNow);
      ASSERT_TRUE(all) << all.error().what;
      const std::lock_guard lock(mutex);
      for (const auto& secret : *all) values.insert(secret.value);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(values.size(), 1U);
}

TEST_P(SecretKeys, AreDeniedUnderAnotherMasterKey) {
  EXPECT_EQ(versions_at(kNow).size(), 1U);
  SealKey wrong = master_;
  wrong[0] ^= 1;
  const auto all = Secrets(*store_, wrong, random_).of("hmac", kRotation, kNow);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, Code::kDenied);
}

TEST_P(SecretKeys, CannotBeExchangedOrMadeYoungerInTheDatabase) {
  Secrets secrets(*store_, master_, random_);
  ASSERT_TRUE(secrets.of("a", kRotation, kNow));
  ASSERT_TRUE(run(*store_, "UPDATE secrets SET name = 'b'"));
  EXPECT_EQ(secrets.of("b", kRotation, kNow).error().code, Code::kDenied);
  ASSERT_TRUE(run(*store_, "UPDATE secrets SET name = 'a', made_s = made_s + 1"));
  EXPECT_EQ(secrets.of("a", kRotation, kNow).error().code, Code::kDenied);
  ASSERT_TRUE(run(*store_, "UPDATE secrets SET made_s = made_s - 1"));
  EXPECT_TRUE(secrets.of("a", kRotation, kNow));
}

TEST(MasterKey, IsMadeOnceForItsOwnerOnly) {
  const auto folder = TempFolder::make();
  const auto file = folder->path() / "master.key";
  SystemRandom random;
  const auto made = read_or_make_master_key(file, random);
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_EQ(*read_or_make_master_key(file, random), *made);
  struct stat there {};
  ASSERT_EQ(::stat(file.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0600U);
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(read_or_make_master_key(file, random).error().code, Code::kInvalid);
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  std::ofstream(file) << "not a key\n";
  EXPECT_EQ(read_or_make_master_key(file, random).error().code, Code::kMalformed);
}

TEST_P(SecretKeys, AMasterKeyIsMadeOnlyWhereTheStoreHasNoSecretYet) {
  const auto folder = TempFolder::make();
  const auto file = folder->path() / "master.key";
  const auto made = master_key_of(*store_, "keys", folder->path(), random_);
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_EQ(*master_key_of(*store_, "keys", folder->path(), random_), *made);
  ASSERT_TRUE(Secrets(*store_, *made, random_).of("signing/v1", kRotation, kNow));
  EXPECT_EQ(*master_key_of(*store_, "keys", folder->path(), random_), *made);

  // Handed over to the service only, and so not there for a command beside it.
  std::filesystem::rename(file, folder->path() / "elsewhere");
  const auto none = master_key_of(*store_, "keys", folder->path(), random_);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kNotFound);
  EXPECT_NE(none.error().what.find(file.string()), std::string::npos) << none.error().what;
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_P(SecretKeys, AMasterKeyThatOpensNothingInTheStoreIsRefusedBeforeItSealsAnything) {
  const auto folder = TempFolder::make();
  const auto made = master_key_of(*store_, "keys", folder->path(), random_);
  ASSERT_TRUE(made) << made.error().what;
  ASSERT_TRUE(Secrets(*store_, *made, random_).of("signing/v1", kRotation, kNow));
  ASSERT_TRUE(Secrets(*store_, *made, random_).of("signing/v2", kRotation, kNow));
  const auto other = TempFolder::make();
  ASSERT_TRUE(read_or_make_master_key(other->path() / "master.key", random_));
  EXPECT_EQ(master_key_of(*store_, "keys", other->path(), random_).error().code, Code::kDenied);
  // A damaged row is no sign of another key.
  ASSERT_TRUE(run(*store_, "UPDATE secrets SET made_s = made_s + 1 WHERE name = 'signing/v1'"));
  EXPECT_EQ(*master_key_of(*store_, "keys", folder->path(), random_), *made);
}

// ---- the audit trail

class AuditTrail : public OnBothStores {
 protected:
  void add(int count) {
    for (int i = 0; i < count; ++i) {
      ++added_;
      const auto done = store_->write([&](Sql& sql) {
        return add_audit(sql, {0,
                               kNow + hours{added_},
                               "an officer",
                               "code issued",
                               "batch " + std::to_string(added_),
                               "",
                               added_ % 2 == 0 ? "84" : "51",
                               {}});
      });
      ASSERT_TRUE(done) << done.error().what;
    }
  }
  Result<AuditHead> verify() {
    return store_->read([](Sql& sql) { return verify_audit(sql); });
  }
  void expect_found(std::string_view tampering, const std::string& entry) {
    ASSERT_TRUE(run(*store_, tampering));
    const auto head = verify();
    ASSERT_FALSE(head) << tampering;
    EXPECT_EQ(head.error().code, Code::kMalformed);
    EXPECT_NE(head.error().what.find("entry " + entry + " "), std::string::npos)
        << head.error().what;
  }

  int added_ = 0;
  std::unique_ptr<Store> store_ = home_.open();
};
BZ_ON_BOTH_STORES(AuditTrail);

TEST_P(AuditTrail, IsAChain) {
  EXPECT_EQ(verify()->number, 0);
  add(3);
  const auto head = verify();
  ASSERT_TRUE(head) << head.error().what;
  EXPECT_EQ(head->number, 3);
  std::vector<AuditEntry> read;
  ASSERT_TRUE(store_->read([&](Sql& sql) {
    return read_audit(sql, 3, 10, [&](const AuditEntry& entry) { read.push_back(entry); });
  }));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].number, 2);
  EXPECT_EQ(read[0].subject, "batch 2");
  EXPECT_EQ(read[0].time, kNow + hours{2});
  EXPECT_EQ(read[1].number, 1);
  // Each field with its length, after 32 zeros: number 1, time, "an officer", …
  Bytes bytes(32);
  const auto put = [&](std::uint64_t value) {
    Bytes eight(8);
    put_le(eight, value);
    bytes.insert(bytes.end(), eight.begin(), eight.end());
  };
  put(1);
  put(1'597'838'400'000 + 3'600'000);
  for (const std::string_view text : {"an officer", "code issued", "batch 1", "", "51"}) {
    put(text.size());
    bytes.insert(bytes.end(), text.begin(), text.end());
  }
  EXPECT_EQ(read[1].hash, sha256(bytes));
}

TEST_P(AuditTrail, AChangedEntryIsFound) {
  add(5);
  expect_found("UPDATE audit SET actor = 'nobody' WHERE number = 3", "3");
}
TEST_P(AuditTrail, AnEntryGivenToAnotherScopeIsFound) {
  add(5);
  expect_found("UPDATE audit SET scope = '84' WHERE number = 3", "3");
}
TEST_P(AuditTrail, OneScopeIsReadWithoutTheOthers) {
  add(5);
  std::vector<std::int64_t> read;
  ASSERT_TRUE(store_->read([&](Sql& sql) {
    const auto show = [&](const AuditEntry& entry) { read.push_back(entry.number); };
    return read_audit(sql, 5, 10, show, "51");
  }));
  // 1, 3 and 5 are of 51; before the fifth: 3 and 1.
  EXPECT_EQ(read, (std::vector<std::int64_t>{3, 1}));
}
TEST_P(AuditTrail, ATextMovedFromOneFieldToTheNextIsFound) {
  add(2);
  expect_found("UPDATE audit SET actor = 'an office', action = 'rcode issued' WHERE number = 2",
               "2");
}
TEST_P(AuditTrail, ARemovedEntryIsFound) {
  add(5);
  expect_found("DELETE FROM audit WHERE number = 3", "3");
}
TEST_P(AuditTrail, ARemovedEntryIsFoundWhenTheOthersAreRenumbered) {
  add(5);
  ASSERT_TRUE(run(*store_, "DELETE FROM audit WHERE number = 3"));
  ASSERT_TRUE(run(*store_, "UPDATE audit SET number = 3 WHERE number = 4"));
  expect_found("UPDATE audit SET number = 4 WHERE number = 5", "3");
}
TEST_P(AuditTrail, AnInsertedEntryIsFound) {
  add(3);
  expect_found(
      "INSERT INTO audit SELECT 4, time_ms, actor, action, subject, detail, scope, hash FROM audit "
      "WHERE number = 3",
      "4");
}
TEST_P(AuditTrail, ExchangedEntriesAreFound) {
  add(3);
  ASSERT_TRUE(run(*store_, "UPDATE audit SET number = 10 WHERE number = 1"));
  ASSERT_TRUE(run(*store_, "UPDATE audit SET number = 1 WHERE number = 2"));
  expect_found("UPDATE audit SET number = 2 WHERE number = 10", "1");
}
TEST_P(AuditTrail, ACutBeginningIsFound) {
  add(3);
  expect_found("DELETE FROM audit WHERE number = 1", "1");
}
TEST_P(AuditTrail, ACutEndShowsInTheHeadWrittenDownElsewhere) {
  add(3);
  const auto before = verify();
  ASSERT_TRUE(run(*store_, "DELETE FROM audit WHERE number = 3"));
  EXPECT_EQ(verify()->number, 2);
  // Another entry in its place has another hash.
  added_ = 7;
  add(1);
  EXPECT_EQ(verify()->number, before->number);
  EXPECT_NE(verify()->hash, before->hash);
}

TEST_P(AuditTrail, IsCutAtTheBeginningAndGoesOn) {
  add(5);
  const auto head = verify();
  const auto prune = [&](Instant before) {
    return store_->write([&](Sql& sql) { return prune_audit(sql, before); });
  };
  EXPECT_EQ(*prune(kNow), 0);
  EXPECT_EQ(*prune(kNow + hours{3}), 2);  // 1 and 2
  EXPECT_EQ(*prune(kNow + hours{3}), 0);
  EXPECT_EQ(verify()->hash, head->hash);
  EXPECT_EQ(*prune(kNow + hours{100}), 3);
  EXPECT_EQ(verify()->number, 5);
  EXPECT_EQ(verify()->hash, head->hash);
  add(2);
  EXPECT_EQ(verify()->number, 7);
  expect_found("DELETE FROM audit WHERE number = 6", "6");
}

TEST_P(AuditTrail, IsOneChainForManyServers) {
  const auto other = home_.open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto done = (t % 2 == 0 ? *store_ : *other).write([](Sql& sql) {
          return add_audit(sql, {0, kNow, "server", "batch closed", "", "", {}});
        });
        EXPECT_TRUE(done) << done.error().what;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(verify()->number, 80);
}

TEST_P(AuditTrail, AnEntryIsThereOnlyWithWhatItTellsOf) {
  const auto done = store_->write([](Sql& sql) -> Result<std::int64_t> {
    if (auto noted = add_audit(sql, {0, kNow, "a", "b", "c", "d", {}}); !noted) {
      return noted.error();
    }
    return Error{Code::kConflict, "not done after all"};
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(verify()->number, 0);
}

}  // namespace
}  // namespace bz::store
