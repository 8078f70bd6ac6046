#include "engine/calibration.h"

#include <gtest/gtest.h>

namespace bz::engine {
namespace {

TEST(Calibration, AttenuationIsTransmitPowerLessCorrectedReceivedPower) {
  // -29 - (-80 + 2.4) = 48.6
  EXPECT_DOUBLE_EQ(attenuation(-29, -80, 2.4).db, 48.6);
}

TEST(Calibration, AttenuationIsNeverBelowZero) {
  EXPECT_DOUBLE_EQ(attenuation(-29, -20, 2.4).db, 0);  // -29 - (-20 + 2.4) = -11.4
}

TEST(Calibration, AKnownModelIsGooglesRowWithOurFitAdded) {
  // SM-G970F: receive 5 - 3.1, transmit -25 - 3.3.
  EXPECT_DOUBLE_EQ(calibration_of("SM-G970F").receive_correction_db, 1.9);
  EXPECT_DOUBLE_EQ(calibration_of("SM-G970F").transmit_power_dbm, -28.3);
}

TEST(Calibration, AnUnknownModelIsTheMeanOfTheKnownOnes) {
  EXPECT_EQ(calibration_of("Nokia 1"), kUnknownPhone);
  EXPECT_EQ(calibration_of(""), kUnknownPhone);
  PhoneCalibration sum;
  for (const auto* model :
       {"SM-A405FN", "SM-A515F", "SM-A908B", "SM-G970F", "SM-G973F", "SM-G981B/DS"}) {
    sum.receive_correction_db += calibration_of(model).receive_correction_db / 6;
    sum.transmit_power_dbm += calibration_of(model).transmit_power_dbm / 6;
  }
  EXPECT_NEAR(sum.receive_correction_db, kUnknownPhone.receive_correction_db, 0.05);
  EXPECT_NEAR(sum.transmit_power_dbm, kUnknownPhone.transmit_power_dbm, 0.05);
}

TEST(Calibration, OnlyTheLowestPowerClassShiftsTheTransmitPower) {
  EXPECT_DOUBLE_EQ(transmit_shift_db({}), 0);        // class LOW
  EXPECT_DOUBLE_EQ(transmit_shift_db(Dbm{-15}), 0);  // the same, said aloud
  EXPECT_DOUBLE_EQ(transmit_shift_db(Dbm{-7}), 0);
  EXPECT_DOUBLE_EQ(transmit_shift_db(Dbm{12}), 0);
  EXPECT_DOUBLE_EQ(transmit_shift_db(Dbm{-20}), -2.8);  // ULTRA_LOW: -20 + 15 + 2.2
  EXPECT_DOUBLE_EQ(transmit_shift_db(Dbm{-21}), -3.8);  // -21 + 15 + 2.2
}

}  // namespace
}  // namespace bz::engine
