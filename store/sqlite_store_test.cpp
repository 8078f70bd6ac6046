// What only a store in a file can meet: kill -9, power cuts, a full disk, files of others.
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "base/sqlite.h"
#include "store/store_test.h"
#include "tests/lossy_disk.h"

namespace bz::store {
namespace {

using tests::LossyDisk;

class SqliteStore : public testing::Test {
 protected:
  std::set<std::int64_t> ids_in(Store& store) {
    std::set<std::int64_t> ids;
    const auto read = store.read([&](Sql& sql) {
      return sql.each("SELECT id FROM things", {}, [&](const Row& row) -> Result<bool> {
        ids.insert(row.integer(0));
        return true;
      });
    });
    EXPECT_TRUE(read) << read.error().what;
    return ids;
  }

  void expect_refused(Code code, std::string_view because) {
    const auto store = home_.try_open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, code);
    EXPECT_NE(store.error().what.find(because), std::string::npos) << store.error().what;
  }

  Home home_{Backend::kSqlite};
  std::filesystem::path folder_ = home_.place().folder;
  std::filesystem::path file_ = folder_ / "keys.db";
};

// `bz settings put` and its like beside a running server: the last to close deletes the log, and
// only the last.
TEST_F(SqliteStore, AnotherProgramThatOpensAndClosesItLosesNothingOfOurs) {
  std::array<int, 2> go{};
  ASSERT_EQ(::pipe(go.data()), 0);
  const auto child = ::fork();  // before this process has it open: SQLite does not survive a fork
  ASSERT_GE(child, 0);
  if (child == 0) {
    char byte = 0;
    if (::read(go[0], &byte, 1) != 1) ::_exit(2);
    auto theirs = home_.try_open();
    const bool done = theirs && insert(**theirs, 2);
    if (theirs) theirs->reset();  // closes
    ::_exit(done ? 0 : 1);
  }
  const auto store = home_.open();
  ASSERT_TRUE(insert(*store, 1));
  EXPECT_EQ(ids_in(*store), (std::set<std::int64_t>{1}));  // by a second connection
  ASSERT_EQ(::write(go[1], "x", 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::exists(file_.string() + "-wal"));
  ASSERT_TRUE(insert(*store, 3));
  EXPECT_EQ(ids_in(*home_.open()), (std::set<std::int64_t>{1, 2, 3}));
  for (const int end : go) ::close(end);
}

TEST_F(SqliteStore, IsForItsOwnerOnly) {
  const auto store = home_.open();
  ASSERT_TRUE(insert(*store, 1));
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    struct stat there {};
    ASSERT_EQ(::stat(entry.path().c_str(), &there), 0);
    EXPECT_EQ(there.st_mode & 0777U, 0600U) << entry.path();
  }
  struct stat there {};
  ASSERT_EQ(::stat(folder_.c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777U, 0700U);
}

TEST_F(SqliteStore, AKilledServerKeepsEverythingItAcknowledged) {
  std::set<std::int64_t> acknowledged;
  std::mt19937_64 chance(4);
  for (std::int64_t round = 0; round < 8; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      // Eight threads write without end; each says what was acknowledged to it.
      ::close(pipe[0]);
      const auto store = home_.open();
      std::vector<std::thread> threads;
      for (std::int64_t t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
          for (std::int64_t i = 0;; ++i) {
            const std::int64_t id = (round * 8 + t) * 1'000'000 + i;
            if (!insert(*store, id)) ::_exit(2);
            if (::write(pipe[1], &id, sizeof id) != sizeof id) ::_exit(3);
          }
        });
      }
      for (auto& thread : threads) thread.join();
    }
    ::close(pipe[1]);
    auto wanted = 20 + chance() % 200;
    for (std::int64_t id = 0; ::read(pipe[0], &id, sizeof id) == sizeof id;) {
      acknowledged.insert(id);
      if (wanted > 0 && --wanted == 0) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    const auto found = ids_in(*home_.open());
    EXPECT_TRUE(std::ranges::includes(found, acknowledged)) << "round " << round;
    // Of each thread's last write it is open whether it happened; nothing else is there.
    EXPECT_LE(found.size(), acknowledged.size() + 8 * static_cast<std::size_t>(round + 1));
  }
  EXPECT_GT(acknowledged.size(), 160U);
}

