#include "phone/phone.h"

#include <algorithm>
#include <array>
#include <utility>

#include "phone/scan_row.h"
#include "wire/trace_envelope.h"

namespace bz::phone {

using engine::Scan;

namespace {

Instant start_of_slot(Instant now) {
  constexpr engine::Slots kSlots;
  return kSlots.start(day_of(now), kSlots.index_at(now));
}

// A file of either kind: how many keys or chains were compared.
Result<std::size_t> add_file(Matches& matches, ByteView file, const wire::Trust& trust) {
  if (wire::looks_like_trace_envelope(file)) return matches.add_trace_envelope(file, trust);
  const auto summary = matches.add_export(file, trust);
  if (!summary) return summary.error();
  return summary->keys;
}

}  // namespace

Result<Phone> Phone::open(const std::filesystem::path& file, const SealKey& wrapping_key,
                          Random& random, const PhoneSettings& settings) {
  auto store = Store::open(file, wrapping_key, random);
  if (!store) return store.error();
  return Phone(std::make_unique<Store>(std::move(*store)), settings);
}

Phone::Phone(std::unique_ptr<Store> store, const PhoneSettings& settings)
    : store_(std::move(store)),
      log_(*store_),
      keys_(std::make_unique<OwnKeys>(*store_)),
      chains_(std::make_unique<OwnChains>(*store_)),
      report_(std::make_unique<Report>(*store_, *keys_, *chains_)),
      settings_(settings) {}

Result<Bytes> Phone::advertisement(Instant now) {
  const auto slot = settings_.profile == engine::Profile::kBluezone3 ? start_of_slot(now)
                                                                     : start_of(interval_at(now));
  const auto changes = [this] { return keys_->changes() + chains_->changes(); };
  if (said_in_ == std::pair{slot, changes()}) return said_;
  const auto said = frame(now);
  if (!said) return said.error();
  said_ = engine::advertisement(*said);
  said_in_ = std::pair{slot, changes()};
  return said_;
}

Result<engine::Frame> Phone::frame(Instant now) {
  if (settings_.profile == engine::Profile::kBluezone3) {
    if (!settings_.send_bluezone3)
      return Error{Code::kDenied, "the authority has not turned the profile bluezone3 on"};
    if (auto ended = keys_->end_current(now); !ended) return ended.error();
    const auto key = chains_->current(now);
    if (!key) return key.error();
    return engine::Frame{
        settings_.profile, engine::bluezone3_id(*key, engine::Slots{}.index_at(now)), {}};
  }
  if (auto ended = chains_->end_current(now); !ended) return ended.error();
  const auto own = keys_->current(now, settings_.profile);
  if (!own) return own.error();
  engine::Frame frame{
      settings_.profile, engine::rolling_id(engine::id_key(own->key), interval_at(now)), {}};
  frame.aem = engine::encrypt(engine::metadata_key(own->key), frame.id,
                              engine::Metadata::with_power(settings_.transmit_power));
  return frame;
}

void Phone::begin_scan(Instant now) {
  scan_ = Scan{now, {}};
}

engine::Reading Phone::hear(ByteView advertisement, engine::Dbm rssi, Instant now) {
  const auto reading = engine::read_advertisement(advertisement);
  counts_.add(reading);
  const auto* frame = std::get_if<engine::Frame>(&reading);
  if (frame == nullptr) return reading;
  if (!scan_) begin_scan(now);
  const auto since_start = std::chrono::abs(now - scan_->start);
  if (scan_->heard.size() < kMostSightingsInAScan && since_start <= kLongestScan) {
    scan_->heard.push_back({frame->profile, frame->id, frame->aem, rssi, now});
  }
  return reading;
}

Result<void> Phone::end_scan() {
  if (!scan_) return {};
  unwritten_.push_back(*std::exchange(scan_, std::nullopt));
  return unwritten_.size() < settings_.scans_a_write ? Result<void>{} : flush();
}

Result<void> Phone::flush() {
  auto written = log_.append(unwritten_);
  if (!written && written.error().code == Code::kInvalid) {
    // One of them, of a clock that no calendar knows, can never be written and must not keep the
    // others out.
    std::erase_if(unwritten_, [](const Scan& scan) { return !write_scan_row(scan); });
    written = log_.append(unwritten_);
  }
  if (written) unwritten_.clear();
  return written;
}

Result<ForgetReport> Phone::forget(const Keeping& keep, Instant now) {
  return phone::forget(*store_, keep, now);
}

Result<CheckResult> Phone::check(Transport& transport, const wire::Trust& trust,
                                 const engine::RiskSettings& settings, Instant now) {
  if (auto ok = flush(); !ok) return ok.error();
  std::vector<Scan> scans;
  const auto read = log_.read([&scans](const Scan& scan) { scans.push_back(scan); });
  if (!read) return read.error();

  std::array<std::uint8_t, 8> salt{};
  store_->random().fill(salt);
  const engine::NameTable names(scans, get_le(salt));
  Matches matches(names, scans, settings_.receiver);
  CheckResult result;
  result.damaged_rows = read->damaged;
  const auto files = transport.export_names();
  if (!files) return files.error();
  result.fault = transport.list_fault();
  for (const auto& name : *files) {
    const auto file = transport.fetch(name);
    if (!file) return file.error();
    const auto keys = add_file(matches, *file, trust);
    if (!keys) {
      transport.drop(name);  // an error page, say, that came in its place
      return Error{keys.error().code, name + ": " + keys.error().what};
    }
    ++result.files;
    result.keys += *keys;
  }
  result.exposures = matches.exposures();
  result.warning =
      engine::warning(engine::daily_summaries(result.exposures, settings, day_of(now)), settings);
  // What was found is not withheld because the disk fails: then the next check comes too early.
  if (!result.fault) static_cast<void>(note_checked(*store_, now));
  return result;
}

Result<UploadPreview> Phone::preview_upload(Day first, Instant now) {
  const auto own = keys_->of_days(first, day_of(now));
  if (!own) return own.error();
  const Interval running = interval_at(now);
  std::vector<engine::DayKey> keys;
  for (auto [key, profile] : *own) {
    if (key.start >= running) continue;
    if (key.covers(running)) key.period = running.number - key.start.number;
    keys.push_back(key);
  }
  return UploadPreview(std::move(keys));
}

Result<ChainPreview> Phone::preview_chains(Day first, Instant now) {
  auto chains = chains_->since(first, now);
  if (!chains) return chains.error();
  return ChainPreview(std::move(*chains));
}

}  // namespace bz::phone
