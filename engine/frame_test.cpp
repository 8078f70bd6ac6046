#include "engine/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace bz::engine {
namespace {

// Id 01 02 … (12 or 16 bytes) and metadata A0 A1 A2 A3.
Frame some_frame(Profile profile) {
  Frame frame{profile, {}, {}};
  for (std::size_t i = 0; i < id_size(profile); ++i)
    frame.id.bytes[i] = static_cast<std::uint8_t>(i + 1);
  if (profile != Profile::kBluezone3) frame.aem.bytes = {0xA0, 0xA1, 0xA2, 0xA3};
  return frame;
}

Bytes bytes(const char* hex) {
  return *from_hex(hex);
}

constexpr std::array kProfiles{Profile::kBluezone3, Profile::kGaen, Profile::kBluezone4};

TEST(Frame, EachProfileIsWrittenAsItsFormatDrawsIt) {
  EXPECT_EQ(to_hex(advertisement(some_frame(Profile::kBluezone3))),
            "0201020FFFB5220102030405060708090A0B0C0303564E");
  EXPECT_EQ(to_hex(advertisement(some_frame(Profile::kGaen))),
            "02011A03036FFD17166FFD0102030405060708090A0B0C0D0E0F10A0A1A2A3");
  EXPECT_EQ(to_hex(advertisement(some_frame(Profile::kBluezone4))),
            "0201061716564E0102030405060708090A0B0C0D0E0F10A0A1A2A3");
}

TEST(Frame, EveryAdvertisementFitsALegacyOne) {
  for (const auto profile : kProfiles) EXPECT_LE(advertisement(some_frame(profile)).size(), 31U);
  EXPECT_EQ(advertisement(some_frame(Profile::kBluezone4)).size(), 27U);
  EXPECT_EQ(advertisement(ToBeAsked{Profile::kBluezone3}).size(), 31U);
  EXPECT_LE(advertisement(ToBeAsked{Profile::kBluezone4}).size(), 31U);
  EXPECT_LE(background_advertisement().size(), 31U);
}

TEST(Frame, ReadsBackWhatItWrote) {
  for (const auto profile : kProfiles) {
    EXPECT_EQ(read_advertisement(advertisement(some_frame(profile))), Reading{some_frame(profile)});
  }
}

// Cuts an advertisement into its elements.
std::vector<Bytes> elements(const Bytes& frame) {
  std::vector<Bytes> out;
  for (std::size_t at = 0; at < frame.size(); at += frame[at] + 1U) {
    out.emplace_back(frame.begin() + static_cast<std::ptrdiff_t>(at),
                     frame.begin() + static_cast<std::ptrdiff_t>(at + frame[at] + 1U));
  }
  return out;
}

TEST(Frame, ElementsMayComeInAnyOrderBesideForeignOnes) {
  for (const auto profile : kProfiles) {
    auto parts = elements(advertisement(some_frame(profile)));
    parts.push_back(bytes("020A08"));        // transmit power level
    parts.push_back(bytes("04FF4C0010"));    // Apple, another kind
    parts.push_back(bytes("0516AAFE0000"));  // service data of another service
    std::ranges::sort(parts);
    do {
      Bytes frame;
      for (const auto& part : parts) frame.insert(frame.end(), part.begin(), part.end());
      ASSERT_EQ(read_advertisement(frame), Reading{some_frame(profile)}) << to_hex(frame);
    } while (std::ranges::next_permutation(parts).found);
  }
}

TEST(Frame, AnIphoneMustBeAsked) {
  const Reading ask{ToBeAsked{Profile::kBluezone3}};
  EXPECT_EQ(to_hex(advertisement(ToBeAsked{Profile::kBluezone3})),
            "02011A110767A607ADD1172FA1C44BF573564E00000909426C75657A6F6E65");
  EXPECT_EQ(read_advertisement(advertisement(ToBeAsked{Profile::kBluezone3})), ask);
  EXPECT_EQ(to_hex(background_advertisement()), "02011A14FF4C000108000000000000000000000000000000");
  EXPECT_EQ(read_advertisement(background_advertisement()), ask);
  // With the bit of another background service beside ours, where the 2020 app's filter misses it.
  auto two_services = background_advertisement();
  two_services.back() = 0x40;
  EXPECT_EQ(read_advertisement(two_services), ask);
  // Without our bit it is somebody else.
  auto another = background_advertisement();
  another[8] = 0x04;
  EXPECT_EQ(read_advertisement(another), Reading{NotOurs{}});
  EXPECT_EQ(read_advertisement(advertisement(ToBeAsked{Profile::kBluezone4})),
            Reading{ToBeAsked{Profile::kBluezone4}});
}

TEST(Frame, TheProfileIsToldByServiceAndNotBySize) {
  // Twenty bytes under 0x4E56 are bluezone4, under 0xFD6F gaen.
  const Bytes twenty(20, 0x77);
  auto with_service = [&](const char* head) {
    auto frame = bytes(head);
    frame.insert(frame.end(), twenty.begin(), twenty.end());
    return read_advertisement(frame);
  };
  EXPECT_EQ(std::get<Frame>(with_service("1716564E")).profile, Profile::kBluezone4);
  EXPECT_EQ(std::get<Frame>(with_service("17166FFD")).profile, Profile::kGaen);
  EXPECT_EQ(with_service("17161234"), Reading{NotOurs{}});
  // Twelve bytes of company 0x22B5 without the service, and of another company with it.
  EXPECT_EQ(read_advertisement(bytes("0FFFB5220102030405060708090A0B0C")), Reading{NotOurs{}});
  EXPECT_EQ(read_advertisement(bytes("0FFFB6220102030405060708090A0B0C0303564E")),
            Reading{NotOurs{}});
}

TEST(Frame, TheServiceMayBeWrittenShortOrLongAndAmongOthers) {
  const Reading heard{some_frame(Profile::kBluezone3)};
  const auto id = std::string("0FFFB5220102030405060708090A0B0C");
  EXPECT_EQ(read_advertisement(bytes((id + "0302564E").c_str())), heard);
  EXPECT_EQ(read_advertisement(bytes((id + "0503AAFE564E").c_str())), heard);
  EXPECT_EQ(read_advertisement(bytes((id + "1107FB349B5F8000008000100000564E0000").c_str())),
            heard);
}

TEST(Frame, AValueOfTheWrongLengthIsCountedAndNotKept) {
  FrameCounts counts;
  const auto read = [&](const char* hex) {
    const auto reading = read_advertisement(bytes(hex));
    counts.add(reading);
    return reading;
  };
  EXPECT_EQ(read("0316564E"), Reading{BadLength{Profile::kBluezone4}});
  EXPECT_EQ(read("04166FFD01"), Reading{BadLength{Profile::kGaen}});
  EXPECT_EQ(read("04FFB522010303564E"), Reading{BadLength{Profile::kBluezone3}});
  // Cut short on the way: the element says 23 bytes and five are there.
  EXPECT_EQ(read("17166FFD0102"), Reading{BadLength{Profile::kGaen}});
  read("020106");
  counts.add(read_advertisement(advertisement(some_frame(Profile::kGaen))));
  counts.add(read_advertisement(background_advertisement()));
  EXPECT_EQ(counts.bad_length, 4U);
  EXPECT_EQ(counts.not_ours, 1U);
  EXPECT_EQ(counts.heard, 1U);
  EXPECT_EQ(counts.to_be_asked, 1U);
}

TEST(Frame, OfSeveralProfilesInOneFrameTheOrderOfElementsDecidesNothing) {
  // Service data of both kinds and the 2020 app's form at once: bluezone4 counts, then gaen, then
  // bluezone3, then a question.
  const auto four = elements(advertisement(some_frame(Profile::kBluezone4))).back();
  const auto gaen = elements(advertisement(some_frame(Profile::kGaen))).back();
  const auto three = elements(advertisement(some_frame(Profile::kBluezone3)));
  const auto ask = elements(advertisement(ToBeAsked{Profile::kBluezone3}))[1];
  std::vector<Bytes> parts{ask, three[1], three[2], gaen, four};
  for (const auto& expected :
       {Reading{some_frame(Profile::kBluezone4)}, Reading{some_frame(Profile::kGaen)},
        Reading{some_frame(Profile::kBluezone3)}}) {
    for (int turn = 0; turn < static_cast<int>(parts.size()); ++turn) {
      std::rotate(parts.begin(), parts.begin() + 1, parts.end());
      Bytes frame;
      for (const auto& part : parts) frame.insert(frame.end(), part.begin(), part.end());
      EXPECT_EQ(read_advertisement(frame), expected) << to_hex(frame);
    }
    const auto& spent = std::get<Frame>(expected).profile == Profile::kBluezone4 ? four : gaen;
    std::erase(parts, spent);
  }
}

TEST(Frame, OfTwoValuesOfOneServiceTheFirstCounts) {
  auto frame = advertisement(some_frame(Profile::kGaen));
  const auto more = bytes(
      "17166FFD"
      "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
  frame.insert(frame.end(), more.begin(), more.end());
  EXPECT_EQ(read_advertisement(frame), Reading{some_frame(Profile::kGaen)});
}

TEST(Frame, AListOfServicesMayBeIncomplete) {
  auto frame = advertisement(ToBeAsked{Profile::kBluezone3});
  frame[4] = 0x06;  // was 07, the complete list
  EXPECT_EQ(read_advertisement(frame), Reading{ToBeAsked{Profile::kBluezone3}});
}

TEST(Frame, Bluezone4KeepsOutOfTheOldAppsFilters) {
  // The 2020 app connects to whoever lists service 0x4E56 and reads ids from company 0x22B5.
  for (const auto& part : elements(advertisement(some_frame(Profile::kBluezone4)))) {
    EXPECT_TRUE(part[1] == 0x01 || part[1] == 0x16) << to_hex(part);
  }
}

TEST(Gatt, AValueIsReadOnlyUnderItsOwnServiceAndCharacteristic) {
  const auto three = some_frame(Profile::kBluezone3);
  const auto four = some_frame(Profile::kBluezone4);
  EXPECT_EQ(gatt_value(three).size(), 12U);
  EXPECT_EQ(gatt_value(four).size(), 20U);
  EXPECT_EQ(read_gatt(kBluezone3Gatt.service, kBluezone3Gatt.characteristic, gatt_value(three)),
            Reading{three});
  EXPECT_EQ(read_gatt(kBluezone4Gatt.service, kBluezone4Gatt.characteristic, gatt_value(four)),
            Reading{four});
  EXPECT_EQ(read_gatt(kBluezone4Gatt.service, kBluezone3Gatt.characteristic, gatt_value(four)),
            Reading{NotOurs{}});
  EXPECT_EQ(read_gatt(kBluezone3Gatt.service, kBluezone3Gatt.characteristic, gatt_value(four)),
            Reading{BadLength{Profile::kBluezone3}});
  // The one byte 0x00 with which a session of the 2020 app answers for a phone without the service.
  EXPECT_EQ(read_gatt(kBluezone3Gatt.service, kBluezone3Gatt.characteristic, Bytes{0}),
            Reading{BadLength{Profile::kBluezone3}});
}

TEST(Gatt, TheUuidsReadAsTheFormatPageWritesThem) {
  const auto text = [](Uuid uuid) {
    std::ranges::reverse(uuid);
    return to_hex(uuid);
  };
  EXPECT_EQ(text(kBluezone3Gatt.service), "00004E5673F54BC4A12F17D1AD07A667");
  EXPECT_EQ(text(kBluezone3Gatt.characteristic), "00004E5673F54BC4A12F17D1AD07A689");
  EXPECT_EQ(text(kBluezone4Gatt.service), "810B59A1CCE144B486B838D1335E96DB");
  EXPECT_EQ(text(kBluezone4Gatt.characteristic), "8AA693E73A4548458ECDCBDA7F47E0F7");
}

// A real frame with some bytes changed, some left out, some added.
RC_GTEST_PROP(Frame, SpoiledFramesAreReadWithoutHarm, ()) {
  auto any = advertisement(
      some_frame(*rc::gen::elementOf(std::vector(kProfiles.begin(), kProfiles.end()))));
  for (int changes = *rc::gen::inRange(0, 4); changes > 0; --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, any.size());
    any[at] = *rc::gen::arbitrary<std::uint8_t>();
  }
  any.resize(*rc::gen::inRange<std::size_t>(1, any.size() + 4));
  const auto reading = read_advertisement(any);
  if (const auto* frame = std::get_if<Frame>(&reading)) {
    RC_ASSERT(read_advertisement(advertisement(*frame)) == reading);
  }
}

}  // namespace
}  // namespace bz::engine
