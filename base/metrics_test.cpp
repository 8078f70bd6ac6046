#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace bz {
namespace {

TEST(Metrics, AreWrittenSortedWithTheirKindAndHelp) {
  Metrics metrics;
  metrics.counter("bz_requests_total", "Requests answered.", "status=\"200\"").add(3);
  metrics.gauge("bz_connections", "Open now.\nAll of them.").set(7);
  metrics.counter("bz_requests_total", "Requests answered.", "status=\"100\"").add();
  EXPECT_EQ(metrics.text(),
            "# HELP bz_connections Open now.\\nAll of them.\n"
            "# TYPE bz_connections gauge\n"
            "bz_connections 7\n"
            "# HELP bz_requests_total Requests answered.\n"
            "# TYPE bz_requests_total counter\n"
            "bz_requests_total{status=\"100\"} 1\n"
            "bz_requests_total{status=\"200\"} 3\n");
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameNumber) {
  Metrics metrics;
  auto& one = metrics.counter("a", "A.", "b=\"c\"");
  EXPECT_EQ(&one, &metrics.counter("a", "A.", "b=\"c\""));
  EXPECT_NE(&one, &metrics.counter("a", "A.", "b=\"d\""));
}

TEST(Metrics, NoCountIsLostBetweenThreads) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) metrics.counter("a", "A.").add();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(metrics.counter("a", "A.").value(), 4'000);
}

}  // namespace
}  // namespace bz
