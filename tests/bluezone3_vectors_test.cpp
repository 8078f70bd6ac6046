// The vectors made by running the 2020 app's own code, read as a file so that every port can read the same.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <string>

#include "engine/bluezone3_ids.h"
#include "engine/contact_check.h"
#include "tests/shared_files.h"
#include "wire/trace_list.h"

namespace bz {
namespace {

using engine::Profile;
using engine::Sighting;
using simdjson::dom::element;

std::string text(element e) { return std::string(std::string_view(e)); }

std::vector<Sighting> sightings_of(element list) {
  std::vector<Sighting> sightings;
  for (const element row : simdjson::dom::array(list)) {
    Sighting sighting{Profile::kBluezone3, {}, {}, {}, from_ms(std::int64_t(row.at(1)))};
    EXPECT_TRUE(from_hex(text(row.at(0)), std::span(sighting.id.bytes).first<12>()));
    sightings.push_back(sighting);
  }
  return sightings;
}

class Bluezone3Vectors : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = shared_file("vectors/bluezone3.json");
    BZ_SKIP_WITHOUT(path);
    vectors_ = parser_.load(path.string());
  }
  simdjson::dom::parser parser_;
  element vectors_;
};

TEST_F(Bluezone3Vectors, EveryIdCaseHolds) {
  int cases = 0;
  for (const element c : simdjson::dom::array(vectors_["id_cases"])) {
    const auto name = text(c["name"]);
    engine::Bluezone3Root root;
    ASSERT_TRUE(from_hex(text(c["base_key"]), root.key));
    root.day = day_of(from_ms(c["base_time_ms"]));
    const Instant now = from_ms(c["query_time_ms"]);
    const Day day = day_of(now);
    EXPECT_EQ(to_ms(Instant{root.day}), std::int64_t(c["base_day_start_ms"])) << name;
    EXPECT_EQ(to_ms(Instant{day}), std::int64_t(c["day_start_ms"])) << name;
    const auto slots = engine::slots_per_day(c["max"]);
    ASSERT_TRUE(slots) << name;
    const int index = slots->index_at(now);
    EXPECT_EQ(index, std::int64_t(c["index"])) << name;
    EXPECT_EQ(to_ms(slots->start(day, index)), std::int64_t(c["slot_start_ms"])) << name;
    const auto key = engine::daily_key(root, day);
    EXPECT_EQ(to_hex(key), text(c["daily_key"])) << name;
    const auto id = engine::bluezone3_id(key, index);
    EXPECT_EQ(to_hex(ByteView(id.bytes).first(12)), text(c["id"])) << name;
    ++cases;
  }
  EXPECT_GE(cases, 40);
}

TEST_F(Bluezone3Vectors, EveryContactCheckIsAnsweredAsTheAppDoes) {
  int cases = 0;
  for (const element c : simdjson::dom::array(vectors_["check_contact_cases"])) {
    engine::TraceEntry entry;
    entry.daily_key = *from_hex(text(c["daily_key"]));
    entry.time_start_s = c["time_start"];
    entry.time_end_s = c["time_end"];
    entry.ids_per_day = static_cast<std::int32_t>(std::int64_t(c["max"]));
    EXPECT_EQ(engine::had_contact(entry, sightings_of(c["sightings"])), bool(c["expected"])) << text(c["name"]);
    ++cases;
  }
  EXPECT_GE(cases, 50);
}

// Lists that the app reads in part, or takes for empty, are damaged to us: they are refused whole, and the person
// who made them hears of it.
TEST_F(Bluezone3Vectors, EveryWholeTraceListIsAnsweredAsTheAppDoesAndDamagedOnesAreRefused) {
  int whole = 0;
  int damaged = 0;
  for (const element c : simdjson::dom::array(vectors_["trace_list_cases"])) {
    const auto name = text(c["name"]);
    const auto entries = wire::parse_trace_list(text(c["trace_json"]));
    if (name == "no-data-field" || name == "empty-string" || name == "entry-without-max-first" ||
        name == "bad-entry-after-match") {
      EXPECT_EQ(entries.has_value() ? Code::kConflict : entries.error().code, Code::kMalformed) << name;
      ++damaged;
      continue;
    }
    ASSERT_TRUE(entries) << name;
    const auto found = engine::entries_with_contact(*entries, sightings_of(c["sightings"]));
    EXPECT_EQ(!found.empty(), bool(c["expected_any"])) << name;
    std::vector<std::string> keys;
    for (const auto i : found) keys.push_back(to_hex((*entries)[i].daily_key));
    std::vector<std::string> expected;
    for (const element key : simdjson::dom::array(c["expected_matching_keys"])) expected.push_back(text(key));
    EXPECT_EQ(keys, expected) << name;
    ++whole;
  }
  EXPECT_GE(whole, 2);
  EXPECT_GE(damaged, 4);
}

// Where the app fails (docs/formats/bluezone3-ids.md), there is an id all the same.
TEST_F(Bluezone3Vectors, WhereTheAppHasNoIdWeSayTheOneOfTheLastSlot) {
  int tails = 0;
  for (const element c : simdjson::dom::array(vectors_["edge_cases"])) {
    if (!text(c["name"]).starts_with("tail-of-day")) continue;
    const auto slots = engine::slots_per_day(c["stored_max"]);
    ASSERT_TRUE(slots);
    EXPECT_EQ(std::int64_t(c["raw_index"]), slots->per_day);
    EXPECT_EQ(slots->index_at(from_ms(c["query_time_ms"])), slots->per_day - 1);
    ++tails;
  }
  EXPECT_GE(tails, 4);
}

}  // namespace
}  // namespace bz
