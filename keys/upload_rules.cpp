#include "keys/upload_rules.h"

#include <algorithm>
#include <cstdlib>

#include "base/base64.h"

namespace bz::keys {
namespace {

using engine::PublishedKey;
using engine::ReportType;
using wire::TestType;

std::uint8_t risk_of(TestType type) {
  switch (type) {
    case TestType::kConfirmed: return 2;
    case TestType::kLikely: return 4;
    case TestType::kUserReport: return 5;
    case TestType::kNegative: return 6;
    case TestType::kContact: return 0;  // only our own phones read these
  }
  return 0;
}

// Why one key cannot be taken; empty when it can.
std::string_view fault_of(const wire::UploadedKey& key, const Result<Bytes>& bytes, Instant now) {
  if (!bytes || bytes->size() != 16) return "not 16 bytes in base64";
  if (key.rolling_period < 1 || key.rolling_period > kIntervalsPerDay) {
    return "the rolling period is not 1 to 144";
  }
  if (key.transmission_risk < 0 || key.transmission_risk > 8) {
    return "the transmission risk is not 0 to 8";
  }
  const auto oldest = first_interval(day_of(now) - kOldestKey);
  if (key.rolling_start < std::int64_t{oldest.number}) return "begins more than 15 days ago";
  if (key.rolling_start > std::int64_t{interval_at(now).number}) return "begins in the future";
  return {};
}

bool overlap(std::vector<PublishedKey> keys) {
  std::sort(keys.begin(), keys.end(),
            [](const PublishedKey& a, const PublishedKey& b) { return a.key.start < b.key.start; });
  std::size_t same_start = 1;
  Interval end;  // the latest of those before
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto is_same = i > 0 && keys[i].key.start == keys[i - 1].key.start;
    same_start = is_same ? same_start + 1 : 1;
    if (same_start > kMostKeysOfOneStart) return true;
    if (!is_same && i > 0 && keys[i].key.start < end) return true;
    end = std::max(end, keys[i].key.end());
  }
  return false;
}

struct Onset {
  std::optional<Interval> given;
  std::optional<Interval> used;  // what days are counted from
};

Onset onset_of(const wire::PublishRequest& request, const wire::Certificate& certificate,
               Instant now, std::vector<std::string>& warnings) {
  auto given = certificate.symptom_onset;
  if (!given && request.symptom_onset_interval.value_or(0) != 0) {
    const auto number = *request.symptom_onset_interval;
    const auto fits = number > 0 && number <= std::int64_t{interval_at(now).number};
    if (fits) given = Interval{static_cast<std::uint32_t>(number)};
    if (!fits) warnings.emplace_back("the symptom onset is not in the past: it is ignored");
  }
  if (given && (*given < first_interval(day_of(now) - kOldestOnset) || interval_at(now) < *given)) {
    warnings.emplace_back("the symptom onset is not within the last 28 days: it is ignored");
    given.reset();
  }
  return {.given = given, .used = given.value_or(first_interval(day_of(now) - kAssumedOnset))};
}

int days_between(Interval from, Interval to) {
  return static_cast<int>((day_of(start_of(to)) - day_of(start_of(from))).count());
}

// A key that was ended early would tell, in the store and in the file, the ten minutes in which its
// owner agreed to publish. Nobody says its names after that, so its end may as well be that of the
// hour.
std::uint32_t to_the_hour(const engine::DayKey& key) {
  constexpr std::uint32_t kIntervalsAnHour = 6;
  const auto end = key.end().number + kIntervalsAnHour - 1;
  return std::min(kIntervalsPerDay, end - end % kIntervalsAnHour - key.start.number);
}

}  // namespace

ReportType report_of(TestType type) {
  switch (type) {
    case TestType::kConfirmed: return ReportType::kConfirmed;
    case TestType::kLikely: return ReportType::kLikely;
    case TestType::kNegative: return ReportType::kRevoked;
    case TestType::kUserReport: return ReportType::kSelfReport;
    case TestType::kContact: return ReportType::kRecursive;
  }
  return ReportType::kUnknown;
}

std::optional<Interval> day_of_contact(const wire::Certificate& certificate, Instant now) {
  if (certificate.report != TestType::kContact || !certificate.symptom_onset) return {};
  const auto day = *certificate.symptom_onset;
  if (day < first_interval(day_of(now) - kOldestOnset) || interval_at(now) < day) return {};
  return day;
}

