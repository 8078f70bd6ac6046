#include "sim/radio_model.h"

#include <algorithm>
#include <cmath>

#include "sim/chance.h"

namespace bz::sim {
namespace {

// What a draw is for, so that no two draws share a hash.
enum Purpose : std::uint64_t {
  kDeviceSends,
  kDeviceReceives,
  kShadowing,
  kDrift,
  kChannel,
  kFading,
  kScanStopped,
  kSenderSilent,
  kFrameLost,
};

constexpr int kAdvertisingChannels = 3;

double power_db(double ratio) {
  return 10.0 * std::log10(ratio);
}

// Shadowing is the same in both directions, since both waves take the same way.
std::uint64_t pair_hash(std::uint64_t seed, const Link& link) {
  return hash_of(seed, std::min(link.sender, link.receiver), std::max(link.sender, link.receiver),
                 link.occasion);
}

}  // namespace

RadioSettings harsh_radio() {
  RadioSettings settings;
  settings.device_sd_db = 3.5;
  settings.shadowing_sd_db = 6.5;
  return settings;
}

RadioSettings ideal_radio() {
  RadioSettings settings;
  settings.device_sd_db = 0;
  settings.shadowing_sd_db = 0;
  settings.drift_sd_db = 0;
  settings.channel_sd_db = 0;
  settings.rician_k_db = 100;  // 10^-10 of the power fades
  settings.scan_stopped = 0;
  settings.sender_silent = 0;
  settings.frame_lost = 0;
  return settings;
}

RadioModel::RadioModel(const RadioSettings& settings, std::uint64_t seed)
    : settings_(settings), seed_(seed) {
  const double k = std::pow(10.0, settings.rician_k_db / 10.0);
  steady_ = std::sqrt(k / (k + 1.0));
  scattered_ = std::sqrt(0.5 / (k + 1.0));
}

bool RadioModel::scan_runs(std::size_t receiver, std::uint64_t scan_no) const {
  return unit(hash_of(seed_, kScanStopped, receiver, scan_no)) >= settings_.scan_stopped;
}

double RadioModel::body_loss_db(const Body& body) const {
  const BodyLoss& loss = settings_.body[static_cast<std::size_t>(body.carriage)];
  return loss.around_db + loss.through_db * (1.0 - std::cos(body.away)) / 2.0;
}

double RadioModel::drift_db(std::uint64_t pair, Instant time) const {
  if (settings_.drift_sd_db == 0) return 0;
  const std::chrono::milliseconds step = settings_.drift_time;
  const auto knot = static_cast<std::uint64_t>(time.time_since_epoch() / step);
  const double part = static_cast<double>((time.time_since_epoch() % step).count()) /
                      static_cast<double>(step.count());
  // A straight line between two independent draws would vary less in its middle.
  const double width = std::sqrt(part * part + (1.0 - part) * (1.0 - part));
  return settings_.drift_sd_db *
         ((1.0 - part) * normal(hash_of(pair, kDrift, knot)) +
          part * normal(hash_of(pair, kDrift, knot + 1))) /
         width;
}

double RadioModel::local_mean_dbm(const Link& link) const {
  const double distance = std::max(link.distance_m, settings_.nearest_m);
  const std::uint64_t pair = pair_hash(seed_, link);
  return link.transmit_dbm - settings_.reference_loss_db - settings_.exponent * power_db(distance) -
         settings_.wall_loss_db * link.walls - body_loss_db(link.sender_body) -
         body_loss_db(link.receiver_body) +
         settings_.device_sd_db * (normal(hash_of(seed_, kDeviceSends, link.sender)) +
                                   normal(hash_of(seed_, kDeviceReceives, link.receiver))) +
         settings_.shadowing_sd_db * normal(hash_of(pair, kShadowing)) + drift_db(pair, link.time);
}

double RadioModel::fading_db(std::uint64_t hash, int walls) const {
  const double steady = walls > 0 ? 0.0 : steady_;
  const double scattered = walls > 0 ? std::sqrt(0.5) : scattered_;
  const double in_phase = steady + scattered * normal(hash_of(hash, 0));
  const double quadrature = scattered * normal(hash_of(hash, 1));
  return power_db(std::max(in_phase * in_phase + quadrature * quadrature, 1e-12));
}

Reception RadioModel::frame(const Link& link, std::uint64_t scan_no, int frame_no) const {
  const std::uint64_t one_way = hash_of(seed_, link.sender, link.receiver, scan_no);
  if (unit(hash_of(one_way, kFrameLost, frame_no)) < settings_.frame_lost) return {};
  if (unit(hash_of(one_way, kSenderSilent)) < settings_.sender_silent) return {};
  if (!scan_runs(link.receiver, scan_no)) return {};

  const double mean = local_mean_dbm(link);
  // 20 dB above the mean is beyond what channel and fading add, so most pairs of a town cost no
  // more than this.
  if (mean < settings_.sensitivity_dbm - 20.0) return {};

  // A receiver listens to one channel for a third of a scan: the sender's frames of that time
  // arrive on it.
  const int channel = frame_no * kAdvertisingChannels / settings_.frames_per_scan();
  const double rssi = mean + settings_.channel_sd_db * normal(hash_of(one_way, kChannel, channel)) +
                      fading_db(hash_of(one_way, kFading, frame_no), link.walls);
  if (rssi < settings_.sensitivity_dbm) return {};
  return {true, {static_cast<std::int8_t>(std::clamp(std::lround(rssi), -127L, 20L))}};
}

}  // namespace bz::sim
