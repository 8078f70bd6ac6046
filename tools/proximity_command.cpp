#include "tools/proximity_command.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iomanip>
#include <map>
#include <ostream>
#include <sstream>
#include <tuple>
#include <vector>

#include "engine/calibration.h"
#include "engine/proximity.h"
#include "engine/sighting.h"
#include "tools/recording.h"

namespace bz::tools {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kWindow{300};

// Everything received by one phone from one other in one window.
struct Evidence {
  std::vector<engine::ScanInstance> scans;
  int packets_in_scan = 0;  // of the last scan
  double attenuation_sum = 0;
  int packets = 0;
};

// One session of a recording. Scans of a receiver are told by the packets it received from anybody;
// a new one begins with each window, so that no scan belongs to two.
class Session {
 public:
  Session(std::string name, const Devices& devices) : name_(std::move(name)), devices_(devices) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  void add(const RecordedPacket& packet) {
    last_ = std::max(last_, packet.time);
    const auto window = std::max<std::int64_t>(0, packet.time / kWindow);
    const auto since_last = scan_of(packet, window);
    auto& evidence = pairs_[{std::string(packet.rx_device), std::string(packet.tx_device), window}];
    const auto attenuation = attenuation_of(packet);
    const auto scan_start = receivers_.find(packet.rx_device)->second.scan_start;
    if (evidence.scans.empty() || evidence.scans.back().time.time_since_epoch() < scan_start) {
      evidence.scans.push_back({.time = Instant{packet.time},
                                .typical = {},
                                .minimum = attenuation,
                                .since_last_scan = since_last});
      evidence.packets_in_scan = 0;
    }
    auto& scan = evidence.scans.back();
    const double n = ++evidence.packets_in_scan;
    scan.typical.db += (attenuation.db - scan.typical.db) / n;
    scan.minimum = std::min(scan.minimum, attenuation);
    evidence.attenuation_sum += attenuation.db;
    ++evidence.packets;
  }

  void print(bool json, std::ostream& out) const {
    for (const auto& [key, evidence] : pairs_) {
      const auto& [rx, tx, window] = key;
      const double start_s = static_cast<double>((window * kWindow).count());
      const double last_s = static_cast<double>(last_.count()) / 1000;
      // A window is never empty, even if the session ends with its first packet.
      const double end_s = std::clamp(last_s, start_s + 1, start_s + 300);
      const auto close = engine::close_time(evidence.scans);
      const double close_s = std::min(close.expected_s, end_s - start_s);
      const double score = engine::close_probability({evidence.attenuation_sum / evidence.packets});
      if (json) {
        out << boost::json::object{{"session_id", name_},
                                   {"rx_device", rx},
                                   {"tx_device", tx},
                                   {"start_s", start_s},
                                   {"end_s", end_s},
                                   {"close_s", close_s},
                                   {"close_deviation_s", close.deviation_s},
                                   {"score", score}}
            << '\n';
      } else {
        out << name_ << ',' << rx << ',' << tx << ',' << std::fixed << std::setprecision(0)
            << start_s << ',' << std::setprecision(3) << end_s << ',' << close_s << ','
            << std::setprecision(6) << score << '\n';
      }
    }
  }

 private:
  struct Receiver {
    milliseconds scan_start{};
    std::int64_t window = 0;
    std::chrono::seconds since_last = engine::kUnknownGap;
  };

  // The time that the receiver's present scan stands for.
  std::chrono::seconds scan_of(const RecordedPacket& packet, std::int64_t window) {
    auto place = receivers_.find(packet.rx_device);
    if (place == receivers_.end()) {
      place = receivers_.try_emplace(std::string(packet.rx_device), Receiver{packet.time, window})
                  .first;
    }
    auto& receiver = place->second;
    const auto since = packet.time - receiver.scan_start;
    if (since >= engine::kScanSpan || window != receiver.window) {
      receiver.since_last = std::clamp(std::chrono::round<std::chrono::seconds>(since),
                                       std::chrono::seconds{1}, engine::kLongestGap);
      receiver.scan_start = packet.time;
      receiver.window = window;
    }
    return receiver.since_last;
  }

  [[nodiscard]] engine::Attenuation attenuation_of(const RecordedPacket& packet) const {
    const auto sender = engine::calibration_of(devices_.model(name_, packet.tx_device));
    const auto receiver = engine::calibration_of(devices_.model(name_, packet.rx_device));
    return engine::attenuation(
        sender.transmit_power_dbm + engine::transmit_shift_db(packet.tx_power), packet.rssi.value,
        receiver.receive_correction_db);
  }

  std::string name_;
  const Devices& devices_;
  milliseconds last_{};
  std::map<std::string, Receiver, std::less<>> receivers_;
  std::map<std::tuple<std::string, std::string, std::int64_t>, Evidence> pairs_;
};

}  // namespace

Result<void> run_proximity(const ProximityOptions& options, std::ostream& out) {
  Devices devices;
  if (options.devices) {
    auto read = Devices::read(*options.devices);
    if (!read) return read.error();
    devices = std::move(*read);
  }
  if (!options.json) out << "session_id,rx_device,tx_device,start_s,end_s,close_s,score\n";
  std::optional<Session> session;
  auto ok = read_recording(options.recording, [&](const RecordedPacket& packet) -> Result<void> {
    if (!session || session->name() != packet.session) {
      if (session) session->print(options.json, out);
      session.emplace(std::string(packet.session), devices);
    }
    session->add(packet);
    return {};
  });
  if (!ok) return ok;
  if (session) session->print(options.json, out);
  return {};
}

}  // namespace bz::tools