class PowerCut : public SqliteStore {
 protected:
  // How many of `rounds` power cuts lost something that had been acknowledged.
  int rounds_with_loss(int rounds, LossyDisk::Sync sync) {
    int lost = 0;
    for (int round = 0; round < rounds; ++round) {
      std::mt19937_64 chance(static_cast<std::uint64_t>(round));
      std::filesystem::remove_all(folder_);
      EXPECT_TRUE(home_.open());  // made on a sound disk
      std::set<std::int64_t> acknowledged;
      {
        LossyDisk disk(sync);
        disk.cut_power_after(static_cast<int>(chance() % 2'000));
        acknowledged = live(disk);
        disk.lose_unsynced_writes(chance);
      }
      std::filesystem::remove(file_.string() + "-shm");  // memory
      const auto store = home_.try_open();
      lost += store && std::ranges::includes(ids_in(**store), acknowledged) ? 0 : 1;
    }
    return lost;
  }

 private:
  // Four writers until the power is cut; what was acknowledged to them.
  std::set<std::int64_t> live(LossyDisk& disk) {
    std::set<std::int64_t> acknowledged;
    std::mutex mutex;
    const auto store = home_.try_open();
    if (!store) return acknowledged;
    const std::string pad(500, 'x');
    std::vector<std::thread> threads;
    for (std::int64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::int64_t i = 0; !disk.power_is_cut(); ++i) {
          const std::int64_t id = t * 1'000'000 + i;
          if (!run(**store, "INSERT INTO things (id, octets) VALUES ($1, $2)", {id, as_bytes(pad)}))
            return;
          const std::lock_guard lock(mutex);
          acknowledged.insert(id);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    return acknowledged;
  }
};

TEST_F(PowerCut, LosesNothingThatWasAcknowledged) {
  EXPECT_EQ(rounds_with_loss(40, LossyDisk::Sync::kHonest), 0);
}

// The test above can fail: on a disk that ignores syncs, most rounds lose something.
TEST_F(PowerCut, LosesRowsOnADiskThatIgnoresSyncs) {
  EXPECT_GT(rounds_with_loss(12, LossyDisk::Sync::kIgnored), 6);
}

TEST_F(SqliteStore, AFullDiskIsSaidAndWritingGoesOnWhenThereIsRoom) {
  const auto store = home_.open();
  ASSERT_TRUE(insert(*store, 1));
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_IGN);
  auto small = before;
  small.rlim_cur = 400'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Bytes large(50'000, 7);
  std::int64_t id = 1;
  Result<std::int64_t> done = std::int64_t{0};
  while (done && id < 100) {
    ++id;
    done = run(*store, "INSERT INTO things (id, octets) VALUES ($1, $2)", {id, ByteView(large)});
  }
  const auto again =
      run(*store, "INSERT INTO things (id, octets) VALUES (1000, $1)", {ByteView(large)});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kUnavailable);
  EXPECT_EQ(done.error().what, "no room left on the disk");
  EXPECT_FALSE(again);
  ASSERT_TRUE(insert(*store, 2'000));
  // 1, what was acknowledged up to the one before `id`, and 2 000.
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM things"), id);
}

TEST_F(SqliteStore, AnotherProgramMayWriteBesideIt) {
  const auto server = home_.open();
  const auto command_line = home_.open();
  std::vector<std::thread> threads;
  for (std::int64_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::int64_t i = 0; i < 25; ++i) {
        const auto done = insert(t % 2 == 0 ? *server : *command_line, t * 100 + i);
        EXPECT_TRUE(done) << done.error().what;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(number(*server, "SELECT COUNT(*) FROM things"), 200);
}

// Ten texts are written, the third is deleted; the file then has the others in the order of their
// keys, which SQLite fills a page with from its end, and neither file nor log has the third.
TEST_F(SqliteStore, TidyingLeavesNeitherTheOrderOfWritesNorWhatWasDeleted) {
  const auto store = home_.open();
  const auto run = [&](std::string_view sql, const std::string& text) {
    return store->write([&](Sql& tables) { return tables.run(sql, {std::string_view(text)}); });
  };
  ASSERT_TRUE(store->write([](Sql& sql) {
    return sql.run("CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID");
  }));
  for (const auto* word : {"word-4", "word-9", "word-2", "word-7", "word-0", "word-1", "word-8",
                           "word-5", "word-3", "word-6"}) {
    ASSERT_TRUE(run("INSERT INTO words (word) VALUES ($1)", word));
  }
  ASSERT_TRUE(run("DELETE FROM words WHERE word = $1", "word-2"));
  ASSERT_TRUE(store->tidy());
  const auto log = file_.string() + "-wal";
  EXPECT_EQ(std::filesystem::file_size(log), 0U);
  std::ifstream stream(file_);
  const std::string file(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(file.find("word-2"), std::string::npos);
  std::string order;
  for (auto at = file.find("word-"); at != std::string::npos; at = file.find("word-", at + 1)) {
    order += file[at + 5];
  }
  EXPECT_EQ(order, "987654310");
  // And it goes on.
  EXPECT_TRUE(run("INSERT INTO words (word) VALUES ($1)", "word-2"));
  EXPECT_EQ(number(*store, "SELECT COUNT(*) FROM words"), 10);
}

TEST_F(SqliteStore, AFileThatIsNoDatabaseIsRefusedAndLeftAlone) {
  std::filesystem::create_directories(folder_);
  const std::string text(5'000, 'x');
  std::ofstream(file_) << text;
  expect_refused(Code::kMalformed, "keys.db");
  std::ifstream file(file_);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(SqliteStore, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  std::filesystem::create_directories(folder_);
  {
    auto database = Database::open(file_, Database::Mode::kCreate);
    ASSERT_TRUE(database->execute("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (5)"));
  }
  expect_refused(Code::kInvalid, "another program");
  auto database = Database::open(file_, Database::Mode::kExisting);
  EXPECT_EQ(*database->integer("SELECT x FROM theirs"), 5);
  EXPECT_EQ(*database->integer("SELECT COUNT(*) FROM sqlite_master"), 1);
}

TEST_F(SqliteStore, ARenamedFileIsRefused) {
  (void)home_.open(kMigrations, "codes");
  std::filesystem::rename(folder_ / "codes.db", file_);
  expect_refused(Code::kInvalid, "bluezone/codes");
}

TEST_F(SqliteStore, AFileThatWasMadeAndNotYetFilledIsFilled) {
  std::filesystem::create_directories(folder_);
  std::ofstream(file_).flush();
  EXPECT_TRUE(insert(*home_.open(), 1));
}

}  // namespace
}  // namespace bz::store
