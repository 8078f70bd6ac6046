#include "tools/proximity_command.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/shared_files.h"

namespace bz::tools {
namespace {

class ProximityCommand : public testing::Test {
 protected:
  ProximityCommand() { std::filesystem::create_directories(folder_); }
  ~ProximityCommand() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const char* name, const std::string& text) {
    auto path = folder_ / name;
    std::ofstream(path) << text;
    return path;
  }

  static std::string run(const ProximityOptions& options) {
    std::ostringstream out;
    const auto ok = run_proximity(options, out);
    EXPECT_TRUE(ok) << ok.error().what;
    return out.str();
  }

  // Rows `session,tx,rx,time,rssi,power`.
  std::filesystem::path recording(const std::string& rows) {
    return write("r.csv", "session_id,tx_device,rx_device,time_s,rssi_dbm,tx_power_dbm\n" + rows);
  }

 private:
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  (std::string("bz_proximity_") +
                                   testing::UnitTest::GetInstance()->current_test_info()->name());
};

constexpr const char* kHeader = "session_id,rx_device,tx_device,start_s,end_s,close_s,score\n";

TEST_F(ProximityCommand, OneRowForEachDirectedPairAndWindowWithPackets) {
  // Unknown models: attenuation = -25.8 - (rssi + 3.5) = -29.3 - rssi; at -84 dBm 54.7 dB, odds
  // exp(0.1 / 5.8): chance 0.504310. At -90 dBm 60.7 dB: 1 / (1 + exp(5.9 / 5.8)) = 0.265565.
  // Phone 2 scans at 10 s and at 310 s: 120 s (nothing known before) and 300 s, of which the
  // last window, 10 s long, can hold 20.5 s. Phone 1 hears phone 2 once, at 20 s.
  const auto path = recording(
      "s-1,1,2,10,-84,\n"
      "s-1,2,1,20,-90,\n"
      "s-1,1,2,310,-84,\n"
      "s-1,3,2,320.5,-90,\n");
  EXPECT_EQ(run({.recording = path, .devices = {}}),
            std::string(kHeader) +
                "s-1,1,2,0,300.000,31.868,0.265565\n"    // 120 s x 0.265565
                "s-1,2,1,0,300.000,60.517,0.504310\n"    // 120 s x 0.504310
                "s-1,2,1,300,320.500,20.500,0.504310\n"  // 300 s x 0.504 = 151 s, cut at 20.5 s
                "s-1,2,3,300,320.500,20.500,0.265565\n");
}

TEST_F(ProximityCommand, AScanStandsForTheTimeSinceTheReceiversScanBefore) {
  // Phone 2 hears phone 3 at 0 s and phone 1 at 100 s: phone 1's scan stands for 100 s, not for
  // the 120 s of a phone that has heard nobody. The session goes on to 300 s.
  const auto path = recording("s,3,2,0,-90,\ns,1,2,100,-84,\ns,1,9,300,-84,\n");
  const auto text = run({.recording = path, .devices = {}});
  EXPECT_NE(text.find("s,2,1,0,300.000,50.431,0.504310\n"), std::string::npos) << text;
}

TEST_F(ProximityCommand, CloseSecondsComeByScanAndTheScoreByPacket) {
  // One scan at 0 s with the mean of -80 and -88 dBm, that is 54.7 dB, and one at 60 s with one
  // packet of -90: close_s = 120 x 0.504310 + 60 x 0.265565 = 76.451; mean attenuation (50.7 + 58.7
  // + 60.7) / 3 = 56.7, chance 1 / (1 + exp(1.9 / 5.8)) = 0.418828.
  const auto path = recording("s,1,2,0,-80,\ns,1,2,1,-88,\ns,1,2,60,-90,\ns,3,4,300,-90,\n");
  const auto text = run({.recording = path, .devices = {}});
  EXPECT_NE(text.find("s,2,1,0,300.000,76.451,0.418828\n"), std::string::npos) << text;
}

TEST_F(ProximityCommand, CalibratesByModel) {
  // SM-G973F to SM-A405FN: -29 - (-80.0 + 6.1) = 44.9 dB; 1 / (1 + exp(-9.9 / 5.8)) = 0.846433.
  const auto path = recording("x-1,1,2,0,-80,\nx-1,1,2,200,-80,\n");
  const auto devices = write("devices.csv", "source,device,model\nx,1,SM-G973F\nx,2,SM-A405FN\n");
  const auto text = run({.recording = path, .devices = devices});
  EXPECT_NE(text.find(",0.846433\n"), std::string::npos) << text;
}

TEST_F(ProximityCommand, PrintsJsonAnObjectALine) {
  const auto path = recording("s,\xC3\xA1,2,10,-84,\n");
  const auto text = run({.recording = path, .devices = {}, .json = true});
  const auto object = boost::json::parse(text.substr(0, text.find('\n'))).as_object();
  EXPECT_EQ(object.at("session_id").as_string(), "s");
  EXPECT_EQ(object.at("tx_device").as_string(), "\xC3\xA1");
  EXPECT_DOUBLE_EQ(object.at("end_s").as_double(), 10);
  EXPECT_DOUBLE_EQ(object.at("close_s").as_double(), 10);             // 60.5 s do not fit
  EXPECT_NEAR(object.at("close_deviation_s").as_double(), 60, 0.01);  // 120 x 0.49998
}

TEST_F(ProximityCommand, ABrokenRecordingFails) {
  std::ostringstream out;
  EXPECT_EQ(
      run_proximity({.recording = recording("s,1,2,zero,-84,\n"), .devices = {}}, out).error().code,
      Code::kMalformed);
  EXPECT_EQ(run_proximity({.recording = "/nowhere.csv.gz", .devices = {}}, out).error().code,
            Code::kNotFound);
}

TEST_F(ProximityCommand, ReadsARealRecording) {
  const auto path = shared_file("data/proximity/dp3t.csv.gz");
  const auto devices = shared_file("data/proximity/devices.csv");
  BZ_SKIP_WITHOUT(path);
  BZ_SKIP_WITHOUT(devices);
  std::istringstream rows(run({.recording = path, .devices = devices}));
  std::string line;
  std::size_t count = 0;
  while (std::getline(rows, line)) ++count;
  EXPECT_GT(count, 1000U);
}

}  // namespace
}  // namespace bz::tools
