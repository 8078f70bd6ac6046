// Rates (tỷ lệ): one count set against another. A rate is never stored: it is a numerator and a
// denominator, each a figure with its id or a roll-up, and is shown to 2 decimals, half up.
//
// The denominator is the latest figure whose date is not after the cut-off, of the numerator's own
// source, else of any source but operators' (operators' SIMs: of their own alone), and of the whole
// unit even where the numerator is partial. Where none is known there is no rate.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "campaign/measures.h"
#include "campaign/rollup.h"
#include "vi/number.h"

namespace bz::campaign {

struct Rate {
  const Indicator* indicator = nullptr;
  RollUp numerator;
  std::optional<Figure> denominator;
  bool counts_sims = false;  // the source counts SIMs there, and no handsets

  // Hundredths of a percent, half up; nothing without a numerator or a denominator above 0.
  [[nodiscard]] std::optional<std::int64_t> hundredths() const;
  // "6,78 %", or what is missing: "không tính được: chưa có “Dân số” của 84".
  [[nodiscard]] std::string shown(vi::Language language = vi::Language::kVietnamese) const;
};

// kInvalid for an indicator that is none.
Result<Rate> rate(store::Sql& sql, std::string_view indicator, std::string_view subject,
                  std::string_view source, const At& at);
// Of each child, in the order of units::children.
Result<std::vector<Rate>> rates_of_children(store::Sql& sql, std::string_view indicator,
                                            std::string_view unit, std::string_view source,
                                            const At& at);

// What operators count in a unit, `app_installed_sim`. One person may have SIMs of two, so over
// operators there is a range: at least the largest operator's, at most the sum. The form orders the
// sum; it is SIMs, not people, and there is no rate against population.
struct OperatorRange {
  std::vector<RollUp> operators;  // in the order asked; those without data too
  std::int64_t covered = 0;
  std::int64_t of = 0;
  std::int64_t largest = 0;
  std::int64_t sum = 0;      // of those with data; both 0 when covered is 0
  std::int64_t partial = 0;  // so many of those with data leave units out
  // Cut-offs of what is counted; they differ where one's figure is older than another's.
  std::optional<Instant> oldest, newest;
  bool is_illustrative = false;  // some of it is invented

  // "2 trong 3 nhà mạng (1 chưa đủ đơn vị), 9.210 đến 11.260 SIM, cũ nhất đến hết 24/8/2020";
  // "chưa có số liệu của nhà mạng nào trong 3".
  [[nodiscard]] std::string shown(vi::Language language = vi::Language::kVietnamese) const;
};
// `sources` are those expected: operator:viettel-70, …
Result<OperatorRange> operator_range(store::Sql& sql, std::string_view subject,
                                     std::span<const std::string> sources, const At& at);

}  // namespace bz::campaign
