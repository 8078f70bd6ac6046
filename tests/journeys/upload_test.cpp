// An upload over real HTTP, as somebody on the way sees it and as a broken line treats it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>

#include "base/base64.h"
#include "base/file.h"
#include "base/temp_folder.h"
#include "engine/risk_presets.h"
#include "phone/phone.h"
#include "phone/visits.h"
#include "sim/health_desk.h"
#include "tests/relay.h"

namespace bz {
namespace {

using phone::Phone;
using std::chrono::hours;
using std::chrono::minutes;
using tests::Passage;
using tests::Relay;

constexpr Day kDay{std::chrono::days{18'493}};  // 19 August 2020
constexpr Instant kNoon = Instant{kDay} + hours{12};

// A line that breaks at the upload: before it has left, or before its answer has come.
class BrokenLine final : public phone::Transport {
 public:
  enum class At { kUpload, kAnswerToTheUpload };
  BrokenLine(phone::Transport& line, At at) : line_(line), at_(at) {}

  Result<std::vector<std::string>> export_names() override { return line_.export_names(); }
  Result<Bytes> fetch(const std::string& name) override { return line_.fetch(name); }
  Result<Bytes> settings() override { return line_.settings(); }
  Result<wire::VerifyAnswer> verify(std::string_view code) override { return line_.verify(code); }
  Result<std::string> certificate(std::string_view token, const Digest& tekmac) override {
    return line_.certificate(token, tekmac);
  }
  Result<wire::PublishAnswer> publish(const phone::Upload& upload, std::string_view certificate,
                                      ByteView secret) override {
    if (at_ == At::kAnswerToTheUpload) {
      EXPECT_TRUE(line_.publish(upload, certificate, secret));
    }
    return Error{Code::kUnavailable, "the line broke"};
  }
  Result<wire::PublishAnswer> publish_chains(const phone::ChainUpload& upload,
                                             std::string_view certificate,
                                             ByteView secret) override {
    if (at_ == At::kAnswerToTheUpload) {
      EXPECT_TRUE(line_.publish_chains(upload, certificate, secret));
    }
    return Error{Code::kUnavailable, "the line broke"};
  }
  Result<void> cover(Call call) override { return line_.cover(call); }

 private:
  phone::Transport& line_;
  At at_;
};

// What all files say of the day keys.
struct Published {
  std::vector<engine::PublishedKey> fresh;
  std::vector<engine::PublishedKey> revised;
};

class Upload : public testing::Test {
 protected:
  Upload() {
    auto desk = sim::HealthDesk::open(folder_, random_, kNoon);
    EXPECT_TRUE(desk) << (desk ? "" : desk.error().what);
    desk_ = std::move(*desk);
    relay_ = std::make_unique<Relay>(desk_->server().port());
  }

  // Somebody whose phone has said names on `days` days until noon.
  Phone new_phone(const std::string& owner, int days) {
    SealKey key;
    random_.fill(key);
    auto phone = Phone::open(folder_ / (owner + ".db"), key, random_, {});
    EXPECT_TRUE(phone);
    for (int ago = days; ago-- > 0;)
      EXPECT_TRUE(phone->advertisement(kNoon - std::chrono::days{ago} - hours{1}));
    return std::move(*phone);
  }

  // Of bluezone4 first, then of bluezone3.
  Phone new_phone_of_two_profiles(const std::string& owner, int days, Instant now) {
    SealKey key;
    random_.fill(key);
    const auto path = folder_ / (owner + ".db");
    EXPECT_TRUE(Phone::open(path, key, random_, {})->advertisement(now - hours{24 * days}));
    phone::PhoneSettings settings;
    settings.profile = engine::Profile::kBluezone3;
    settings.send_bluezone3 = true;
    auto phone = Phone::open(path, key, random_, settings);
    EXPECT_TRUE(phone);
    for (int ago = days; ago-- > 0;)
      EXPECT_TRUE(phone->advertisement(now - std::chrono::days{ago} - hours{1}));
    return std::move(*phone);
  }

  static void agree(Phone& phone, Instant now = kNoon) {
    auto preview = phone.preview_upload(day_of(now) - std::chrono::days{14}, now);
    ASSERT_TRUE(preview);
    ASSERT_TRUE(phone.report().agree(std::move(*preview).agreed(), now));
  }
  static void agree_to_chains(Phone& phone, Instant now = kNoon) {
    auto preview = phone.preview_chains(day_of(now) - std::chrono::days{2}, now);
    ASSERT_TRUE(preview);
    ASSERT_TRUE(phone.report().chains().agree(std::move(*preview).agreed(), now));
  }

  // Takes a code and agrees, over a line that nobody watches.
  void take_code(Phone& phone, wire::TestType type = wire::TestType::kConfirmed,
                 Instant now = kNoon) {
    auto line = desk_->line();
    const auto code = desk_->issue_code(kDay, type);
    ASSERT_TRUE(code) << code.error().what;
    ASSERT_TRUE(phone.report().enter_code(line, *code, now));
    agree(phone, now);
  }

  // Keys that reached the files until the day after tomorrow.
  std::size_t published_keys() {
    desk_->at(kNoon + hours{48});
    auto line = desk_->line();
    const auto names = line.export_names();
    EXPECT_TRUE(names);
    std::size_t keys = 0;
    for (const auto& name : *names) {
      const auto file = line.fetch(name);
      EXPECT_TRUE(file);
      const auto read = wire::read_export(ByteView{*file}, *desk_->trust(), [](auto, auto) {});
      EXPECT_TRUE(read) << read.error().what;
      keys += read->keys;
    }
    return keys;
  }

  Published published(Instant until) {
    desk_->at(until);
    auto line = desk_->line();
    Published all;
    const auto names = line.export_names();
    EXPECT_TRUE(names);
    for (const auto& name : *names) {
      const auto file = line.fetch(name);
      EXPECT_TRUE(file);
      const auto read = wire::read_whole_export(ByteView{*file}, *desk_->trust());
      EXPECT_TRUE(read) << (read ? "" : read.error().what);
      all.fresh.insert(all.fresh.end(), read->keys.begin(), read->keys.end());
      all.revised.insert(all.revised.end(), read->revised.begin(), read->revised.end());
    }
    return all;
  }

  TempFolder temporary_ = *TempFolder::make();
  std::filesystem::path folder_ = temporary_.path();
  SystemRandom random_;
  std::unique_ptr<sim::HealthDesk> desk_;
  std::unique_ptr<Relay> relay_;
};

// One visit, real or not: on a first connection a request and its answer, on a second two of each.
void expect_shape_of_a_visit(const std::vector<Passage>& seen) {
  ASSERT_EQ(seen.size(), 6U);
  const std::vector<std::pair<int, bool>> expected{{0, true},  {0, false}, {1, true},
                                                   {1, false}, {1, true},  {1, false}};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].connection, expected[i].first) << i;
    EXPECT_EQ(seen[i].up, expected[i].second) << i;
  }
}

// Requests are of one size; answers of one distribution.
void expect_no_difference(const std::vector<std::vector<Passage>>& real,
                          const std::vector<std::vector<Passage>>& cover) {
  std::vector<std::size_t> real_answers;
  std::vector<std::size_t> cover_answers;
  for (std::size_t i = 0; i < real.size(); ++i) {
    expect_shape_of_a_visit(real[i]);
    expect_shape_of_a_visit(cover[i]);
    for (std::size_t call = 0; call < 6; call += 2) {
      EXPECT_EQ(real[i][call].bytes, real[0][call].bytes) << "one size of requests";
      EXPECT_EQ(cover[i][call].bytes, real[0][call].bytes) << "of cover too";
      real_answers.push_back(real[i][call + 1].bytes);
      cover_answers.push_back(cover[i][call + 1].bytes);
    }
  }
  // Kolmogorov-Smirnov on the sizes of answers: 75 of each, 0.33 is the 0.05 % level.
  std::ranges::sort(real_answers);
  std::ranges::sort(cover_answers);
  double distance = 0;
  for (const auto bytes : real_answers) {
    const auto below = [bytes](const std::vector<std::size_t>& sizes) {
      return static_cast<double>(std::ranges::upper_bound(sizes, bytes) - sizes.begin()) /
             static_cast<double>(sizes.size());
    };
    distance = std::max(distance, std::abs(below(real_answers) - below(cover_answers)));
  }
  EXPECT_LT(distance, 0.33);
}

TEST_F(Upload, RealAndCoverVisitsHaveTheSameCallsConnectionsAndSizes) {
  std::vector<std::vector<Passage>> real;
  std::vector<std::vector<Passage>> cover;
  for (int i = 0; i < 25; ++i) {
    desk_->at(kNoon + minutes{i});  // so that nobody asks too often
    // Phones with one key and with fourteen.
    auto phone = new_phone("phone-" + std::to_string(i), i % 2 == 0 ? 1 : 14);
    auto line = desk_->line(relay_->port());
    phone::Visits visits(phone.report(), random_, {}, kNoon);
    const auto code = desk_->issue_code(kDay);
    ASSERT_TRUE(code) << code.error().what;
    ASSERT_TRUE(visits.enter_code(line, *code, kNoon));
    agree(phone);
    const auto sent = visits.go(line, visits.next(true));
    ASSERT_TRUE(sent && *sent) << (sent ? "nothing was due" : sent.error().what);
    real.push_back(relay_->seen());
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    cover.push_back(relay_->seen());
  }
  expect_no_difference(real, cover);
}

TEST_F(Upload, AVisitWithARevisionTokenLooksLikeOneThatCarriesNothing) {
  std::vector<std::vector<Passage>> real;
  std::vector<std::vector<Passage>> cover;
  for (int i = 0; i < 25; ++i) {
    desk_->at(kNoon + minutes{i});
    auto phone = new_phone("phone-" + std::to_string(i), i % 2 == 0 ? 1 : 14);
    take_code(phone, wire::TestType::kLikely);
    auto unseen = desk_->line();
    ASSERT_TRUE(phone.report().send(unseen));
    auto line = desk_->line(relay_->port());
    phone::Visits visits(phone.report(), random_, {}, kNoon);
    const auto code = desk_->issue_code(kDay);
    ASSERT_TRUE(code) << code.error().what;
    ASSERT_TRUE(visits.enter_code(line, *code, kNoon));
    agree(phone);
    const auto sent = visits.go(line, visits.next(true));
    ASSERT_TRUE(sent && *sent) << (sent ? "nothing was due" : sent.error().what);
    EXPECT_EQ((**sent).answer.inserted, i % 2 == 0 ? 1 : 14);
    real.push_back(relay_->seen());
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    cover.push_back(relay_->seen());
  }
  expect_no_difference(real, cover);
}

TEST_F(Upload, AVisitWithChainsLooksLikeOneThatCarriesNothing) {
  ASSERT_TRUE(desk_->take_chains());
  std::vector<std::vector<Passage>> real;
  std::vector<std::vector<Passage>> cover;
  Instant now = kNoon;
  for (int i = 0; i < 25; ++i) {
    // What was said in two profiles, on one day or on many.
    const auto name = "both-" + std::to_string(i);
    auto phone = new_phone_of_two_profiles(name, i % 2 == 0 ? 1 : 14, now);
    auto line = desk_->line(relay_->port());
    phone::Visits visits(phone.report(), random_, {}, now);
    const auto code = desk_->issue_code(day_of(now));
    ASSERT_TRUE(code) << code.error().what;
    ASSERT_TRUE(visits.enter_code(line, *code, now));
    agree_to_chains(phone, now);
    agree(phone, now);
    const auto due = **phone.report().chains().due();
    const auto keys = visits.go(line, visits.next(true, due));
    ASSERT_TRUE(keys && *keys) << (keys ? "nothing was due" : keys.error().what);
    EXPECT_EQ((**keys).what, phone::Sent::What::kKeys);
    expect_shape_of_a_visit(relay_->seen());

    now = due;
    desk_->at(now);
    ASSERT_TRUE(visits.go(line, due));
    const auto sent = visits.go(line, visits.next(false, due));
    ASSERT_TRUE(sent && *sent) << (sent ? "nothing was due" : sent.error().what);
    EXPECT_EQ((**sent).what, phone::Sent::What::kChains);
    EXPECT_EQ((**sent).answer.inserted, 1);
    real.push_back(relay_->seen());
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    ASSERT_TRUE(visits.go(line, visits.next(false)));
    cover.push_back(relay_->seen());
  }
  expect_no_difference(real, cover);
}

TEST_F(Upload, ALostAnswerToTheUploadIsMadeGoodByTheNextTryAndStoresNothingTwice) {
  auto an = new_phone("an", 3);
  take_code(an);
  auto line = desk_->line(relay_->port());
  relay_->lose_answers(true);
  EXPECT_EQ(an.report().send(line).error().code, Code::kUnavailable);  // of the certificate
  relay_->lose_answers(false);
  const auto certificate_lost = an.report().send(line);
  ASSERT_TRUE(certificate_lost) << certificate_lost.error().what;
  EXPECT_EQ(certificate_lost->inserted, 3);
  EXPECT_EQ(published_keys(), 3U);
}

// The server has stored the keys, its answer never came.
TEST_F(Upload, KeysThatWereStoredWithoutThePhoneKnowingAreStoredOnce) {
  auto an = new_phone("an", 3);
  take_code(an);
  auto line = desk_->line();
  BrokenLine broken(line, BrokenLine::At::kAnswerToTheUpload);
  EXPECT_EQ(an.report().send(broken).error().code, Code::kUnavailable);
  const auto again = an.report().send(line);
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->inserted, 3);
  EXPECT_EQ(published_keys(), 3U);
}

