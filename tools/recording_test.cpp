#include "tools/recording.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/file.h"

namespace bz::tools {
namespace {

using std::chrono::milliseconds;

constexpr const char* kHeader =
    "session_id,scenario,tx_device,rx_device,time_s,rssi_dbm,tx_power_dbm,true_distance_m\n";

class Recording : public testing::Test {
 protected:
  Recording() { std::filesystem::create_directories(folder_); }
  ~Recording() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text) {
    auto path = folder_ / "recording.csv";
    std::ofstream(path) << text;
    return path;
  }

  std::filesystem::path write_gzip(const std::string& text) {
    auto path = folder_ / "recording.csv.gz";
    gzFile file = gzopen(path.c_str(), "wb");
    EXPECT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
              static_cast<int>(text.size()));
    gzclose(file);
    return path;
  }

  static Result<std::size_t> rows_of(const std::filesystem::path& path,
                                     const std::optional<std::string>& session = {}) {
    std::size_t rows = 0;
    auto ok = read_recording(
        path,
        [&](const RecordedPacket&) -> Result<void> {
          ++rows;
          return {};
        },
        session);
    if (!ok) return ok.error();
    return rows;
  }

  // What is wrong with a recording of these rows, without the file's name.
  std::string fault_of(const std::string& rows) {
    const auto path = write(kHeader + rows);
    const auto result = rows_of(path);
    if (result) return "nothing";
    EXPECT_EQ(result.error().code, Code::kMalformed);
    return result.error().what.substr(path.string().size() + 2);
  }

 private:
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  (std::string("bz_recording_") +
                                   testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(Recording, ReadsColumnsByNameFromGzip) {
  const auto path = write_gzip(
      "rssi_dbm,time_s,rx_device,tx_device,session_id,tx_power_dbm\n"
      "-88,-5,1,17,dp3t-a,-21\n"
      "-90,0.25,2,17,dp3t-a,\n");
  std::vector<RecordedPacket> packets;
  ASSERT_TRUE(read_recording(path, [&](const RecordedPacket& packet) -> Result<void> {
    EXPECT_EQ(packet.session, "dp3t-a");
    EXPECT_EQ(packet.tx_device, "17");
    EXPECT_EQ(packet.rx_device, packets.empty() ? "1" : "2");
    packets.push_back(packet);
    return {};
  }));
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].time, milliseconds{-5000});
  EXPECT_EQ(packets[0].rssi, engine::Dbm{-88});
  EXPECT_EQ(packets[0].tx_power, engine::Dbm{-21});
  EXPECT_EQ(packets[1].time, milliseconds{250});
  EXPECT_FALSE(packets[1].tx_power);
}

TEST_F(Recording, GivesOneSessionIfAsked) {
  const auto path =
      write(std::string(kHeader) + "a,,1,2,0,-60,,\na,,1,2,1,-60,,\nb,,1,2,0,-60,,\n");
  EXPECT_EQ(*rows_of(path), 3U);
  EXPECT_EQ(*rows_of(path, "a"), 2U);
  EXPECT_EQ(*rows_of(path, "c"), 0U);
}

TEST_F(Recording, ALastLineWithoutItsEndAndCarriageReturnsAreRead) {
  EXPECT_EQ(fault_of("a,,1,2,0,-60,,\r\na,,1,2,1,-60,,"), "nothing");
}

TEST_F(Recording, NamesTheLineThatIsWrong) {
  const std::string good = "a,,1,2,7,-60,,\n";
  EXPECT_EQ(fault_of(good + "a,,1,2,8,-60,\n"), "line 3: 7 fields, the header has 8");
  EXPECT_EQ(fault_of(good + "a,,1,2,x,-60,,\n"),
            "line 3: time_s must be a number of seconds, 30 days at most");
  EXPECT_EQ(fault_of("a,,1,2,nan,-60,,\n"),
            "line 2: time_s must be a number of seconds, 30 days at most");
  EXPECT_EQ(fault_of(good + good + "a,,1,2,7,127,,\n"),
            "line 4: rssi_dbm must be a whole number from -127 to 20");
  EXPECT_EQ(fault_of("a,,1,2,7,-60,low,\n"),
            "line 2: tx_power_dbm must be blank or a whole number from -127 to 20");
  EXPECT_EQ(fault_of(",,1,2,7,-60,,\n"), "line 2: session_id is blank");
  EXPECT_EQ(fault_of("a,,,2,7,-60,,\n"), "line 2: a device is blank");
  EXPECT_EQ(fault_of("a,\"x\",1,2,7,-60,,\n"), "line 2: quotation marks are not understood here");
  EXPECT_EQ(fault_of(std::string(70'000, 'a')), "line 2: the line is too long");
}

TEST_F(Recording, RowsOutOfOrderAreMalformed) {
  EXPECT_EQ(fault_of("a,,1,2,7,-60,,\na,,1,2,6.9,-60,,\n"),
            "line 3: time_s is below that of the row before");
  EXPECT_EQ(fault_of("a,,1,2,7,-60,,\nb,,1,2,1,-60,,\na,,1,2,8,-60,,\n"),
            "line 4: a session begins again; its rows must be together");
}

TEST_F(Recording, AMissingOrDoubleColumnIsMalformed) {
  EXPECT_EQ(rows_of(write("session_id,tx_device\n")).error().code, Code::kMalformed);
  EXPECT_EQ(rows_of(write("")).error().code, Code::kMalformed);
  const auto twice =
      rows_of(write("session_id,session_id,tx_device,rx_device,time_s,rssi_dbm,tx_power_dbm\n"));
  ASSERT_FALSE(twice);
  EXPECT_TRUE(twice.error().what.ends_with("line 1: column session_id is there twice"));
}

TEST_F(Recording, AFileCutShortIsMalformed) {
  std::string rows = kHeader;
  for (int i = 0; i < 20'000; ++i) rows += "a,,1,2," + std::to_string(i) + ",-60,,\n";
  const auto path = write_gzip(rows);
  ASSERT_EQ(*rows_of(path), 20'000U);  // many times the reader's buffer
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto result = rows_of(path);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kMalformed);
}

TEST_F(Recording, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(rows_of("/nowhere/recording.csv.gz").error().code, Code::kNotFound);
}

TEST_F(Recording, AVisitorsFailureStopsTheReading) {
  const auto path = write(std::string(kHeader) + "a,,1,2,7,-60,,\na,,1,2,8,-60,,\n");
  int visits = 0;
  const auto result = read_recording(path, [&](const RecordedPacket&) -> Result<void> {
    ++visits;
    return Error{Code::kUnavailable, "the disk is full"};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kUnavailable);
  EXPECT_EQ(visits, 1);
}

TEST_F(Recording, DevicesAreModelsBySourceElseTheirOwnName) {
  const auto devices =
      Devices::read(write("source,device,model,more\ndp3t,1,SM-G973F,0\nother,1,SM-A405FN,0\n"));
  ASSERT_TRUE(devices);
  EXPECT_EQ(devices->model("dp3t-exp05-train", "1"), "SM-G973F");
  EXPECT_EQ(devices->model("other-x", "1"), "SM-A405FN");
  EXPECT_EQ(devices->model("mitre-set_2-00", "iPhone 11"), "iPhone 11");
  EXPECT_FALSE(Devices::read(write("source,device,model\na,1,X\na,1,Y\n")));
}

}  // namespace
}  // namespace bz::tools
