#include "campaign/sums.h"

#include <algorithm>
#include <tuple>

namespace bz::campaign {
namespace {

void lower(std::optional<Instant>& held, const std::optional<Instant>& other) {
  if (other && (!held || *other < *held)) held = other;
}

void raise(std::optional<Instant>& held, const std::optional<Instant>& other) {
  if (other && (!held || *other > *held)) held = other;
}

auto fields(const SumRow& row) {
  return std::tie(row.sum, row.covered, row.of, row.is_partial, row.is_provisional,
                  row.is_illustrative, row.precision, row.oldest, row.newest);
}

}  // namespace

bool is_alike(const SumRow& one, const SumRow& other) {
  return fields(one) == fields(other);
}

Window window_of(MeasureKind kind, Instant on, std::chrono::milliseconds stale_after) {
  if (kind == MeasureKind::kStock) return {on - stale_after, on};
  return {vi::start_of(vi::cut_off_day(on)) + std::chrono::milliseconds{1}, on};
}

Own own_at(std::span<const Figure> versions, MeasureKind kind, const At& at,
           std::chrono::milliseconds stale_after) {
  const auto window = window_of(kind, at.on, stale_after);
  const auto begin = std::ranges::partition_point(
      versions, [&](const Figure& figure) { return figure.id.cut_off < window.from; });
  const auto end = std::partition_point(
      begin, versions.end(), [&](const Figure& figure) { return figure.id.cut_off <= window.to; });
  Own own;
  each_cut_off(std::span(begin, end), [&](std::span<const Figure> of_cut_off) {
    for (const auto& figure : of_cut_off) {
      if (figure.known_at <= at.as_of) raise(own.changed, figure.known_at);
    }
    const auto* counts = counting(of_cut_off, at);
    if (counts == nullptr) return true;
    const bool adds = kind == MeasureKind::kFlow && own.value;
    own.value = *counts->value + (adds ? *own.value : 0);
    own.is_provisional = counts->state != State::kAccepted || (adds && own.is_provisional);
    own.is_illustrative =
        counts->origin == OriginKind::kIllustrative || (adds && own.is_illustrative);
    own.precision = adds ? std::max(own.precision, counts->precision) : counts->precision;
    own.oldest = adds ? own.oldest : counts->id.cut_off;
    own.newest = counts->id.cut_off;
    own.figure = counts;
    own.other_leg = differing_leg(of_cut_off, at);
    return true;
  });
  return own;
}

void add_child(SumRow& sum, const Own& own, const SumRow& below) {
  ++sum.of;
  raise(sum.changed, own.changed);
  raise(sum.changed, below.changed);
  if (!own.value && !below.sum) {
    sum.is_partial = true;
    return;
  }
  ++sum.covered;
  sum.sum = sum.sum.value_or(0) + (own.value ? *own.value : *below.sum);
  sum.is_partial = sum.is_partial || (!own.value && below.is_partial);
  sum.is_provisional =
      sum.is_provisional || (own.value ? own.is_provisional : below.is_provisional);
  sum.is_illustrative =
      sum.is_illustrative || (own.value ? own.is_illustrative : below.is_illustrative);
  sum.precision = std::max(sum.precision, own.value ? own.precision : below.precision);
  lower(sum.oldest, own.value ? own.oldest : below.oldest);
  raise(sum.newest, own.value ? own.newest : below.newest);
}

RollUp joined(const Own& own, const SumRow& below) {
  RollUp rolled;
  if (own.figure != nullptr) rolled.own = *own.figure;
  if (own.other_leg != nullptr) rolled.other_leg = *own.other_leg;
  rolled.own_value = own.value;
  rolled.sum = below.sum;
  rolled.covered = below.covered;
  rolled.of = below.of;
  rolled.is_partial = below.is_partial;
  rolled.is_provisional = own.value ? own.is_provisional : below.is_provisional;
  rolled.is_illustrative = own.value ? own.is_illustrative : below.is_illustrative;
  rolled.precision = own.value ? own.precision : below.precision;
  rolled.oldest = own.value ? own.oldest : below.oldest;
  rolled.newest = own.value ? own.newest : below.newest;
  return rolled;
}

}  // namespace bz::campaign
