#include "engine/calibration.h"

#include <algorithm>
#include <array>

namespace bz::engine {
namespace {

struct Row {
  std::string_view model;
  double google_receive_db;
  double google_transmit_dbm;
  // What our fit adds to Google's table (docs/proximity.md). Models heard from one phone only: A51,
  // A90, S20.
  double fitted_receive_db;
  double fitted_transmit_db;
};

// Google, "BLE RSSI calibration" for Exposure Notifications, table of 2020-12-14.
constexpr std::array kModels{
    Row{"SM-A405FN", 2, -23, 4.1, 1.3},      // Galaxy A40
    Row{"SM-A515F", 2, -28, -0.3, 2.7},      // Galaxy A51
    Row{"SM-A908B", 5, -25, 1.6, -0.2},      // Galaxy A90
    Row{"SM-G970F", 5, -25, -3.1, -3.3},     // Galaxy S10e
    Row{"SM-G973F", 2, -29, 0.4, 0.0},       // Galaxy S10
    Row{"SM-G981B/DS", 5, -25, -2.6, -0.5},  // Galaxy S20
};

// Between the classes LOW and ULTRA_LOW (-21 dBm).
constexpr double kBelowLowDbm = -18;
// Frames of class ULTRA_LOW arrive stronger than their nominal power says: 4.5 dB by the fit, of
// which we believe half, since only two sessions were recorded with it and they differ by 2.8 dB.
constexpr double kUltraLowExcessDb = 2.2;

}  // namespace

PhoneCalibration calibration_of(std::string_view model) {
  const auto* row = std::ranges::find(kModels, model, &Row::model);
  if (row == kModels.end()) return kUnknownPhone;
  return {row->google_receive_db + row->fitted_receive_db,
          row->google_transmit_dbm + row->fitted_transmit_db};
}

double transmit_shift_db(std::optional<Dbm> logged) {
  if (!logged || logged->value > kBelowLowDbm) return 0;
  return logged->value - kLowPowerDbm + kUltraLowExcessDb;
}

Attenuation attenuation(double transmit_power_dbm, double received_dbm,
                        double receive_correction_db) {
  return {std::max(0.0, transmit_power_dbm - (received_dbm + receive_correction_db))};
}

}  // namespace bz::engine