Refusal no_day_of_contact() {
  return invalid_certificate(
      "the certificate of a contact names no day of contact within the last 28 days");
}

std::optional<Refusal> check_number(std::size_t keys) {
  if (keys == 0) return bad_request("there is no key: send 1 to 30");
  if (keys > kMostKeysAnUpload) return bad_request("there are more than 30 keys");
  return {};
}

std::variant<CheckedUpload, Refusal> check_keys(const wire::PublishRequest& request,
                                                const wire::Certificate& certificate, Instant now) {
  CheckedUpload upload;
  const auto is_contact = certificate.report == TestType::kContact;
  const auto contact_day = day_of_contact(certificate, now);
  if (is_contact && !contact_day) return no_day_of_contact();
  const auto onset = onset_of(request, certificate, now, upload.warnings);
  if (!is_contact) upload.onset = onset.given;
  Faults faults("key");
  std::vector<std::string> far;
  for (std::size_t i = 0; i < request.keys.size(); ++i) {
    const auto& sent = request.keys[i];
    const auto bytes = from_base64(sent.key);
    if (const auto fault = fault_of(sent, bytes, now); !fault.empty()) {
      faults.add(fault, i + 1);
      continue;
    }
    PublishedKey key;
    std::copy(bytes->begin(), bytes->end(), key.key.bytes.begin());
    key.key.start = {static_cast<std::uint32_t>(sent.rolling_start)};
    key.key.period = static_cast<std::uint32_t>(sent.rolling_period);
    key.report_type = report_of(certificate.report);
    key.transmission_risk = sent.transmission_risk != 0
                                ? static_cast<std::uint8_t>(sent.transmission_risk)
                                : risk_of(certificate.report);
    if (contact_day && key.key.start < *contact_day) {
      faults.add("before the day of the contact", i + 1);
      continue;
    }
    const auto is_there = std::any_of(upload.keys.begin(), upload.keys.end(),
                                      [&](const auto& k) { return k.key.bytes == key.key.bytes; });
    if (is_there) {
      faults.add("there twice", i + 1);
      continue;
    }
    if (!is_contact) {
      const auto days = days_between(*onset.used, key.key.start);
      if (std::abs(days) <= kMostOnsetDays) key.days_since_onset = days;
      if (std::abs(days) > kMostOnsetDays) far.push_back(std::to_string(i + 1));
    }
    upload.keys.push_back(key);
  }
  if (!far.empty()) {
    upload.warnings.emplace_back(
        "the symptom onset is more than 14 days from some keys: they are kept without it");
  }
  const auto sentences = faults.sentences();
  upload.warnings.insert(upload.warnings.end(), sentences.begin(), sentences.end());
  upload.is_partial = faults.any();
  if (upload.keys.empty()) {
    auto refusal = bad_request("no key of the upload can be taken");
    refusal.warnings = upload.warnings;
    return refusal;
  }
  if (overlap(upload.keys)) {
    return bad_request("keys overlap: only keys of one start may, and at most 3 of them");
  }
  for (auto& key : upload.keys) key.key.period = to_the_hour(key.key);
  std::sort(upload.keys.begin(), upload.keys.end(),
            [](const PublishedKey& a, const PublishedKey& b) { return a.key.bytes < b.key.bytes; });
  return upload;
}

void Faults::add(std::string_view fault, std::size_t number) {
  const auto at =
      std::find_if(faults_.begin(), faults_.end(), [&](const Fault& f) { return f.what == fault; });
  if (at == faults_.end()) {
    faults_.push_back({.what = fault, .numbers = {number}});
  } else {
    at->numbers.push_back(number);
  }
}

std::vector<std::string> Faults::sentences() const {
  std::vector<std::string> all;
  for (const auto& fault : faults_) {
    std::string text{noun_};
    if (fault.numbers.size() > 1) text += 's';
    for (std::size_t i = 0; i < fault.numbers.size(); ++i) {
      text += (i == 0 ? " " : ", ") + std::to_string(fault.numbers[i]);
    }
    all.push_back(text + ": " + std::string{fault.what});
  }
  return all;
}

}  // namespace bz::keys
