// What is known of phones as radios: how much a model hears and sends beside another one, and which
// signal strength stands for which distance. docs/proximity.md says where each number comes from.
#pragma once

#include <optional>
#include <string_view>

#include "engine/exposure_window.h"
#include "engine/sighting.h"

namespace bz::engine {

// One phone model as receiver and sender, in the convention of Google's calibration table:
// attenuation = transmit power of the sender - (received power + receive correction of the
// receiver).
struct PhoneCalibration {
  double receive_correction_db = 0;  // added to the power that the model's radio reports
  double transmit_power_dbm = 0;  // of an advertisement at power class LOW, as the others hear it

  bool operator==(const PhoneCalibration&) const = default;
};

// The mean of the models we know, for every model we do not: six Samsung phones say little about
// any other.
inline constexpr PhoneCalibration kUnknownPhone{3.5, -25.8};

// By the model's own name, such as "SM-G973F", case as written by its maker. kUnknownPhone when it
// is not in our table.
PhoneCalibration calibration_of(std::string_view model);

// Power class LOW of Android, -15 dBm: what contact-tracing apps advertise with and calibration
// tables are made for.
inline constexpr double kLowPowerDbm = -15;

// How much stronger (weaker, below 0) than at class LOW a frame was sent, in decibels, by the power
// that the log of a recording names. Only class ULTRA_LOW (-21 dBm) makes a difference: powers
// above LOW are named in the recordings too, but do not agree with what was received
// (docs/proximity.md). 0 where none is named.
double transmit_shift_db(std::optional<Dbm> logged);

Attenuation attenuation(double transmit_power_dbm, double received_dbm,
                        double receive_correction_db);

// The two parameters of engine/proximity.h, of calibrated attenuation at class LOW: the mean
// attenuation of phones 2 m apart, and the scale of the logistic curve around it.
inline constexpr double kTwoMetresDb = 54.8;
inline constexpr double kProximityScaleDb = 5.8;

}  // namespace bz::engine