TEST_F(Upload, AnUploadThatWaitedUntilItsCertificateExpiredGetsAnother) {
  auto an = new_phone("an", 3);
  take_code(an);
  auto line = desk_->line();
  BrokenLine broken(line, BrokenLine::At::kUpload);
  EXPECT_EQ(an.report().send(broken).error().code, Code::kUnavailable);
  desk_->at(kNoon + hours{5});
  EXPECT_EQ(an.report().send(line).error().code, Code::kUnavailable);  // the old one has expired
  const auto sent = an.report().send(line);
  ASSERT_TRUE(sent) << sent.error().what;
  EXPECT_EQ(published_keys(), 3U);
}

// A likely case whose test is confirmed the day after, from a phone that was switched off
// meanwhile. Of three days, and then of four.
TEST_F(Upload, ASecondReportChangesTheKeysOfTheFirstAndAddsTheNewDays) {
  SealKey key;
  random_.fill(key);
  const auto open = [&] { return *Phone::open(folder_ / "an.db", key, random_, {}); };
  auto line = desk_->line();
  const auto next = kNoon + hours{24};
  {
    auto an = open();
    for (const int ago : {2, 1, 0})
      ASSERT_TRUE(an.advertisement(kNoon - std::chrono::days{ago} - hours{1}));
    take_code(an, wire::TestType::kLikely);
    BrokenLine broken(line, BrokenLine::At::kAnswerToTheUpload);
    EXPECT_EQ(an.report().send(broken).error().code, Code::kUnavailable);
    // The answer that came in the end has the token.
    ASSERT_TRUE(an.report().send(line));
    ASSERT_TRUE(an.advertisement(kNoon + hours{1}));
  }
  desk_->at(next);
  auto an = open();
  ASSERT_TRUE(an.advertisement(next - hours{1}));
  take_code(an, wire::TestType::kConfirmed, next);
  BrokenLine broken(line, BrokenLine::At::kAnswerToTheUpload);
  EXPECT_EQ(an.report().send(broken).error().code, Code::kUnavailable);
  const auto sent = an.report().send(line);
  ASSERT_TRUE(sent) << sent.error().what;
  // Three that were there, the rest of the day of the first report, and the day after.
  EXPECT_EQ(sent->inserted, 5);

  const auto all = published(next + hours{48});
  ASSERT_EQ(all.fresh.size(), 5U);
  ASSERT_EQ(all.revised.size(), 3U);
  std::set<std::array<std::uint8_t, 16>> likely;
  for (const auto& one : all.fresh)
    if (one.report_type == engine::ReportType::kLikely) likely.insert(one.key.bytes);
  EXPECT_EQ(likely.size(), 3U);
  for (const auto& one : all.revised) {
    EXPECT_EQ(one.report_type, engine::ReportType::kConfirmed);
    EXPECT_EQ(likely.erase(one.key.bytes), 1U);  // each once
  }
  // A third, of the same test: there is nothing to change, and nothing is refused.
  take_code(an, wire::TestType::kConfirmed, next + hours{48});
  EXPECT_TRUE(an.report().send(line));
}

