#include "sim/town.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "sim/chance.h"

namespace bz::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum Purpose : std::uint64_t { kX, kY, kFacing };

constexpr milliseconds kSwayTime{60'000};
constexpr milliseconds kStrideTime{20'000};
constexpr milliseconds kTurnTime{120'000};
constexpr double kTurn = std::numbers::pi / 6;  // how far somebody who sits or stands turns
constexpr double kMargin = 0.3;                 // nobody walks closer to a wall, metres

struct LocalTime {
  std::int64_t day;  // since 1970, local
  milliseconds of_day;
};

LocalTime local_time(Instant t) {
  const auto local = t.time_since_epoch() + kLocalOffset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return {day.count(), local - day};
}

// A line through random points from 0 to 1, one every `step`.
double wander(std::uint64_t hash, milliseconds of_day, milliseconds step) {
  const auto knot = static_cast<std::uint64_t>(of_day / step);
  const double part =
      static_cast<double>((of_day % step).count()) / static_cast<double>(step.count());
  return (1.0 - part) * unit(hash_of(hash, knot)) + part * unit(hash_of(hash, knot + 1));
}

double sway_m(Motion motion) {
  return motion == Motion::kSits ? 0.1 : 0.3;
}

bool share_a_wall(const Place& a, const Place& b) {
  return a.kind == PlaceKind::kHome && b.kind == PlaceKind::kHome && a.row == b.row &&
         (a.column + 1 == b.column || b.column + 1 == a.column);
}

// Between 0 and pi.
double angle_between(double a, double b) {
  return std::abs(std::remainder(a - b, 2 * std::numbers::pi));
}

}  // namespace

Position position(const Town& town, std::size_t person, Instant t) {
  const LocalTime now = local_time(t);
  const std::vector<Stay>& day = town.people[person].day;
  const auto next =
      std::upper_bound(day.begin(), day.end(), now.of_day,
                       [](milliseconds moment, const Stay& stay) { return moment < stay.from; });
  assert(next != day.begin());
  const auto stay = next - 1;
  const auto number = static_cast<std::size_t>(stay - day.begin());
  const Place& place = town.places[stay->place];

  const std::uint64_t chance = hash_of(town.seed, person, number, now.day);
  const bool walks = stay->motion == Motion::kWalks;
  const milliseconds step = walks ? kStrideTime : kSwayTime;
  const double x = wander(hash_of(chance, kX), now.of_day, step);
  const double y = wander(hash_of(chance, kY), now.of_day, step);
  const double turn = wander(hash_of(chance, kFacing), now.of_day, kTurnTime) * 2.0 - 1.0;
  if (walks)
    return {stay->place,
            {kMargin + x * (place.width - 2 * kMargin), kMargin + y * (place.depth - 2 * kMargin)},
            turn * 2 * std::numbers::pi,
            number};
  const double sway = sway_m(stay->motion);
  return {stay->place,
          {stay->spot.x + sway * (2 * x - 1), stay->spot.y + sway * (2 * y - 1)},
          stay->facing + turn * kTurn,
          number};
}

double distance_m(const Town& town, std::size_t a, std::size_t b, Instant t) {
  if (a == b) return 0;
  const Position here = position(town, a, t);
  const Position there = position(town, b, t);
  if (here.place != there.place || town.places[here.place].kind == PlaceKind::kRoad)
    return kOutOfReach;
  return std::hypot(here.at.x - there.at.x, here.at.y - there.at.y);
}

std::optional<Link> link_between(const Town& town, std::size_t sender, std::size_t receiver,
                                 Instant t, double transmit_dbm) {
  if (sender == receiver) return std::nullopt;
  const Position from = position(town, sender, t);
  Position to = position(town, receiver, t);
  const Place& here = town.places[from.place];
  const Place& there = town.places[to.place];
  if (here.kind == PlaceKind::kRoad) return std::nullopt;
  int walls = 0;
  if (from.place != to.place) {
    if (!share_a_wall(here, there)) return std::nullopt;
    walls = 1;
    to.at.x += there.column > here.column ? here.width : -there.width;
  }

  const auto body = [&](std::size_t person, const Position& at, double direction) {
    const Stay& stay = town.people[person].day[at.stay];
    return Body{stay.carriage, angle_between(at.facing + stay.phone_side, direction)};
  };
  const double direction = std::atan2(to.at.y - from.at.y, to.at.x - from.at.x);
  const auto day = local_time(t).day;
  const bool in_order = sender < receiver;

  Link link;
  link.sender = sender;
  link.receiver = receiver;
  link.time = t;
  link.occasion = hash_of(static_cast<std::uint64_t>(day), in_order ? from.stay : to.stay,
                          in_order ? to.stay : from.stay);
  link.transmit_dbm = transmit_dbm;
  link.distance_m = std::hypot(to.at.x - from.at.x, to.at.y - from.at.y);
  link.walls = walls;
  link.sender_body = body(sender, from, direction);
  link.receiver_body = body(receiver, to, direction + std::numbers::pi);
  return link;
}

const char* vietnamese(PlaceKind kind) {
  switch (kind) {
    case PlaceKind::kRoad: return "đường";
    case PlaceKind::kHome: return "nhà";
    case PlaceKind::kBus: return "xe buýt";
    case PlaceKind::kClassroom: return "lớp học";
    case PlaceKind::kYard: return "sân";
    case PlaceKind::kMarket: return "chợ";
    case PlaceKind::kOffice: return "cơ quan";
    case PlaceKind::kCafe: return "quán cà phê";
  }
  return "";
}

const char* vietnamese(Role role) {
  switch (role) {
    case Role::kVendor: return "bán hàng";
    case Role::kOfficeWorker: return "nhân viên";
    case Role::kTeacher: return "giáo viên";
    case Role::kPupil: return "học sinh";
    case Role::kAtHome: return "nội trợ";
  }
  return "";
}

}  // namespace bz::sim
