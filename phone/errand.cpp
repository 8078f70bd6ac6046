#include "phone/errand.h"

#include <algorithm>
#include <array>

#include "phone/drawn_times.h"
#include "wire/json_reader.h"
#include "wire/json_writer.h"

namespace bz::phone {
namespace {

constexpr std::size_t kMostState = 256;
constexpr std::chrono::minutes kFirstRetry{5};
constexpr std::chrono::hours kLastRetry{6};
constexpr std::array kAll{kCallbackErrand, kInstallErrand};
constexpr int kMostFailures = 1'000;  // beyond which nobody counts

}  // namespace

Result<std::optional<Errand>> errand(Store& store, std::string_view name) {
  const auto kept = store.kept(name);
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Errand>{};
  const Error damaged{Code::kMalformed, "the log is damaged: when an errand is due cannot be read"};
  auto reader = wire::JsonReader::parse(as_text(**kept), kMostState);
  if (!reader) return damaged;
  const auto due = reader->integer("due");
  const auto failures = reader->integer("failures");
  if (!reader->done() || !due || !failures || *failures < 0 || *failures > kMostFailures)
    return damaged;
  return std::optional{Errand{from_ms(*due), static_cast<int>(*failures)}};
}

Result<void> keep_errand(Store& store, std::string_view name, const Errand& errand) {
  return store.keep(name, as_bytes(wire::JsonWriter()
                                       .integer("due", to_ms(errand.due))
                                       .integer("failures", errand.failures)
                                       .done()));
}

Errand after_failure(Errand failed, Instant now, Random& random) {
  failed.due = now + draw_retry_wait(random, kFirstRetry, kLastRetry, failed.failures);
  failed.failures = std::min(failed.failures + 1, kMostFailures);
  return failed;
}

Result<void> keep_errands_away(Store& store, Instant visit) {
  for (const auto name : kAll) {
    auto due = errand(store, name);
    if (!due) return due.error();
    if (!*due || (*due)->due >= visit + kQuietAfterVisit) continue;
    (*due)->due = visit + draw_between(store.random(), kQuietAfterVisit, 2 * kQuietAfterVisit);
    if (auto ok = keep_errand(store, name, **due); !ok) return ok;
  }
  return {};
}

}  // namespace bz::phone
