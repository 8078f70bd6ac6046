#include "wire/sightings_csv.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/limits.h"

namespace bz::wire {
namespace {

using engine::Profile;
using engine::Sighting;

const std::string kHeaderLine = "profile,id,aem,rssi_dbm,time_ms\n";
const std::string kGaenLine = "gaen,8BE6CD371C5C8916044BFBE9A5500F00,10203040,-71,1585785600000\n";
const std::string kBluezone3Line = "bluezone3,490C085D937456A4DD07E710,,,1585785601000\n";

std::string complaint(const std::string& text) {
  const auto sightings = parse_sightings_csv(text);
  if (sightings) return "read";
  EXPECT_EQ(sightings.error().code, Code::kMalformed);
  return sightings.error().what;
}

TEST(SightingsCsv, IsReadAndWrittenAsDrawn) {
  const auto sightings = parse_sightings_csv(kHeaderLine + kGaenLine + kBluezone3Line);
  ASSERT_TRUE(sightings) << sightings.error().what;
  ASSERT_EQ(sightings->size(), 2U);
  const Sighting& gaen = sightings->at(0);
  EXPECT_EQ(gaen.profile, Profile::kGaen);
  EXPECT_EQ(gaen.id.bytes[0], 0x8B);
  EXPECT_EQ(gaen.aem.bytes, (std::array<std::uint8_t, 4>{0x10, 0x20, 0x30, 0x40}));
  EXPECT_EQ(gaen.rssi.value, -71);
  EXPECT_EQ(to_ms(gaen.time), 1'585'785'600'000);
  const Sighting& old = sightings->at(1);
  EXPECT_EQ(old.profile, Profile::kBluezone3);
  EXPECT_EQ(old.id.bytes[11], 0x10);
  EXPECT_EQ(old.id.bytes[12], 0);
  EXPECT_EQ(old.rssi, engine::kNoRssi);
  EXPECT_EQ(write_sightings_csv(*sightings), kHeaderLine + kGaenLine + kBluezone3Line);
}

TEST(SightingsCsv, LineEndsOfWindowsAByteOrderMarkAndNoLastLineEndAreTaken) {
  const std::string text =
      "\xEF\xBB\xBFprofile,id,aem,rssi_dbm,time_ms\r\nbluezone3,490c085d937456a4dd07e710,00000000,"
      "20,0";
  EXPECT_EQ(complaint(text), "read");
  EXPECT_EQ(complaint(kHeaderLine), "read");
}

TEST(SightingsCsv, TheHeaderIsRequired) {
  const std::string missing =
      "sightings, line 1: the header is not profile,id,aem,rssi_dbm,time_ms";
  EXPECT_EQ(complaint(""), missing);
  EXPECT_EQ(complaint(kGaenLine), missing);
  EXPECT_EQ(complaint("id,profile,aem,rssi_dbm,time_ms\n"), missing);
}

TEST(SightingsCsv, EachDamageSaysItsLineAndColumn) {
  const auto second = [](const std::string& line) {
    return complaint(kHeaderLine + kGaenLine + line);
  };
  const std::string id = "8BE6CD371C5C8916044BFBE9A5500F00";
  EXPECT_EQ(second("\n"), "sightings, line 3: empty");
  EXPECT_EQ(second("gaen," + id + ",10203040,-71"), "sightings, line 3: not 5 columns");
  EXPECT_EQ(second("gaen," + id + ",10203040,-71,0,"), "sightings, line 3: not 5 columns");
  EXPECT_EQ(second("Gaen," + id + ",10203040,-71,0"),
            "sightings, line 3: profile is not bluezone3, gaen or bluezone4");
  EXPECT_EQ(second("bluezone3," + id + ",,-71,0"), "sightings, line 3: id is not 12 bytes of hex");
  EXPECT_EQ(second("gaen,490C085D937456A4DD07E710,10203040,-71,0"),
            "sightings, line 3: id is not 16 bytes of hex");
  EXPECT_EQ(second("gaen," + id + ",,-71,0"),
            "sightings, line 3: aem is not 4 bytes of hex (blank for bluezone3 only)");
  EXPECT_EQ(second("bluezone3,490C085D937456A4DD07E710,00000001,-71,0"),
            "sightings, line 3: aem of bluezone3, which has none, is not blank");
  const auto heard = [&](const std::string& rssi, const std::string& time) {
    return second("gaen," + id + ",10203040," + rssi + "," + time);
  };
  for (const char* rssi : {"-128", "21", "127", "-71.5", " -71", "+5"}) {
    EXPECT_EQ(heard(rssi, "0"),
              "sightings, line 3: rssi_dbm is not a whole number from -127 to 20");
  }
  for (const char* time : {"", "-1", "253402300800000", "1e3", "99999999999999999999", "0 "}) {
    EXPECT_EQ(heard("-71", time),
              "sightings, line 3: time_ms is not a whole number of milliseconds from 1970 to 9999");
  }
}

TEST(SightingsCsv, TheListForTheOriginalsCheckHasTwoColumns) {
  const auto sightings = parse_check_csv("id,time_ms\n490C085D937456A4DD07E710,1588364550000\n");
  ASSERT_TRUE(sightings) << sightings.error().what;
  ASSERT_EQ(sightings->size(), 1U);
  EXPECT_EQ(sightings->at(0).profile, Profile::kBluezone3);
  EXPECT_EQ(to_ms(sightings->at(0).time), 1'588'364'550'000);

  EXPECT_EQ(parse_check_csv("id,time_ms\n490C,0\n").error().what,
            "sightings, line 2: id is not 12 bytes of hex");
  EXPECT_EQ(parse_check_csv("id,time_ms\n490C085D937456A4DD07E710\n").error().what,
            "sightings, line 2: not 2 columns");
  EXPECT_EQ(parse_check_csv(kHeaderLine).error().what,
            "sightings, line 1: the header is not id,time_ms");
}

TEST(SightingsCsv, AnErrorOfTheTakerEndsTheReading) {
  int count = 0;
  const auto read = parse_sightings_csv(kHeaderLine + kGaenLine + kGaenLine + "nonsense",
                                        [&](const Sighting&) -> Result<void> {
                                          if (++count == 2)
                                            return Error{Code::kUnavailable, "full"};
                                          return {};
                                        });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "full");
  EXPECT_EQ(count, 2);
}

TEST(SightingsCsv, AnRssiThatNoRadioHearsIsWrittenBlank) {
  Sighting sighting = parse_sightings_csv(kHeaderLine + kBluezone3Line)->at(0);
  sighting.rssi = {-128};
  EXPECT_EQ(sightings_csv_line(sighting), kBluezone3Line);
}

TEST(SightingsCsv, WhatIsWrittenIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Sighting> sightings;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      Sighting s;
      s.profile = static_cast<Profile>(*rc::gen::inRange(0, 3));
      for (std::size_t b = 0; b < id_size(s.profile); ++b)
        s.id.bytes[b] = *rc::gen::arbitrary<std::uint8_t>();
      if (s.profile != Profile::kBluezone3) s.aem.bytes.fill(*rc::gen::arbitrary<std::uint8_t>());
      s.rssi = *rc::gen::arbitrary<bool>() ? engine::kNoRssi
                                           : engine::Dbm{*rc::gen::inRange<std::int8_t>(-127, 21)};
      s.time = from_ms(*rc::gen::inRange<std::int64_t>(0, kLastSecond * 1000 + 1000));
      sightings.push_back(s);
    }
    const auto read = parse_sightings_csv(write_sightings_csv(sightings));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == sightings);
  }));
}

}  // namespace
}  // namespace bz::wire
