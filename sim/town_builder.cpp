// How a town comes about: households, work, the places these need, and everybody's day.
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <set>

#include "sim/chance.h"
#include "sim/town.h"

namespace bz::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kPi = std::numbers::pi;
constexpr minutes kWay{10};    // on the road before and after being out
constexpr minutes kStroll{4};  // from one stall to the next

constexpr seconds at(int hour, int minute = 0) {
  return hours{hour} + minutes{minute};
}

const std::vector<std::string> kFamilies = {"Nguyễn", "Trần", "Lê",  "Phạm",  "Huỳnh",
                                            "Võ",     "Đặng", "Bùi", "Thạch", "Sơn",
                                            "Kim",    "Kiên", "Lâm", "Ngô",   "Dương"};
const std::vector<std::string> kMen = {"Văn Hùng",   "Minh Tuấn", "Quốc Bảo",  "Thanh Tùng",
                                       "Hữu Phước",  "Văn Tám",   "Đức Thịnh", "Hoàng Nam",
                                       "Trung Kiên", "Văn Út",    "Thành Đạt", "Ngọc Sơn"};
const std::vector<std::string> kWomen = {"Thị Lan",    "Ngọc Hân",  "Thị Mỹ Duyên", "Kim Ngân",
                                         "Thị Bé Ba",  "Thu Hà",    "Bích Trâm",    "Thị Sa Rây",
                                         "Hồng Nhung", "Thùy Linh", "Thị Út",       "Cẩm Tú"};

// A point, and which way one looks there.
struct Seat {
  Point spot;
  double facing = 0;
};

class Builder {
 public:
  Builder(std::uint64_t seed, std::size_t people) : draw_(seed) {
    town_.seed = seed;
    add_place(PlaceKind::kRoad, "Ngoài đường", 0, 0);
    settle(people);
    std::vector<std::size_t> adults = adults_;
    draw_.shuffle(adults);
    const std::size_t sellers =
        std::min<std::size_t>(3 * std::max<std::size_t>(1, people / 20), adults.size() / 3 * 3);
    const auto next = adults.begin() + static_cast<std::ptrdiff_t>(sellers);
    open_market({adults.begin(), next});
    const std::size_t classes = (pupils_.size() + kClassSize - 1) / kClassSize;
    std::vector<std::size_t> others(next, adults.end());
    open_school(classes, others);
    open_office(others);
    go_shopping();
    play_in_the_park();
    drink_coffee();
  }

  Town take() { return std::move(town_); }

 private:
  static constexpr std::size_t kClassSize = 8;

  std::size_t add_place(PlaceKind kind, std::string name, double width, double depth) {
    town_.places.push_back({kind, std::move(name), width, depth, 0, 0});
    return town_.places.size() - 1;
  }

  // --- people and homes ---

  void settle(std::size_t people) {
    const std::vector<std::size_t> sizes = {2, 3, 3, 4, 4, 4, 5};
    while (town_.people.size() < people) {
      const std::size_t rest = people - town_.people.size();
      std::size_t size = std::min(draw_.one_of(sizes), rest);
      if (rest - size == 1) size = size > 2 ? size - 1 : size + 1;  // nobody lives alone
      add_household(size);
    }
  }

  void add_household(std::size_t size) {
    const std::string& family = draw_.one_of(kFamilies);
    const std::size_t number = homes_++;
    const std::size_t home = add_place(
        PlaceKind::kHome, "Nhà số " + std::to_string(number + 1) + ", họ " + family, 4, 16);
    town_.places[home].row = number / 4;
    town_.places[home].column = number % 4;
    for (std::size_t member = 0; member < size; ++member) {
      // A wife keeps her own family's name, and so does her mother.
      const bool adult = member < 2;
      const bool elder = member == 4 || (member == 3 && draw_.happens(0.4));
      const bool woman = member == 1 || elder || (!adult && draw_.happens(0.5));
      Person person;
      person.household = number;
      const bool own_family = woman && (adult || elder);
      person.name = new_name(own_family ? draw_.one_of(kFamilies) : family, woman);
      person.role = adult || elder ? Role::kAtHome : Role::kPupil;
      const std::size_t index = town_.people.size();
      town_.people.push_back(std::move(person));
      if (adult) adults_.push_back(index);
      if (!adult && !elder) pupils_.push_back(index);
      live_at_home(index, home, member);
    }
  }

