// Counters and gauges, as a monitoring system reads them (Prometheus text format 0.0.4).
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace bz {

class Metrics {
 public:
  // A number that only grows, or one that is set. From any thread.
  class Number {
   public:
    void add(std::int64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
    void set(std::int64_t to) { value_.store(to, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

   private:
    std::atomic<std::int64_t> value_{0};
  };

  // `name` as `bz_requests_total`; `labels` as `route="/v1/publish",status="200"`, or none, and
  // never anything of one person or phone. The same name and labels give the same number; it lives
  // as long as this does.
  Number& counter(std::string_view name, std::string_view help, std::string_view labels = {});
  Number& gauge(std::string_view name, std::string_view help, std::string_view labels = {});

  // Everything, sorted by name and labels.
  [[nodiscard]] std::string text() const;

 private:
  struct Family {
    std::string help;
    bool is_counter = true;
    std::map<std::string, std::unique_ptr<Number>, std::less<>> by_labels;
  };
  Number& number(std::string_view name, std::string_view help, std::string_view labels,
                 bool is_counter);
  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace bz