// Its log was copied before the first report: the keys are the same, what the answer brought is
// not.
TEST_F(Upload, AnotherPhoneThanTheOneThatPublishedIsToldToReportWithThatOrToGiveUp) {
  SealKey key;
  random_.fill(key);
  {
    auto an = *Phone::open(folder_ / "an.db", key, random_, {});
    ASSERT_TRUE(an.advertisement(kNoon - hours{26}));
  }
  std::filesystem::copy_file(folder_ / "an.db", folder_ / "copy.db");
  auto an = *Phone::open(folder_ / "an.db", key, random_, {});
  auto copy = *Phone::open(folder_ / "copy.db", key, random_, {});
  auto line = desk_->line();
  take_code(an, wire::TestType::kLikely);
  ASSERT_TRUE(an.report().send(line));
  take_code(copy);
  const auto refused = copy.report().send(line);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_NE(
      refused.error().what.find("report with the phone that published them, or give this one"),
      std::string::npos);
  EXPECT_TRUE(*copy.report().takes_code());
  const auto all = published(kNoon + hours{48});
  EXPECT_EQ(all.fresh.size(), 1U);
  EXPECT_TRUE(all.revised.empty());
}

// Of another server, whose keys this one does not know: it is told so, and takes them without.
TEST_F(Upload, ATokenOfAnotherServerHoldsUpNoUpload) {
  const auto folder = folder_ / "other";
  std::filesystem::create_directories(folder);
  const auto other = *sim::HealthDesk::open(folder, random_, kNoon);
  auto an = new_phone("an", 2);
  auto other_line = other->line();
  const auto code = other->issue_code(kDay);
  ASSERT_TRUE(code);
  ASSERT_TRUE(an.report().enter_code(other_line, *code, kNoon));
  agree(an);
  ASSERT_TRUE(an.report().send(other_line));
  take_code(an);
  auto line = desk_->line();
  EXPECT_EQ(an.report().send(line).error().code, Code::kUnavailable);
  const auto sent = an.report().send(line);
  ASSERT_TRUE(sent) << sent.error().what;
  EXPECT_EQ(sent->inserted, 2);
}