  std::string new_name(const std::string& family, bool woman) {
    const std::vector<std::string>& given = woman ? kWomen : kMen;
    for (int attempt = 0; attempt < 20; ++attempt) {
      std::string name = family + " " + draw_.one_of(given);
      if (names_.insert(name).second) return name;
    }
    for (int number = 2;; ++number) {  // a large town has used the lists up
      std::string name = family + " " + draw_.one_of(given) + " " + std::to_string(number);
      if (names_.insert(name).second) return name;
    }
  }

  void live_at_home(std::size_t person, std::size_t home, std::size_t member) {
    // By member: two adults in the front bed, two children in the back one, the grandmother by the
    // door. A child of a family of four may have its place taken by a grandmother; she sleeps in
    // the children's bed.
    constexpr std::array<Point, 5> kBeds = {
        {{0.8, 10.0}, {1.5, 10.0}, {0.8, 14.5}, {1.6, 14.5}, {3.2, 3.0}}};
    const Point table{2.0, 6.5};
    const double angle = 2 * kPi * static_cast<double>(member) / 5;
    const Seat meal{{table.x + 0.7 * std::cos(angle), table.y + 0.7 * std::sin(angle)},
                    angle + kPi};
    const Seat evening{{0.7 + 0.6 * static_cast<double>(member), 2.0}, kPi / 2};
    const Seat bed{kBeds[member], draw_.between(0, 2 * kPi)};
    const Seat anywhere{{2, 8}, 0};
    const auto home_stay = [&](seconds from, seconds to, Seat seat, Motion motion,
                               Carriage carriage) {
      stay(person, from, to, home, seat, motion, carriage);
    };
    home_stay(at(0), at(5), bed, Motion::kSits, Carriage::kTable);
    home_stay(at(5), at(12), anywhere, Motion::kWalks, draw_carriage());
    home_stay(at(12), at(12, 40), meal, Motion::kSits, draw_carriage());
    home_stay(at(12, 40), at(14), bed, Motion::kSits, Carriage::kTable);
    home_stay(at(14), at(18), anywhere, Motion::kWalks, draw_carriage());
    home_stay(at(18), at(18, 45), meal, Motion::kSits, draw_carriage());
    home_stay(at(18, 45), at(21, 30), evening, Motion::kSits, draw_carriage());
    home_stay(at(21, 30), at(24), bed, Motion::kSits, Carriage::kTable);
  }

  // --- the days ---

  Carriage draw_carriage() {
    return draw_.one_of<Carriage>({Carriage::kHand, Carriage::kPocket, Carriage::kPocket,
                                   Carriage::kBag, Carriage::kTable, Carriage::kTable});
  }

  double draw_phone_side(Carriage carriage) {
    switch (carriage) {
      case Carriage::kPocket:
        return draw_.one_of<double>({-kPi / 3, kPi / 3, kPi * 3 / 4});  // the last: behind
      case Carriage::kBag: return draw_.one_of<double>({-kPi / 2, kPi / 2});
      case Carriage::kHand:
      case Carriage::kTable: return 0;
    }
    return 0;
  }

  // Lays a stay over what the person did before: what it covers goes, what it cuts is shortened.
  void stay(std::size_t person, seconds from, seconds to, std::size_t place, Seat seat,
            Motion motion, Carriage carriage) {
    assert(from < to);
    std::vector<Stay> day;
    for (const Stay& old : town_.people[person].day) {
      if (old.from < from) {
        day.push_back(old);
        day.back().to = std::min(old.to, from);
      }
      if (old.to > to) {
        day.push_back(old);
        day.back().from = std::max(old.from, to);
      }
    }
    day.push_back(
        {from, to, place, seat.spot, seat.facing, motion, carriage, draw_phone_side(carriage)});
    std::sort(day.begin(), day.end(), [](const Stay& a, const Stay& b) { return a.from < b.from; });
    town_.people[person].day = std::move(day);
  }

  // On the road from kWay before to kWay after; the stays between come on top.
  void leave_home(std::size_t person, seconds from, seconds to) {
    stay(person, from - kWay, to + kWay, 0, {}, Motion::kSits, draw_carriage());
  }

  // --- the bus: pairs on benches 3 m apart, left and right in turn, as the rules of 2020 had it
  // ---

  void ride(const std::vector<std::size_t>& riders, seconds from, seconds to) {
    constexpr std::size_t kBusSize = 8;
    for (std::size_t i = 0; i < riders.size(); ++i) {
      if (i % kBusSize == 0)
        add_place(PlaceKind::kBus, "Xe buýt số " + std::to_string(++buses_), 2.5, 11);
      const std::size_t bench = i % kBusSize / 2;
      const double left = bench % 2 == 0 ? 0.4 : 1.65;
      const Seat seat{
          {left + 0.45 * static_cast<double>(i % 2), 0.8 + 3.0 * static_cast<double>(bench)},
          -kPi / 2};
      stay(riders[i], from, to, town_.places.size() - 1, seat, Motion::kSits, draw_carriage());
    }
  }

