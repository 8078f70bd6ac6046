// Which keys of an upload are taken, and as what: the rules of POST /v1/publish that need neither
// store nor clock (docs/publishing.md; Exposure Notification key server).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/published_key.h"
#include "keys/answers.h"
#include "wire/certificate.h"
#include "wire/publish_message.h"

namespace bz::keys {

inline constexpr std::size_t kMostKeysAnUpload = 30;
inline constexpr std::size_t kMostKeysOfOneStart = 3;
inline constexpr std::chrono::days kOldestKey{15};    // before today's UTC midnight
inline constexpr std::chrono::days kOldestOnset{28};  // before today
inline constexpr std::chrono::days kAssumedOnset{4};  // before today, when none is given
inline constexpr int kMostOnsetDays = 14;             // between a key and the onset

// How a certificate's report stands in exports; kNegative is kRevoked: it takes back.
engine::ReportType report_of(wire::TestType type);

struct CheckedUpload {
  // Sorted by their bytes, so that their order says nothing.
  std::vector<engine::PublishedKey> keys;
  std::optional<Interval> onset;  // as given by certificate or phone; nothing: none, or not usable
  std::vector<std::string> warnings;
  bool is_partial = false;  // some keys were dropped
};

// The first interval of the day of contact that the certificate of a contact names: nothing of
// earlier days is published. Nothing when it names none, or one in the future or more than 28 days
// ago: then none of the upload is taken. Nothing for other reports.
std::optional<Interval> day_of_contact(const wire::Certificate& certificate, Instant now);
Refusal no_day_of_contact();

// How many keys there may be, before anything else is looked at.
std::optional<Refusal> check_number(std::size_t keys);

// The certificate's onset goes before the phone's.
std::variant<CheckedUpload, Refusal> check_keys(const wire::PublishRequest& request,
                                                const wire::Certificate& certificate, Instant now);

// Faults of single entries, one sentence for each kind: "keys 2, 5: not 16 bytes in base64".
class Faults {
 public:
  explicit Faults(std::string_view noun) : noun_(noun) {}
  // `number` counts from 1.
  void add(std::string_view fault, std::size_t number);
  [[nodiscard]] bool any() const { return !faults_.empty(); }
  [[nodiscard]] std::vector<std::string> sentences() const;

 private:
  struct Fault {
    std::string_view what;
    std::vector<std::size_t> numbers;
  };
  std::string_view noun_;
  std::vector<Fault> faults_;
};

}  // namespace bz::keys
