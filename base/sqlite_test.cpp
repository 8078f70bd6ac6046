#include "base/sqlite.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/temp_folder.h"

namespace bz {
namespace {

class Sqlite : public testing::Test {
 protected:
  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
};

TEST_F(Sqlite, WhatIsBoundIsReadBack) {
  auto db = Database::in_memory();
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->execute("CREATE TABLE t(a, b, c, d)"));
  auto insert = db->prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  const Bytes blob{0, 1, 0xFF};
  ASSERT_TRUE(
      insert->bind(1, std::int64_t{-5}).bind(2, blob).bind(3, "Trà Vinh").bind_null(4).run());
  auto select = db->prepare("SELECT a, b, c, d FROM t");
  ASSERT_TRUE(select);
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->integer(0), -5);
  EXPECT_EQ(Bytes(select->blob(1).begin(), select->blob(1).end()), blob);
  EXPECT_EQ(select->text(2), "Trà Vinh");
  EXPECT_EQ(select->optional_integer(3), std::nullopt);
  EXPECT_FALSE(*select->step());
}

TEST_F(Sqlite, AnEmptyBlobIsNotNull) {
  auto db = Database::in_memory();
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->execute("CREATE TABLE t(a BLOB NOT NULL)"));
  EXPECT_TRUE(db->prepare("INSERT INTO t VALUES(?)")->bind(1, ByteView{}).run());
}

TEST_F(Sqlite, ATransactionThatIsNotCommittedLeavesNothing) {
  auto db = Database::open(folder_ / "a.db", Database::Mode::kCreate);
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->execute("CREATE TABLE t(a)"));
  {
    auto transaction = Transaction::begin(*db);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(db->execute("INSERT INTO t VALUES(1)"));
  }
  EXPECT_EQ(*db->integer("SELECT count(*) FROM t"), 0);
  auto transaction = Transaction::begin(*db);
  ASSERT_TRUE(db->execute("INSERT INTO t VALUES(1)"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(*db->integer("SELECT count(*) FROM t"), 1);
}

TEST_F(Sqlite, EachFailureSaysWhatCanBeDone) {
  EXPECT_EQ(Database::open(folder_ / "none", Database::Mode::kExisting).error().code,
            Code::kNotFound);
  EXPECT_EQ(Database::open(folder_, Database::Mode::kExisting).error().code, Code::kUnavailable);

  std::ofstream(folder_ / "text") << std::string(2000, 'x');
  auto text = Database::open(folder_ / "text", Database::Mode::kExisting);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->integer("SELECT count(*) FROM sqlite_schema").error().code, Code::kMalformed);

  auto db = Database::open(folder_ / "a.db", Database::Mode::kCreate);
  ASSERT_TRUE(db->execute("CREATE TABLE t(a UNIQUE)"));
  ASSERT_TRUE(db->execute("INSERT INTO t VALUES(1)"));
  EXPECT_EQ(db->execute("INSERT INTO t VALUES(1)").error().code, Code::kConflict);
  EXPECT_EQ(db->execute("INSERT INTO nosuch VALUES(1)").error().code, Code::kInvalid);
  EXPECT_EQ(db->integer("SELECT a FROM t WHERE a = 2").error().code, Code::kNotFound);

  auto other = Database::open(folder_ / "a.db", Database::Mode::kExisting);
  auto held = Transaction::begin(*db);
  ASSERT_TRUE(held);
  EXPECT_EQ(Transaction::begin(*other).error().code, Code::kUnavailable);
}

TEST_F(Sqlite, ADatabaseMadeInMemoryCanBeOpenedAsAFile) {
  auto db = Database::in_memory();
  ASSERT_TRUE(db->execute("PRAGMA application_id=7; CREATE TABLE t(a); INSERT INTO t VALUES(3)"));
  const auto bytes = db->serialize();
  ASSERT_TRUE(bytes);
  std::ofstream(folder_ / "b.db", std::ios::binary) << as_text(*bytes);
  auto file = Database::open(folder_ / "b.db", Database::Mode::kReadOnly);
  // Byte 68 to 71 of the file, big endian, is the application id.
  const auto header = file->raw_header();
  ASSERT_EQ(header->size(), 100U);
  EXPECT_EQ((*header)[71], 7);
  EXPECT_EQ(*file->integer("SELECT a FROM t"), 3);
  EXPECT_EQ(file->execute("INSERT INTO t VALUES(4)").error().code, Code::kUnavailable);
}

TEST_F(Sqlite, EmptyingTheWriteAheadLogLeavesAFileOfNoBytes) {
  auto db = Database::open(folder_ / "a.db", Database::Mode::kCreate);
  ASSERT_TRUE(db->execute("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1)"));
  EXPECT_GT(std::filesystem::file_size(folder_ / "a.db-wal"), 0U);
  ASSERT_TRUE(db->empty_wal());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "a.db-wal"), 0U);
  EXPECT_EQ(*db->integer("SELECT a FROM t"), 1);
}

}  // namespace
}  // namespace bz