  // --- the market: stalls in threes, 1.5 m from one to the next, 5 m across the aisle ---

  void open_market(const std::vector<std::size_t>& sellers) {
    const std::size_t groups = sellers.size() / 3;
    market_ =
        add_place(PlaceKind::kMarket, "Chợ", 5.0 + 9.0 * static_cast<double>((groups + 1) / 2), 13);
    for (std::size_t i = 0; i < sellers.size(); ++i) {
      const std::size_t group = i / 3;
      const bool far_side = group % 2 == 1;
      const Seat seat{
          {2.0 + 9.0 * static_cast<double>(group / 2) + 1.5 * static_cast<double>(i % 3),
           far_side ? 9.0 : 4.0},
          far_side ? -kPi / 2 : kPi / 2};
      stalls_.push_back(seat);
      town_.people[sellers[i]].role = Role::kVendor;
      leave_home(sellers[i], at(5, 10), at(11, 45));
      stay(sellers[i], at(5, 45), at(11, 10), market_, seat, Motion::kStands, draw_carriage());
    }
    town_.first_case = sellers[3 * draw_.below(groups) + 1];

    // Whose stalls are far apart sit together in the bus, both ways.
    std::vector<std::size_t> riders;
    const std::size_t half = (sellers.size() + 1) / 2;
    for (std::size_t i = 0; i < half; ++i) {
      riders.push_back(sellers[i]);
      if (i + half < sellers.size()) riders.push_back(sellers[i + half]);
    }
    ride(riders, at(5, 10), at(5, 35));
    ride(riders, at(11, 20), at(11, 45));
  }

  void go_shopping() {
    const std::size_t groups = stalls_.size() / 3;
    for (std::size_t person = 0; person < town_.people.size(); ++person) {
      if (town_.people[person].role != Role::kAtHome) continue;
      const seconds start = at(6, 30) + minutes{draw_.below(180)};
      const std::size_t first = draw_.below(groups);
      const std::size_t visits = std::min<std::size_t>(groups, 1 + draw_.below(3));
      // Two to four minutes at a stall; now and then somebody stays for a talk.
      std::vector<minutes> lengths;
      seconds end = start;
      for (std::size_t visit = 0; visit < visits; ++visit) {
        lengths.emplace_back(draw_.happens(0.1) ? 10 : 2 + draw_.below(3));
        end += lengths.back() + kStroll;
      }
      const Carriage carriage = draw_carriage();
      leave_home(person, start, end);
      seconds now = start;
      for (std::size_t visit = 0; visit < visits; ++visit) {
        const Seat& stall = stalls_[3 * ((first + visit) % groups) + draw_.below(3)];
        const double before = stall.facing > 0 ? 1.3 : -1.3;
        const Seat buying{{stall.spot.x + draw_.between(-0.4, 0.4), stall.spot.y + before},
                          stall.facing + kPi};
        // Between two stalls one stands at the gate, apart from everybody.
        const Seat gate{
            {town_.places[market_].width - draw_.between(0.5, 2.0), draw_.between(5.5, 7.5)}, kPi};
        const seconds bought = now + lengths[visit];
        stay(person, now, bought, market_, buying, Motion::kStands, carriage);
        stay(person, bought, bought + kStroll, market_, gate, Motion::kStands, carriage);
        now = bought + kStroll;
      }
    }
  }

  // --- the school: four benches of two, 4.5 m apart, as the rules of 2020 had it ---

  void open_school(std::size_t classes, std::vector<std::size_t>& adults) {
    if (classes == 0) return;
    const double side = 8.0 * std::sqrt(static_cast<double>(pupils_.size()));
    const std::size_t yard = add_place(PlaceKind::kYard, "Sân trường", side, side);
    const std::size_t size = (pupils_.size() + classes - 1) / classes;
    std::vector<std::size_t> seating = pupils_;
    draw_.shuffle(seating);  // brothers and sisters do not sit together
    for (std::size_t number = 0; number < classes; ++number) {
      const std::size_t room =
          add_place(PlaceKind::kClassroom, "Lớp 8/" + std::to_string(number + 1), 8, 12);
      const std::size_t last = std::min(seating.size(), (number + 1) * size);
      for (std::size_t i = number * size; i < last; ++i) {
        const std::size_t bench = (i - number * size) / 2;
        const std::size_t end = (i - number * size) % 2;
        const Seat seat{
            {1.3 + 4.5 * static_cast<double>(bench % 2) + 0.9 * static_cast<double>(end),
             5.0 + 4.5 * static_cast<double>(bench / 2)},
            -kPi / 2};
        leave_home(seating[i], at(6, 15), at(11, 45));
        lessons(seating[i], room, yard, seat, Motion::kSits);
      }
      if (adults.empty()) continue;
      const std::size_t teacher = adults.back();
      adults.pop_back();
      town_.people[teacher].role = Role::kTeacher;
      leave_home(teacher, at(6, 45), at(11, 10));
      lessons(teacher, room, yard, {{4.0, 1.2}, kPi / 2}, Motion::kStands);
    }
    ride(pupils_, at(6, 15), at(6, 40));
    ride(pupils_, at(11, 20), at(11, 45));
  }

