#include "phone/store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <sys/resource.h>

#include <csignal>

#include "phone/own_keys.h"
#include "phone/phone_test.h"

namespace bz::phone {
namespace {

class StoreTest : public PhoneTest {
 protected:
  void make_log() {
    auto store = open();
    ASSERT_TRUE(store);
    ASSERT_TRUE(SightingLog(*store).append(std::vector{numbered_scan(1, on_day(0), 10)}));
  }

  // What opening refuses stays as it is, byte by byte, and is told in one sentence that begins with
  // the file's name.
  void expect_refused(Code code, const std::string& words) {
    const auto before = bytes_of_file(path_);
    const auto store = open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, code);
    EXPECT_EQ(store.error().what.rfind(path_.string() + ": ", 0), 0U);
    EXPECT_NE(store.error().what.find(words), std::string::npos) << store.error().what;
    EXPECT_EQ(store.error().what.find('\n'), std::string::npos);
    EXPECT_EQ(bytes_of_file(path_), before);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
  }
};

TEST_F(StoreTest, ALogIsMadeOnceAndThenOpened) {
  make_log();
  auto store = open();
  ASSERT_TRUE(store) << store.error().what;
  EXPECT_EQ(read_all(*store), std::vector{numbered_scan(1, on_day(0), 10)});
}

TEST_F(StoreTest, AnEmptyFileBecomesALog) {
  std::ofstream(path_).close();
  EXPECT_TRUE(open());
  EXPECT_TRUE(open());
}

TEST_F(StoreTest, OnlyItsOwnerMayReadTheFile) {
  make_log();
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path_).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(StoreTest, AWrongKeyIsOneSentenceAndChangesNothing) {
  make_log();
  key_[31] ^= 1U;
  expect_refused(Code::kDenied, "the key is not the one this log was made with");
}

TEST_F(StoreTest, AWrongKeyLeavesTheWriteAheadLogOfACrashAsItIs) {
  const auto crashed = folder_ / "crashed";
  {
    auto store = open();
    ASSERT_TRUE(SightingLog(*store).append(std::vector{numbered_scan(1, on_day(0), 10)}));
    // As a kill leaves them: the rows are in the write-ahead log only.
    std::filesystem::copy_file(path_, crashed);
    std::filesystem::copy_file(path_.string() + "-wal", crashed.string() + "-wal");
  }
  const auto database = bytes_of_file(crashed);
  const auto wal = bytes_of_file(crashed.string() + "-wal");
  auto wrong = key_;
  wrong[0] ^= 1U;
  EXPECT_EQ(Store::open(crashed, wrong, random_).error().code, Code::kDenied);
  EXPECT_EQ(bytes_of_file(crashed), database);
  EXPECT_EQ(bytes_of_file(crashed.string() + "-wal"), wal);
  auto store = Store::open(crashed, key_, random_);
  ASSERT_TRUE(store);
  EXPECT_EQ(read_all(*store).size(), 1U);
}

TEST_F(StoreTest, ATextFileIsNotALog) {
  std::ofstream(path_) << std::string(5'000, 'x');
  expect_refused(Code::kMalformed, "not a phone log");
}

TEST_F(StoreTest, AShortFileIsNotALog) {
  std::ofstream(path_) << "SQLite format 3";
  expect_refused(Code::kMalformed, "not a phone log");
}

TEST_F(StoreTest, AnotherProgramsDatabaseIsNotALog) {
  {
    auto database = Database::open(path_, Database::Mode::kCreate);
    ASSERT_TRUE(database->execute("PRAGMA application_id=77; CREATE TABLE day(number, key)"));
  }
  expect_refused(Code::kMalformed, "not a phone log");
}

TEST_F(StoreTest, ALogOfANewerVersionIsLeftToANewerProgram) {
  make_log();
  {
    auto database = Database::open(path_, Database::Mode::kExisting);
    ASSERT_TRUE(database->execute("PRAGMA journal_mode=DELETE; PRAGMA user_version=3"));
  }
  expect_refused(Code::kMalformed, "a phone log of version 3, this program knows version 2");
}

TEST_F(StoreTest, ALogOfTheFirstVersionIsBroughtUpToDate) {
  {
    auto store = open();
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->database().execute("DROP TABLE kept; PRAGMA user_version=1"));
  }
  {
    auto store = open();
    ASSERT_TRUE(store) << store.error().what;
    ASSERT_TRUE(store->keep("a name", as_bytes("a value")));
  }
  auto store = open();
  ASSERT_TRUE(store) << store.error().what;
  EXPECT_EQ(as_text(**store->kept("a name")), "a value");
}

TEST_F(StoreTest, WhatIsDroppedIsNotInTheFilesAnyMoreAndWhatIsKeptLiesSealed) {
  const auto value = as_bytes("a value that nobody else writes");
  {
    auto store = open();
    ASSERT_TRUE(store->keep("a name", value));
    ASSERT_TRUE(store->keep("another", value));
    EXPECT_FALSE(holds(raw(), value));
    ASSERT_TRUE(store->drop("a name"));
    EXPECT_FALSE(*store->kept("a name"));
    EXPECT_TRUE(*store->kept("another"));
  }
  EXPECT_FALSE(holds(raw(), as_bytes("a name")));
}

TEST_F(StoreTest, ATruncatedLogIsDamaged) {
  make_log();
  for (const std::uintmax_t size :
       {std::filesystem::file_size(path_) - 1, std::filesystem::file_size(path_) / 2,
        std::uintmax_t{4'096}, std::uintmax_t{100}}) {
    std::filesystem::resize_file(path_, size);
    expect_refused(Code::kMalformed, "damaged");
  }
  std::filesystem::resize_file(path_, 99);
  expect_refused(Code::kMalformed, "not a phone log");
}

TEST_F(StoreTest, AFolderIsNotALog) {
  std::filesystem::create_directory(path_);
  EXPECT_EQ(open().error().code, Code::kInvalid);
  EXPECT_EQ(Store::open(folder_ / "none" / "phone.log", key_, random_).error().code,
            Code::kNotFound);
}

TEST_F(StoreTest, OneLogIsOpenedByOneStoreAtATime) {
  auto store = open();
  ASSERT_TRUE(store);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_NE(second.error().what.find("another program has the file open"), std::string::npos);
  ASSERT_TRUE(SightingLog(*store).append(std::vector{numbered_scan(1, on_day(0), 10)}));
}

TEST_F(StoreTest, AFullDiskIsOneSentenceAndLosesNothingAcknowledged) {
  std::vector<engine::Scan> acknowledged;
  Result<void> refused;
  {
    auto store = open();
    ASSERT_TRUE(store);
    SightingLog log(*store);
    // No file may pass 128 KiB, which the kernel enforces as a full disk does: neither the database
    // nor its log.
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{1U << 17U, before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    // A scan is about 290 bytes, so that at most 1,000 of them can find room.
    for (std::uint64_t number = 0; refused && number < 1'000; ++number) {
      const auto scan = numbered_scan(number, on_day(0) + seconds{number}, 10);
      refused = log.append(std::vector{scan});
      if (refused) acknowledged.push_back(scan);
    }
    EXPECT_EQ(read_all(*store), acknowledged);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, SIG_DFL);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_EQ(refused.error().what, "no room left on the disk");
    // With room again it goes on.
    acknowledged.push_back(numbered_scan(2'000, on_day(0) + seconds{2'000}, 10));
    EXPECT_TRUE(log.append(std::vector{acknowledged.back()}));
  }
  auto store = open();
  ASSERT_TRUE(store);
  EXPECT_GT(acknowledged.size(), 10U);
  EXPECT_EQ(read_all(*store), acknowledged);
}

TEST_F(StoreTest, NoNameAndNoKeyLiesInClear) {
  auto store = open();
  ASSERT_TRUE(store);
  const auto scan = numbered_scan(1, on_day(0), 10);
  ASSERT_TRUE(SightingLog(*store).append(std::vector{scan}));
  const auto own = OwnKeys(*store).current(on_day(0), engine::Profile::kBluezone4);
  ASSERT_TRUE(own);
  const auto day_key = store->day_key(kFirstDay);
  ASSERT_TRUE(day_key);
  const auto expect_no_secret = [&](const Bytes& bytes) {
    // Halves too: no part of eight bytes is there.
    for (const auto& sighting : scan.heard) {
      EXPECT_FALSE(holds(bytes, std::span(sighting.id.bytes).first(8)));
      EXPECT_FALSE(holds(bytes, std::span(sighting.id.bytes).last(8)));
    }
    for (const ByteView key : {ByteView(own->key.bytes), ByteView(*day_key), ByteView(key_)}) {
      EXPECT_FALSE(holds(bytes, key.first(8)));
      EXPECT_FALSE(holds(bytes, key.last(8)));
    }
  };
  expect_no_secret(raw());  // in the write-ahead log
  EXPECT_GT(std::filesystem::file_size(path_.string() + "-wal"), 0U);
  store = Error{};
  expect_no_secret(raw());  // in the database
  EXPECT_FALSE(std::filesystem::exists(path_.string() + "-wal"));
}

TEST_F(StoreTest, OfManyWhoMakeOneLogNobodyLosesWhatWasAcknowledged) {
  // Each child opens the same new log until it is free, adds one scan and says so.
  constexpr int kChildren = 6;
  for (int round = 0; round < 5; ++round) {
    const auto path = folder_ / ("shared-" + std::to_string(round));
    std::vector<pid_t> children;
    for (int i = 0; i < kChildren; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        for (;;) {
          auto store = Store::open(path, key_, random_);
          if (!store && store.error().code == Code::kUnavailable) continue;  // another has it
          if (!store) ::_exit(1);
          const auto scan = numbered_scan(static_cast<std::uint64_t>(i), on_day(0), 1);
          ::_exit(SightingLog(*store).append({&scan, 1}) ? 0 : 1);
        }
      }
      children.push_back(child);
    }
    for (const auto child : children) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(WEXITSTATUS(status), 0);
    }
    auto store = Store::open(path, key_, random_);
    ASSERT_TRUE(store);
    EXPECT_EQ(SightingLog(*store).read([](const engine::Scan&) {})->scans, kChildren);
  }
}

TEST_F(StoreTest, WhereALogMustBeThereNoneIsMade) {
  const auto open_only = [&](const std::filesystem::path& path) {
    return Store::open(path, key_, random_, Store::Missing::kFail).error().code;
  };
  EXPECT_EQ(open_only(path_), Code::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_));
  std::ofstream(path_).close();
  EXPECT_EQ(open_only(path_), Code::kNotFound);
  EXPECT_EQ(std::filesystem::file_size(path_), 0U);
}

}  // namespace
}  // namespace bz::phone
