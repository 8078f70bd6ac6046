// Borders: a GeoJSON FeatureCollection (RFC 7946) of polygons, by simdjson, which stays in here.
#include <simdjson.h>

#include <set>

#include "units/lists.h"
#include "vi/text.h"

namespace bz::units {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMostNesting = 32;

// In and around Vietnam, with Hoàng Sa and Trường Sa: degrees.
constexpr double kWest = 100;
constexpr double kEast = 120;
constexpr double kSouth = 5;
constexpr double kNorth = 25;

struct Position {
  double longitude = 0;
  double latitude = 0;
  bool operator==(const Position&) const = default;
};

std::optional<Position> position_of(const element& value) {
  array numbers;
  Position at;
  if (value.get_array().get(numbers) || numbers.size() < 2) return std::nullopt;
  if (numbers.at(0).get_double().get(at.longitude)) return std::nullopt;
  if (numbers.at(1).get_double().get(at.latitude)) return std::nullopt;
  const bool inside = at.longitude >= kWest && at.longitude <= kEast && at.latitude >= kSouth &&
                      at.latitude <= kNorth;
  if (!inside) return std::nullopt;
  return at;
}

// At least a triangle, closed by its first position.
bool is_ring(const element& value) {
  array positions;
  if (value.get_array().get(positions)) return false;
  std::optional<Position> first;
  std::optional<Position> last;
  std::size_t count = 0;
  for (const element one : positions) {
    last = position_of(one);
    if (!last) return false;
    if (count++ == 0) first = last;
  }
  return count >= 4 && first == last;
}

bool is_polygon(const element& value) {
  array rings;
  if (value.get_array().get(rings) || rings.begin() == rings.end()) return false;
  for (const element ring : rings) {
    if (!is_ring(ring)) return false;
  }
  return true;
}

bool is_multipolygon(const element& value) {
  array polygons;
  if (value.get_array().get(polygons) || polygons.begin() == polygons.end()) return false;
  for (const element polygon : polygons) {
    if (!is_polygon(polygon)) return false;
  }
  return true;
}

// Without spaces and without anything but type and coordinates; nothing when it is no such.
std::optional<std::string> geometry_of(const element& feature) {
  object geometry;
  std::string_view type;
  element coordinates;
  if (feature["geometry"].get_object().get(geometry)) return std::nullopt;
  if (geometry["type"].get_string().get(type)) return std::nullopt;
  if (geometry["coordinates"].get(coordinates)) return std::nullopt;
  const bool good = (type == "Polygon" && is_polygon(coordinates)) ||
                    (type == "MultiPolygon" && is_multipolygon(coordinates));
  if (!good) return std::nullopt;
  return R"({"type":")" + std::string(type) + R"(","coordinates":)" +
         std::string(simdjson::minify(coordinates)) + "}";
}

std::string text_of(const element& feature, const char* property) {
  std::string_view text;
  if (feature["properties"][property].get_string().get(text)) return {};
  return std::string(text);
}

class Borders {
 public:
  Listed<ListedBorder> listed;

  void take(const element& feature) {
    ++listed.rows;
    ListedBorder border{listed.rows, text_of(feature, "code"), {}, {}};
    const auto level = level_of(border.code);
    if (!level || *level == Level::kNation) return note(Fault::kNoCode, border, border.code);
    const auto name = text_of(feature, "name");
    border.name = vi::normal(name).value_or("");
    if (border.name != name) note(Fault::kSpelling, border, name, border.name);
    if (!codes_.insert(border.code).second) return note(Fault::kTwice, border, "");
    auto geometry = geometry_of(feature);
    if (!geometry) return note(Fault::kNoGeometry, border, "");
    border.geometry = std::move(*geometry);
    listed.entries.push_back(std::move(border));
  }

 private:
  void note(Fault fault, const ListedBorder& border, std::string found, std::string expected = {}) {
    listed.findings.push_back(
        {fault, border.row, border.code, std::move(found), std::move(expected)});
  }

  std::set<std::string> codes_;
};

}  // namespace

Listed<ListedBorder> read_borders(std::string_view file) {
  Borders borders;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(file);
  element root;
  array features;
  std::string_view type;
  const bool is_collection =
      !parser.allocate(std::max(file.size(), simdjson::dom::MINIMAL_DOCUMENT_CAPACITY),
                       kMostNesting) &&
      !parser.parse(padded).get(root) && !root["type"].get_string().get(type) &&
      type == "FeatureCollection" && !root["features"].get_array().get(features);
  if (!is_collection) {
    borders.listed.findings.push_back({Fault::kNoTable, 0, "", "", "FeatureCollection"});
    return std::move(borders.listed);
  }
  for (const element feature : features) borders.take(feature);
  return std::move(borders.listed);
}

}  // namespace bz::units
