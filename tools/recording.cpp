#include "tools/recording.h"

#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "tools/csv_reader.h"

namespace bz::tools {
namespace {

constexpr double kLongestSession = 30.0 * 86'400;

template <class T>
std::optional<T> number_from(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::optional<engine::Dbm> dbm_from(std::string_view text) {
  const auto value = number_from<int>(text);
  if (!value || *value < -127 || *value > 20) return {};
  return engine::Dbm{static_cast<std::int8_t>(*value)};
}

Error malformed(std::string what) {
  return {Code::kMalformed, std::move(what)};
}

// Holds the promises on the order of rows.
class Order {
 public:
  Result<void> check(std::string_view session, std::chrono::milliseconds time) {
    if (session != session_) {
      if (!seen_.emplace(session).second) {
        return malformed("a session begins again; its rows must be together");
      }
      session_ = session;
    } else if (time < latest_) {
      return malformed("time_s is below that of the row before");
    }
    latest_ = time;
    return {};
  }

 private:
  std::set<std::string, std::less<>> seen_;
  std::string session_;
  std::chrono::milliseconds latest_{};
};

}  // namespace

Result<void> read_recording(const std::filesystem::path& path,
                            const std::function<Result<void>(const RecordedPacket&)>& visit,
                            const std::optional<std::string>& session) {
  constexpr std::array<std::string_view, 6> kColumns{"session_id", "rx_device", "tx_device",
                                                     "time_s",     "rssi_dbm",  "tx_power_dbm"};
  Order order;
  return read_csv(path, kColumns, [&](std::span<const std::string_view> fields) -> Result<void> {
    RecordedPacket packet;
    packet.session = fields[0];
    packet.rx_device = fields[1];
    packet.tx_device = fields[2];
    if (packet.session.empty()) return malformed("session_id is blank");
    if (packet.rx_device.empty() || packet.tx_device.empty()) return malformed("a device is blank");
    const auto time_s = number_from<double>(fields[3]);
    if (!time_s || !(std::abs(*time_s) <= kLongestSession)) {
      return malformed("time_s must be a number of seconds, 30 days at most");
    }
    packet.time = std::chrono::milliseconds(std::llround(*time_s * 1000));
    const auto rssi = dbm_from(fields[4]);
    if (!rssi) return malformed("rssi_dbm must be a whole number from -127 to 20");
    packet.rssi = *rssi;
    if (!fields[5].empty()) {
      packet.tx_power = dbm_from(fields[5]);
      if (!packet.tx_power) {
        return malformed("tx_power_dbm must be blank or a whole number from -127 to 20");
      }
    }
    if (auto ok = order.check(packet.session, packet.time); !ok) return ok;
    if (session && packet.session != *session) return {};
    return visit(packet);
  });
}

Result<Devices> Devices::read(const std::filesystem::path& path) {
  constexpr std::array<std::string_view, 3> kColumns{"source", "device", "model"};
  Devices devices;
  auto ok = read_csv(path, kColumns, [&](std::span<const std::string_view> fields) -> Result<void> {
    const std::pair key{std::string(fields[0]), std::string(fields[1])};
    if (!devices.models_.emplace(key, fields[2]).second)
      return malformed("a device is there twice");
    return {};
  });
  if (!ok) return ok.error();
  return devices;
}

std::string_view Devices::model(std::string_view session, std::string_view device) const {
  const auto source = session.substr(0, session.find('-'));
  const auto place = models_.find({std::string(source), std::string(device)});
  return place == models_.end() ? device : std::string_view(place->second);
}

}  // namespace bz::tools