  void lessons(std::size_t person, std::size_t room, std::size_t yard, Seat seat, Motion motion) {
    const Carriage carriage = draw_carriage();
    stay(person, at(6, 45), at(8, 45), room, seat, motion, carriage);
    stay(person, at(8, 45), at(9, 5), yard, seat, Motion::kWalks, carriage);
    stay(person, at(9, 5), at(11, 10), room, seat, motion, carriage);
  }

  // --- the office: desks in pairs face to face, 5 m from pair to pair ---

  void open_office(const std::vector<std::size_t>& adults) {
    constexpr std::size_t kOfficeSize = 8;
    for (std::size_t i = 0; i < adults.size() / 2; ++i) {
      if (i % kOfficeSize == 0)
        add_place(PlaceKind::kOffice, "Cơ quan " + std::to_string(i / kOfficeSize + 1), 12, 10);
      const std::size_t pair = i % kOfficeSize / 2;
      const double across = i % 2 == 0 ? -0.8 : 0.8;
      const Seat seat{{3.0 + 5.5 * static_cast<double>(pair % 2) + across,
                       2.0 + 5.5 * static_cast<double>(pair / 2)},
                      across < 0 ? 0.0 : kPi};
      town_.people[adults[i]].role = Role::kOfficeWorker;
      const std::size_t office = town_.places.size() - 1;
      for (const auto& [from, to] :
           {std::pair{at(7, 30), at(11, 30)}, std::pair{at(13, 30), at(16)}}) {
        leave_home(adults[i], from, to);
        stay(adults[i], from, to, office, seat, Motion::kSits, draw_carriage());
      }
    }
  }

  // --- the afternoon ---

  void play_in_the_park() {
    if (pupils_.empty()) return;
    const double side = 10.0 * std::sqrt(static_cast<double>(pupils_.size()));
    const std::size_t park = add_place(PlaceKind::kYard, "Công viên", side, side);
    for (const std::size_t pupil : pupils_) {
      leave_home(pupil, at(16, 15), at(17));
      stay(pupil, at(16, 15), at(17), park, {}, Motion::kWalks, draw_carriage());
    }
  }

  // Threes at round tables, 4.5 m from table to table, four tables a café.
  void drink_coffee() {
    constexpr std::size_t kTable = 3;
    constexpr std::size_t kCafeSize = 4 * kTable;
    std::vector<std::size_t> guests = adults_;
    draw_.shuffle(guests);
    guests.resize(guests.size() / 2 / kTable * kTable);
    for (std::size_t i = 0; i < guests.size(); ++i) {
      if (i % kCafeSize == 0)
        add_place(PlaceKind::kCafe, "Quán cà phê " + std::to_string(i / kCafeSize + 1), 9, 9);
      const std::size_t table = i % kCafeSize / kTable;
      const double angle = 2 * kPi * static_cast<double>(i % kTable) / static_cast<double>(kTable);
      const Seat seat{{2.0 + 4.5 * static_cast<double>(table % 2) + 0.6 * std::cos(angle),
                       2.0 + 4.5 * static_cast<double>(table / 2) + 0.6 * std::sin(angle)},
                      angle + kPi};
      leave_home(guests[i], at(16, 30), at(17, 10));
      stay(guests[i], at(16, 30), at(17, 10), town_.places.size() - 1, seat, Motion::kSits,
           draw_carriage());
    }
  }

  Draw draw_;
  Town town_;
  std::set<std::string> names_;
  std::vector<std::size_t> adults_;
  std::vector<std::size_t> pupils_;
  std::vector<Seat> stalls_;
  std::size_t market_ = 0;
  std::size_t homes_ = 0;
  std::size_t buses_ = 0;
};

}  // namespace

Town make_town(std::uint64_t seed, std::size_t people) {
  assert(people >= 8 && people <= 2000);
  return Builder(seed, people).take();
}

}  // namespace bz::sim