TEST_F(Upload, KeysOfAContactGoToARegionOfTheirOwnUntilTheContactIsACase) {
  auto binh = new_phone("binh", 3);
  auto line = desk_->line();
  const auto code = desk_->issue_code(kDay - std::chrono::days{2}, wire::TestType::kContact);
  ASSERT_TRUE(code) << code.error().what;
  const auto test = binh.report().enter_code(line, *code, kNoon);
  ASSERT_TRUE(test) << test.error().what;
  EXPECT_EQ(test->type, wire::TestType::kContact);
  EXPECT_EQ(phone::first_infectious_day(*test, kDay), kDay - std::chrono::days{2});
  agree(binh);
  ASSERT_TRUE(binh.report().send(line));
  EXPECT_EQ(published_keys(), 0U);  // of the region VN
  auto contacts = desk_->line({}, "VN-f1");
  const auto names = contacts.export_names();
  ASSERT_TRUE(names);
  std::vector<engine::PublishedKey> keys;
  for (const auto& name : *names) {
    const auto file = contacts.fetch(name);
    ASSERT_TRUE(file);
    const auto read = wire::read_whole_export(ByteView{*file}, *desk_->trust());
    ASSERT_TRUE(read);
    keys.insert(keys.end(), read->keys.begin(), read->keys.end());
  }
  ASSERT_EQ(keys.size(), 3U);
  for (const auto& key : keys) EXPECT_EQ(key.report_type, engine::ReportType::kRecursive);

  // Tested the day after next, and confirmed: all days go to the region VN.
  const auto later = kNoon + hours{48};
  ASSERT_TRUE(binh.advertisement(later - hours{1}));
  take_code(binh, wire::TestType::kConfirmed, later);
  const auto sent = binh.report().send(line);
  ASSERT_TRUE(sent) << sent.error().what;
  const auto all = published(later + hours{48});
  EXPECT_EQ(all.fresh.size(), static_cast<std::size_t>(sent->inserted));
  EXPECT_GT(all.fresh.size(), 3U);
  EXPECT_TRUE(all.revised.empty());
  for (const auto& one : all.fresh) EXPECT_EQ(one.report_type, engine::ReportType::kConfirmed);
}

