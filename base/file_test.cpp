#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/temp_folder.h"

namespace bz {
namespace {

class File : public testing::Test {
 protected:
  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
};

TEST_F(File, ReadsBackWhatWasWritten) {
  const auto path = folder_ / "a";
  ASSERT_TRUE(write_file(path, Bytes{1, 2, 3}));
  ASSERT_TRUE(write_file(path, Bytes{4}));
  EXPECT_EQ(*read_file(path, 10), Bytes{4});
  // Nothing but the file is left in the folder.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(File, AFileOverTheLimitIsMalformed) {
  ASSERT_TRUE(write_file(folder_ / "a", Bytes(11)));
  EXPECT_EQ(read_file(folder_ / "a", 10).error().code, Code::kMalformed);
  EXPECT_TRUE(read_file(folder_ / "a", 11));
}

TEST_F(File, WhatIsNotThereAndWhatIsNoFileAreToldApart) {
  EXPECT_EQ(read_file(folder_ / "none", 10).error().code, Code::kNotFound);
  EXPECT_EQ(read_file(folder_, 10).error().code, Code::kUnavailable);
}

TEST_F(File, AWriteThatFailsHalfwayLeavesTheOldContent) {
  const auto path = folder_ / "a";
  ASSERT_TRUE(write_file(path, Bytes{1}));
  // A limit of 64 KiB a file makes the kernel refuse the rest of a longer write, as a full disk
  // does.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1U << 16U, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto result = write_file(path, Bytes(1U << 17U));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, SIG_DFL);

  EXPECT_EQ(result.error().code, Code::kUnavailable);
  EXPECT_EQ(*read_file(path, 10), Bytes{1});
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(File, ASecretIsReadByItsOwnerOnly) {
  using std::filesystem::perms;
  ASSERT_TRUE(write_file(folder_ / "a", Bytes{1}, Readers::kOwnerOnly));
  EXPECT_EQ(std::filesystem::status(folder_ / "a").permissions(),
            perms::owner_read | perms::owner_write);
}

TEST_F(File, ALinkKeepsPointingToTheFileThatIsWritten) {
  ASSERT_TRUE(write_file(folder_ / "a", Bytes{1}));
  std::filesystem::create_symlink(folder_ / "a", folder_ / "link");
  ASSERT_TRUE(write_file(folder_ / "link", Bytes{2}));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
  EXPECT_EQ(*read_file(folder_ / "a", 10), Bytes{2});
}

TEST_F(File, WhatIsNoFileIsNeverReplaced) {
  std::filesystem::create_symlink(folder_ / "none", folder_ / "dangling");
  EXPECT_EQ(write_file(folder_ / "dangling", Bytes{1}).error().code, Code::kNotFound);
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(write_file(folder_ / "pipe", Bytes{1}).error().code, Code::kInvalid);
  EXPECT_TRUE(std::filesystem::is_fifo(folder_ / "pipe"));
  EXPECT_EQ(write_file(folder_, Bytes{1}).error().code, Code::kInvalid);
}

TEST_F(File, OfManyWhoCreateOneFileOneSucceedsAndItsContentStays) {
  constexpr std::uint8_t kCallers = 8;
  std::vector<pid_t> children;
  for (std::uint8_t i = 0; i < kCallers; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(create_file(folder_ / "a", Bytes(1000, i)) ? i : 100);
    children.push_back(child);
  }
  std::vector<int> winners;
  for (const auto child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WEXITSTATUS(status) != 100) winners.push_back(WEXITSTATUS(status));
  }
  ASSERT_EQ(winners.size(), 1U);
  EXPECT_EQ(*read_file(folder_ / "a", 1000), Bytes(1000, static_cast<std::uint8_t>(winners[0])));
  EXPECT_EQ(create_file(folder_ / "a", Bytes{1}).error().code, Code::kConflict);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(File, AFolderThatIsGoneIsOneClearError) {
  const auto result = write_file(folder_ / "none" / "a", Bytes{1});
  EXPECT_EQ(result.error().code, Code::kNotFound);
  EXPECT_NE(result.error().what.find("cannot be written"), std::string::npos);
}

TEST_F(File, WrittenInPiecesItAppearsOnlyWhole) {
  const auto path = folder_ / "a";
  ASSERT_TRUE(write_file(path, Bytes{9}));
  auto writer = FileWriter::replacing(path);
  ASSERT_TRUE(writer);
  ASSERT_TRUE(writer->append(Bytes{1, 2, 3}));
  ASSERT_TRUE(writer->append(Bytes{4}));
  ASSERT_TRUE(writer->overwrite(1, Bytes{7, 8}));
  ASSERT_TRUE(writer->append(Bytes{5}));
  EXPECT_EQ(*read_file(path, 10), Bytes{9});
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(*read_file(path, 10), (Bytes{1, 7, 8, 4, 5}));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(File, AWriterThatIsDroppedLeavesNothing) {
  ASSERT_TRUE(FileWriter::replacing(folder_ / "a")->append(Bytes{1}));
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(File, OfTwoThatMakeTheSameFileInPiecesTheSecondIsRefused) {
  auto first = FileWriter::creating(folder_ / "a");
  auto second = FileWriter::creating(folder_ / "a");
  ASSERT_TRUE(first->append(Bytes{1}));
  ASSERT_TRUE(first->commit());
  EXPECT_EQ(second->commit().error().code, Code::kConflict);
  EXPECT_EQ(*read_file(folder_ / "a", 10), Bytes{1});
}

}  // namespace
}  // namespace bz
