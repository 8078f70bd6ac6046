#include "tools/demo_command.h"

#include <array>
#include <ostream>

#include "engine/frame.h"
#include "engine/matcher.h"

namespace bz::tools {
namespace {

struct SmallPhone {
  engine::DayKey key;
  std::vector<engine::Scan> log;

  [[nodiscard]] Bytes says(Interval now) const {
    const auto id = engine::rolling_id(engine::id_key(key), now);
    const auto power = engine::Metadata::with_power({-20});
    return engine::advertisement(engine::Frame{
        engine::Profile::kBluezone4, id, engine::encrypt(engine::metadata_key(key), id, power)});
  }
  void hears(const Bytes& advertisement, engine::Dbm rssi, Instant now) {
    const auto reading = engine::read_advertisement(advertisement);
    if (const auto* frame = std::get_if<engine::Frame>(&reading)) {
      log.push_back({now, {{frame->profile, frame->id, frame->aem, rssi, now}}});
    }
  }
};

}  // namespace

Result<void> run_demo(const DemoOptions&, std::ostream& out) {
  SystemRandom random;
  const Interval noon{2'642'976 + 72};
  SmallPhone an{engine::new_day_key(random, noon), {}};
  SmallPhone binh{engine::new_day_key(random, noon), {}};
  SmallPhone chi{engine::new_day_key(random, noon), {}};
  binh.hears(an.says(noon), {-70}, start_of(noon));
  chi.hears(binh.says(noon), {-70}, start_of(noon));

  engine::PublishedKey published{an.key, engine::ReportType::kConfirmed, 0, 0};
  const auto met = [&](const SmallPhone& phone) {
    return !engine::Matcher(phone.log, {}).match(std::array{published}).empty();
  };
  out << "An falls ill and publishes the key of the day.\n"
      << "Bình met An: " << (met(binh) ? "yes" : "no")
      << "\nChi met An: " << (met(chi) ? "yes" : "no") << '\n';
  if (met(binh) && !met(chi)) return {};
  return Error{Code::kConflict, "the wrong phones were warned"};
}

}  // namespace bz::tools
