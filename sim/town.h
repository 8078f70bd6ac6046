// A made-up small town in the Mekong delta and the day its people live: who is where, to the
// centimetre, at every moment.
//
// Everybody lives the same local day over and over. A day is a list of stays that follow each other
// without a gap; in a stay a person is at one spot of one place and sways, or walks about in the
// whole of it. docs/simulation.md has the places, the timetable and a map.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/local_day.h"
#include "sim/radio_model.h"

namespace bz::sim {

// 00:00 local time of a calendar day, which is 17:00 UTC of the day before.
constexpr Instant local_midnight(std::chrono::year_month_day date) {
  return start_of_local(std::chrono::sys_days{date});
}

// Metres.
struct Point {
  double x = 0;
  double y = 0;
};

enum class PlaceKind : std::uint8_t {
  kRoad,       // đường: everybody alone, out of earshot of everybody
  kHome,       // nhà
  kBus,        // xe buýt
  kClassroom,  // lớp học
  kYard,       // sân trường, and the park (công viên) of the afternoon
  kMarket,     // chợ
  kOffice,     // cơ quan
  kCafe,       // quán cà phê
};

struct Place {
  PlaceKind kind = PlaceKind::kRoad;
  std::string name;  // Vietnamese, NFC
  double width = 0;  // metres along x; spots are from 0 to width
  double depth = 0;  // metres along y
  // Homes of one row share walls: those whose columns are neighbours. No other places hear each
  // other.
  std::size_t row = 0;
  std::size_t column = 0;
};

enum class Motion : std::uint8_t {
  kSits,    // sways by 0.1 m
  kStands,  // sways by 0.3 m
  kWalks,   // anywhere in the place, to another point every 20 s
};

// One line of a person's day.
struct Stay {
  std::chrono::seconds from;  // since local midnight, included
  std::chrono::seconds to;    // not included
  std::size_t place = 0;
  Point spot;
  double facing = 0;  // radians from the x axis towards the y axis
  Motion motion = Motion::kSits;
  Carriage carriage = Carriage::kTable;
  double phone_side = 0;  // radians from `facing` to the side of the body on which the phone is
};

enum class Role : std::uint8_t { kVendor, kOfficeWorker, kTeacher, kPupil, kAtHome };

struct Person {
  std::string name;  // Vietnamese, NFC; no two people of a town have the same
  std::size_t household = 0;
  Role role = Role::kAtHome;
  std::vector<Stay> day;  // from 00:00 to 24:00
};

struct Position {
  std::size_t place = 0;
  Point at;              // within the place
  double facing = 0;     // radians
  std::size_t stay = 0;  // index in the person's day
};

inline constexpr double kOutOfReach = std::numeric_limits<double>::infinity();

struct Town {
  std::uint64_t seed = 0;
  std::vector<Place> places;  // places[0] is the road
  std::vector<Person> people;
  // Who falls ill: a market vendor with a stall on either side.
  std::size_t first_case = 0;
};

// The town that is shown: of the first 600 one of those in which a plain rule tells everybody right
// with the most room to spare, over RadioModel(everyday_radio(), kShownSeed). Most towns are not
// like that: docs/simulation.md has the share.
inline constexpr std::uint64_t kShownSeed = 302;

// The town of a seed; 8 to 2,000 people. The same everywhere for the same two numbers.
Town make_town(std::uint64_t seed = kShownSeed, std::size_t people = 40);

// Where somebody is. `person` is an index in town.people.
Position position(const Town& town, std::size_t person, Instant t);

// Metres between two people; kOutOfReach unless both are in the same place and that is not the
// road. Symmetric; 0 to oneself.
double distance_m(const Town& town, std::size_t a, std::size_t b, Instant t);

// What the radio needs of two people at a moment, `transmit_dbm` being what the sender's phone says
// that it sends with; nothing when neither could hear the other: different places, but for homes on
// both sides of one wall. There the distance is that through the wall.
std::optional<Link> link_between(const Town& town, std::size_t sender, std::size_t receiver,
                                 Instant t, double transmit_dbm);

// "nhà", "chợ" ...
const char* vietnamese(PlaceKind kind);
// "bán hàng" (vendor) ...
const char* vietnamese(Role role);

}  // namespace bz::sim