TEST_F(Upload, APhoneThatDoesNotTakeContactCodesIsToldSo) {
  auto binh = new_phone("binh", 1);
  const auto code = desk_->issue_code(kDay, wire::TestType::kContact);
  ASSERT_TRUE(code);
  phone::ServerAddress address = desk_->address();
  address.accept_contact = false;
  phone::HttpTransport line(address, random_);
  const auto refused = binh.report().enter_code(line, *code, kNoon);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDenied);
}

TEST_F(Upload, AnErrorPageInPlaceOfAFileIsNotKept) {
  auto an = new_phone("an", 3);
  take_code(an);
  auto line = desk_->line();
  ASSERT_TRUE(an.report().send(line));
  desk_->at(kNoon + hours{48});
  const auto cache = folder_ / "cache";
  phone::HttpTransport cached(desk_->address(), random_, cache);
  const auto name = cached.export_names()->at(0);
  ASSERT_TRUE(cached.fetch(name));
  ASSERT_TRUE(write_file(cache / name, as_bytes("<html>log in to the hotel's network</html>")));
  auto binh = new_phone("binh", 1);
  const auto settings = *engine::risk_preset("bluezone4");
  EXPECT_EQ(binh.check(cached, *desk_->trust(), settings, kNoon + hours{48}).error().code,
            Code::kMalformed);
  EXPECT_TRUE(binh.check(cached, *desk_->trust(), settings, kNoon + hours{48}));
}

TEST_F(Upload, FilesThatWereFetchedAreNotFetchedAgain) {
  auto an = new_phone("an", 3);
  take_code(an);
  auto line = desk_->line();
  ASSERT_TRUE(an.report().send(line));
  desk_->at(kNoon + hours{48});
  const auto cache = folder_ / "cache";
  phone::ServerAddress address = desk_->address(relay_->port());
  phone::HttpTransport first(address, random_, cache);
  const auto names = first.export_names();
  ASSERT_TRUE(names);
  ASSERT_FALSE(names->empty());
  for (const auto& name : *names) ASSERT_TRUE(first.fetch(name));
  relay_->seen();
  phone::HttpTransport second(address, random_, cache);
  for (const auto& name : *names) ASSERT_TRUE(second.fetch(name));
  EXPECT_TRUE(relay_->seen().empty());
  // What is no longer listed goes from the cache.
  desk_->at(kNoon + hours{24 * 20});
  ASSERT_TRUE(second.export_names());
  EXPECT_FALSE(std::filesystem::exists(cache / names->front()));
}

}  // namespace
}  // namespace bz
