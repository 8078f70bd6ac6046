#include "phone/installation.h"

#include <algorithm>

#include "phone/drawn_times.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::phone {
namespace {

constexpr std::string_view kName = "installation";
constexpr std::size_t kMostState = 256;
constexpr std::size_t kLongestUnit = 32;
constexpr std::string_view kWaiting = "waiting";
constexpr std::string_view kSending = "sending";
constexpr std::string_view kCounted = "counted";

// As the server takes it (keys/installs.cpp).
bool is_unit(std::string_view text) {
  return !text.empty() && text.size() <= kLongestUnit && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == '_' || c == '+';
  });
}

Result<void> keep(Store& store, std::string_view stage, std::string_view unit) {
  return store.keep(kName,
                    as_bytes(wire::JsonWriter().text("stage", stage).text("unit", unit).done()));
}

}  // namespace

Result<Installation::State> Installation::state() {
  const auto kept = store_->kept(kName);
  if (!kept) return kept.error();
  if (!*kept) return State{};
  const Error damaged{Code::kMalformed,
                      "the log is damaged: whether this installation was counted cannot be read"};
  auto reader = wire::JsonReader::parse(as_text(**kept), kMostState);
  if (!reader) return damaged;
  const auto stage = reader->text("stage");
  auto unit = reader->text("unit");
  if (!reader->done() || !unit) return damaged;
  if (stage == kWaiting) return State{Stage::kWaiting, std::move(*unit)};
  // Of a call that was interrupted nobody knows: it counts as made.
  if (stage == kSending || stage == kCounted) return State{Stage::kCounted, {}};
  return damaged;
}

Result<void> Installation::choose(std::string_view unit) {
  if (!is_unit(unit))
    return Error{Code::kInvalid, "a unit's code is 1 to 32 letters, digits or . - _ +"};
  const auto before = state();
  if (!before) return before.error();
  if (before->stage == Stage::kCounted)
    return Error{Code::kConflict,
                 "this installation was counted already: its unit cannot be changed any more"};
  return keep(*store_, kWaiting, unit);
}

Result<bool> Installation::go(Transport& transport, std::string_view platform,
                              std::string_view version, Instant now) {
  const auto before = state();
  if (!before) return before.error();
  if (before->stage == Stage::kCounted) return false;
  const auto due = errand(*store_, kInstallErrand);
  if (!due) return due.error();
  // Later than ever drawn: the clock has gone back.
  if (!*due || (*due)->due > now + kLatestCount) {
    const Errand drawn{now + draw_between(store_->random(), kSoonestCount, kLatestCount)};
    if (auto ok = keep_errand(*store_, kInstallErrand, drawn); !ok) return ok.error();
    return false;
  }
  if (now < (*due)->due) return false;
  return send(transport, {before->unit, std::string(platform), std::string(version)}, **due, now);
}

Result<bool> Installation::send(Transport& transport, const Install& install, const Errand& due,
                                Instant now) {
  if (auto ok = keep(*store_, kSending, ""); !ok) return ok.error();
  transport.hang_up();
  const auto delivery = transport.count_install(install);
  transport.hang_up();
  if (delivery == Delivery::kTaken || delivery == Delivery::kLost) {
    if (auto ok = keep(*store_, kCounted, ""); !ok) return ok.error();
    return true;
  }
  // When first: a phone that is killed between the two must not call again at once.
  const auto later = after_failure(due, now, store_->random());
  if (auto ok = keep_errand(*store_, kInstallErrand, later); !ok) return ok.error();
  if (auto ok = keep(*store_, kWaiting, install.unit); !ok) return ok.error();
  return true;
}

}  // namespace bz::phone
