// The radio between simulated phones: which advertisements arrive, and how strongly.
//
// The received power of one frame in dBm (log-distance path loss with log-normal shadowing,
// Rappaport, "Wireless Communications", 2nd ed., section 4.9; Rician fading, section 5.6):
//
//   transmit power
//   - reference_loss - 10 exponent log10(distance / 1 m)      path
//   - wall_loss * walls
//   - body loss at the sender - body loss at the receiver     by how each phone is carried
//   + device offset of the sender + of the receiver           the calibration's error, fixed
//   + shadowing                                               fixed while both stay
//   + drift                                                   slow change within a stay
//   + channel                                                 of three, drawn for each scan
//   + fading                                                  each frame for itself
//
// A frame is heard when this is at least the sensitivity, the receiver is scanning, the sender is
// advertising and no other transmission covered it. Constants: docs/simulation.md.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "engine/sighting.h"

namespace bz::sim {

enum class Carriage : std::uint8_t { kHand, kPocket, kBag, kTable };

// What a body takes from a phone's signal, in dB: `around` in every direction, and up to `through`
// more when the body is between the phone and the other one.
struct BodyLoss {
  double around_db = 0;
  double through_db = 0;
};

struct RadioSettings {
  // Path. Free space at 2.44 GHz loses 20 log10(4 pi 1 m / 0.123 m) = 40.2 dB at 1 m; 1.8 dB more
  // for antennas that do not point at each other. Exponent: 20 to 25 dB from 1 m to 10 m, as
  // indoors in company.
  double reference_loss_db = 42.0;
  double exponent = 2.3;
  double nearest_m = 0.2;      // below this the formula does not hold; such distances count as this
  double wall_loss_db = 12.0;  // one brick wall

  // hand, pocket, bag, table
  std::array<BodyLoss, 4> body = {{{1, 6}, {3, 8}, {3, 5}, {1, 2}}};

  // Standard deviations in dB.
  double device_sd_db =
      1.5;  // each phone, as sender and as receiver: what the calibration table leaves
  double shadowing_sd_db = 4.0;  // facts: 4 dB latent offset per encounter
  double drift_sd_db = 1.5;
  std::chrono::minutes drift_time{10};  // drift is independent after this long
  double channel_sd_db = 1.5;

  // Power of the steady path over that of the scattered ones, dB; through a wall nothing is steady
  // (Rayleigh).
  double rician_k_db = 6.0;

  // Receivers report down to about -98 dBm; calibration tables add 2 to 5 dB to what they report,
  // and so does this model.
  double sensitivity_dbm = -94.0;

  // Probabilities.
  double scan_stopped = 0.08;  // the system does not run a receiver's scan
  double sender_silent =
      0.08;  // the sender is not on the air during this scan (changing name, audio, other uses)
  double frame_lost = 0.45;  // collision, or the receiver is between channels

  // The rhythm that the figures above hold for; what plays the phones uses it.
  std::chrono::milliseconds advertising_interval{255};  // 250 ms and the mean random delay of 5 ms
  std::chrono::milliseconds scan_length{4'000};

  // Frames that a sender sends during one scan.
  [[nodiscard]] constexpr int frames_per_scan() const {
    return static_cast<int>(scan_length / advertising_interval);
  }
};

// Everyday radio: the defaults above.
constexpr RadioSettings everyday_radio() {
  return {};
}

// Phones of unknown models in unknown rooms: the means of whole encounters at one distance spread
// by 9 dB.
RadioSettings harsh_radio();

// Path and body only: every frame within reach arrives, at one distance and carriage always equally
// strong.
RadioSettings ideal_radio();

// How one end of a link carries the phone. `away` is the angle, in radians from 0 to pi, between
// the side of the body on which the phone is and the direction of the other phone: at pi the body
// is between.
struct Body {
  Carriage carriage = Carriage::kTable;
  double away = 0;
};

// One sender and one receiver at a moment.
struct Link {
  std::size_t sender = 0;
  std::size_t receiver = 0;
  Instant time;
  // Stands for where both are: one value as long as neither changes place, in both directions; then
  // another.
  std::uint64_t occasion = 0;
  double transmit_dbm = 0;  // what the sender says that it sends with
  double distance_m = 0;
  int walls = 0;
  Body sender_body;
  Body receiver_body;
};

struct Reception {
  bool heard = false;
  engine::Dbm rssi = engine::kNoRssi;  // rounded to whole dBm; kNoRssi when not heard
};

// Never changes after it is made; may be used from several threads. All chance is a hash of the
// seed and of what is asked, so the order of the questions does not matter.
class RadioModel {
 public:
  RadioModel(const RadioSettings& settings, std::uint64_t seed);

  // One frame: the receiver's scan number `scan_no` (counted by the caller over its whole life) and
  // the frame's number within that scan, from 0.
  [[nodiscard]] Reception frame(const Link& link, std::uint64_t scan_no, int frame_no) const;

  // False when the system stopped this scan: nothing is heard in it, and the phone knows of no
  // scan.
  [[nodiscard]] bool scan_runs(std::size_t receiver, std::uint64_t scan_no) const;

  // The power around which the frames of this moment fade, in dBm: all of the formula but channel
  // and fading.
  [[nodiscard]] double local_mean_dbm(const Link& link) const;

  [[nodiscard]] const RadioSettings& settings() const { return settings_; }

 private:
  [[nodiscard]] double body_loss_db(const Body& body) const;
  [[nodiscard]] double drift_db(std::uint64_t pair, Instant time) const;
  [[nodiscard]] double fading_db(std::uint64_t hash, int walls) const;

  RadioSettings settings_;
  std::uint64_t seed_;
  double steady_;     // Rician: amplitude of the steady path, total mean power being 1
  double scattered_;  // standard deviation of each of the two scattered components
};

}  // namespace bz::sim
