#include "phone/settings_keeper.h"

#include <algorithm>

namespace bz::phone {
namespace {

constexpr std::string_view kName = "settings";
constexpr std::chrono::days kClockTolerance{1};

}  // namespace

Result<SettingsKeeper> SettingsKeeper::open(Store& store, wire::Trust trust) {
  SettingsKeeper keeper(store, std::move(trust));
  const auto kept = store.kept(kName);
  if (!kept) return kept.error();
  if (!*kept) return keeper;
  // Sealed under the wrapping key, so these are the bytes that were taken.
  const auto file = wire::read_settings_file(**kept, wire::Trust::in_anybody());
  if (!file) return Error{Code::kMalformed, "the log is damaged: its settings cannot be read"};
  const auto part = wire::signed_part_of_settings(**kept);
  keeper.highest_ = file->version;
  keeper.signed_part_.assign(part.begin(), part.end());
  if (wire::read_settings_file(**kept, keeper.trust_)) keeper.file_ = *file;
  return keeper;
}

Result<void> SettingsKeeper::check_newer(const wire::SettingsFile& file, ByteView bytes,
                                         Instant now) const {
  if (file.version < highest_) {
    return Error{Code::kDenied, "settings: version " + std::to_string(file.version) +
                                    " is lower than " + std::to_string(highest_) +
                                    ", which was taken before"};
  }
  if (file.version == highest_ &&
      !std::ranges::equal(wire::signed_part_of_settings(bytes), signed_part_)) {
    return Error{Code::kDenied, "settings: other values under version " +
                                    std::to_string(file.version) +
                                    ", which was taken before: they need a greater one"};
  }
  if (now >= file.expires) return Error{Code::kDenied, "settings: they have expired"};
  if (file.issued > now + kClockTolerance) {
    return Error{Code::kUnavailable,
                 "settings: they were issued more than a day from now: look at the clock"};
  }
  return {};
}

Result<bool> SettingsKeeper::take(ByteView bytes, Instant now) {
  auto file = wire::read_settings_file(bytes, trust_);
  if (!file) return file.error();
  if (auto fine = check_newer(*file, bytes, now); !fine) return fine.error();
  if (file->version == file_.version) return false;
  if (auto kept = store_->keep(kName, bytes); !kept) return kept.error();
  const auto part = wire::signed_part_of_settings(bytes);
  highest_ = file->version;
  signed_part_.assign(part.begin(), part.end());
  file_ = std::move(*file);
  return true;
}

}  // namespace bz::phone
