// The files that phones fetch.
#include <gtest/gtest.h>

#include <set>

#include "keys/desk_for_tests.h"
#include "keys/export_files.h"
#include "keys/signing_keys.h"
#include "store/secrets.h"

namespace bz::keys {
namespace {

using std::chrono::days;

class Files : public testing::TestWithParam<On> {};
INSTANTIATE_TEST_SUITE_P(Stores, Files, testing::Values(On::kSqlite, On::kPostgres),
                         [](const auto& p) {
                           return std::string{p.param == On::kSqlite ? "Sqlite" : "Postgres"};
                         });

Bytes bytes_of(const std::filesystem::path& file) {
  auto read = read_file(file, 1U << 25U);
  EXPECT_TRUE(read) << file;
  return read ? *read : Bytes{};
}

TEST_P(Files, ABatchOfMoreKeysThanFitIsSplitSoThatStartAndEndDiffer) {
  Desk desk(GetParam());
  desk.settings.most_keys_a_file = 4;
  desk.start();
  std::set<std::string> sent;
  for (int i = 0; i < 3; ++i) {
    const auto draft = desk.draft(3);
    for (const auto& key : draft.keys) sent.insert(key.key);
    (void)desk.published(draft);
  }
  desk.next_batch();
  const std::vector<std::string> names{"VN/1596276000-1596279600-00001.zip",
                                       "VN/1596276000-1596279601-00002.zip",
                                       "VN/1596276000-1596279602-00003.zip"};
  EXPECT_EQ(desk.index(), names);
  std::set<std::string> found;
  std::array<std::uint8_t, 16> last{};
  std::vector<std::size_t> sizes;
  auto second = desk.files().at(0).head.end;
  for (const auto& file : desk.files()) {
    EXPECT_EQ(file.head.batch_num, 1);
    EXPECT_EQ(file.head.batch_size, 1);
    EXPECT_EQ(file.head.end, second);
    second += std::chrono::seconds{1};
    sizes.push_back(file.keys.size());
    for (const auto& key : file.keys) {
      EXPECT_LT(last, key.key.bytes);  // sorted across all files
      last = key.key.bytes;
      found.insert(to_base64(key.key.bytes));
    }
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{4, 4, 1}));
  EXPECT_EQ(found, sent);
  // The compact form holds the same, file by file.
  const auto compact = desk.index("VN", "compact.txt");
  ASSERT_EQ(compact.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(desk.file(compact[i]).keys, desk.files()[i].keys);
}

TEST_P(Files, ALostOrDamagedFileIsMadeAgainByteForByte) {
  Desk desk(GetParam());
  desk.settings.least_keys = 20;
  desk.start();
  (void)desk.published(desk.draft(3));
  desk.next_batch();
  const auto names = {desk.index()[0], desk.index("VN", "compact.txt")[0]};
  for (const auto& name : names) {
    const auto path = desk.exports() / name;
    const auto before = bytes_of(path);
    std::filesystem::remove(path);
    desk.tick();
    EXPECT_EQ(bytes_of(path), before);
    std::filesystem::resize_file(path, before.size() - 1);
    desk.start();  // a server that has not made it itself
    desk.tick();
    EXPECT_EQ(bytes_of(path), before);
  }
  std::filesystem::remove(desk.exports() / "VN" / "index.txt");
  desk.tick();
  EXPECT_EQ(desk.index().size(), 1U);
}

// One bit of it, in the middle; size and name stay.
void damage(const std::filesystem::path& file) {
  auto bytes = bytes_of(file);
  ASSERT_FALSE(bytes.empty());
  bytes[bytes.size() / 2] ^= 1U;
  ASSERT_TRUE(write_file(file, bytes));
}

std::string log_of(const Desk& desk) {
  const auto bytes = bytes_of(desk.folder() / "log");
  return std::string{as_text(bytes)};
}

TEST_P(Files, AFileDamagedInPlaceIsFoundAfterAStartOrWithinAnHourAndMadeAgain) {
  Desk desk(GetParam());
  desk.settings.least_keys = 20;
  desk.start();
  (void)desk.published(desk.draft(3));
  desk.next_batch();
  EXPECT_NE(desk.metrics.text().find("bz_export_files_damaged_total 0"), std::string::npos);
  int count = 0;
  for (const auto& name : {desk.index()[0], desk.index("VN", "compact.txt")[0]}) {
    const auto path = desk.exports() / name;
    const auto before = bytes_of(path);
    damage(path);
    desk.start();
    desk.tick();
    EXPECT_EQ(bytes_of(path), before);
    damage(path);
    for (int i = 0; i < 60; ++i) {
      desk.wait(std::chrono::minutes{1});
      desk.tick();
    }
    EXPECT_EQ(bytes_of(path), before);
    count += 2;
    EXPECT_NE(desk.metrics.text().find("bz_export_files_damaged_total " + std::to_string(count)),
              std::string::npos);
    const auto log = log_of(desk);
    EXPECT_NE(log.find("export file was damaged and made again"), std::string::npos);
    EXPECT_NE(log.find(name), std::string::npos);
  }
  // What is only lost is no damage.
  std::filesystem::remove(desk.exports() / desk.index()[0]);
  desk.tick();
  EXPECT_NE(desk.metrics.text().find("bz_export_files_damaged_total 4"), std::string::npos);
}

TEST(Files, AreReadAgainSomeAtATime) {
  Desk desk;
  desk.settings.bytes_checked_at_a_time = 1;  // one file
  desk.start();
  for (int i = 0; i < 2; ++i) {
    (void)desk.published(desk.draft(3));
    desk.next_batch();
  }
  // In the order of batches, and in each the zip first: two batches of two files each.
  const auto last = desk.exports() / desk.index("VN", "compact.txt").at(1);
  const auto before = bytes_of(last);
  damage(last);
  desk.start();
  desk.tick();  // the first tick looks twice: it cleans up, too
  EXPECT_NE(bytes_of(last), before);
  desk.tick();
  EXPECT_NE(bytes_of(last), before);
  desk.tick();
  EXPECT_EQ(bytes_of(last), before);
}

TEST_P(Files, TheDigestOfAFileFromAnEarlierVersionIsLearntByMakingItAgain) {
  Desk desk(GetParam());
  desk.start();
  (void)desk.published(desk.draft(3));
  desk.next_batch();
  const auto path = desk.exports() / desk.index()[0];
  const auto before = bytes_of(path);
  ASSERT_TRUE(desk.store->write(
      [](store::Sql& sql) { return sql.run("UPDATE export_files SET file_digest = NULL", {}); }));
  desk.start();
  desk.tick();
  EXPECT_EQ(bytes_of(path), before);
  const auto unknown = desk.store->read([](store::Sql& sql) {
    return sql.integer("SELECT COUNT(*) FROM export_files WHERE file_digest IS NULL");
  });
  EXPECT_EQ(**unknown, 0);
  EXPECT_NE(desk.metrics.text().find("bz_export_files_damaged_total 0"), std::string::npos);
}

TEST_P(Files, TwoServersOnOneStoreHaveTheSameFiles) {
  Desk desk(GetParam());
  desk.settings.least_keys = 20;
  desk.start();
  const auto other_store = desk.open_store();
  TempFolder other_folder = std::move(*TempFolder::make());
  // The same master key: it is what an operator copies to the second machine.
  std::filesystem::copy_file(desk.folder() / "master.key", other_folder.path() / "master.key");
  auto settings = desk.settings;
  settings.folder = other_folder.path();
  auto other = Service::open(
      *other_store, settings,
      [&](std::string_view) -> Result<std::vector<wire::Jwk>> {
        return std::vector<wire::Jwk>{{"k1", desk.certificate_key.public_key()}};
      },
      {.clock = desk.clock, .random = desk.random, .log = desk.log, .metrics = desk.metrics});
  ASSERT_TRUE(other) << other.error().what;
  (void)desk.published(desk.draft(3));
  desk.wait(kHour);
  // The other is first; each then has all files, once.
  ASSERT_TRUE((*other)->tick());
  desk.tick();
  ASSERT_TRUE((*other)->tick());
  ASSERT_EQ(desk.index().size(), 1U);
  for (const auto& name :
       {desk.index()[0], desk.index("VN", "compact.txt")[0], std::string{"VN/index.txt"}}) {
    EXPECT_EQ(bytes_of(desk.exports() / name), bytes_of(other_folder.path() / "exports" / name));
  }
}

TEST_P(Files, WhatIsOlderThanFourteenDaysGoesFromStoreFolderAndIndex) {
  Desk desk(GetParam());
  desk.start();
  (void)desk.published(desk.draft(2));
  desk.next_batch();  // ends at 11:00 on 1 August
  const auto first = desk.index().at(0);
  desk.go_day_by_day_to(kTen + days{13});
  (void)desk.published(desk.draft(2));
  desk.next_batch();
  EXPECT_EQ(desk.index().size(), 2U);
  desk.go_day_by_day_to(kTen + days{14} + kHour);  // 11:10 on 15 August
  ASSERT_EQ(desk.index().size(), 1U);
  EXPECT_NE(desk.index()[0], first);
  EXPECT_FALSE(std::filesystem::exists(desk.exports() / first));
  const auto rows = [&] {
    return **desk.store->read(
        [](store::Sql& sql) { return sql.integer("SELECT COUNT(*) FROM keys"); });
  };
  EXPECT_EQ(rows(), 4);  // two days more, in which one might be sent again
  desk.go_day_by_day_to(kTen + days{16} + kHour);
  EXPECT_EQ(rows(), 2);
}

TEST_P(Files, AfterAPauseRowsStayAsLongAsTheirFileDoes) {
  Desk desk(GetParam());
  desk.start();
  (void)desk.published(desk.draft(2));  // for 11:00 on 1 August
  desk.wait(std::chrono::hours{68});    // 06:10 on 4 August: a batch until 06:00
  desk.tick();
  const auto name = desk.index().at(0);
  const auto before = bytes_of(desk.exports() / name);
  desk.go_day_by_day_to(kTen + days{16} + 12 * kHour);
  std::filesystem::remove_all(desk.exports());
  desk.start();
  desk.tick();
  ASSERT_EQ(desk.index(), std::vector<std::string>{name});
  EXPECT_EQ(bytes_of(desk.exports() / name), before);
}

TEST_P(Files, AServerThatCannotWriteThemLeavesItToAnother) {
  Desk desk(GetParam());
  const auto other_store = desk.open_store();
  TempFolder other_folder = std::move(*TempFolder::make());
  auto settings = desk.settings;
  settings.folder = other_folder.path();
  desk.start();
  std::filesystem::copy_file(desk.folder() / "master.key", other_folder.path() / "master.key");
  auto other = Service::open(
      *other_store, settings,
      [&](std::string_view) -> Result<std::vector<wire::Jwk>> {
        return std::vector<wire::Jwk>{{"k1", desk.certificate_key.public_key()}};
      },
      {.clock = desk.clock, .random = desk.random, .log = desk.log, .metrics = desk.metrics});
  ASSERT_TRUE(other) << other.error().what;
  (void)desk.published(desk.draft(3));
  std::filesystem::remove_all(desk.exports());
  ASSERT_TRUE(create_file(desk.exports(), {}));
  desk.wait(kHour);
  EXPECT_FALSE(desk.service->tick());
  const auto done = (*other)->tick();
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(Desk::lines(other_folder.path() / "exports" / "VN" / "index.txt").size(), 1U);
  // With its disk in order it has its own copy at the next tick.
  std::filesystem::remove(desk.exports());
  desk.tick();
  EXPECT_EQ(desk.files().at(0).keys.size(), 3U);
}

TEST(Files, EachRegionHasItsOwnFilesAndATravelersKeysAreInAllThatTakeThem) {
  Desk desk;
  ASSERT_TRUE(add_authority(
      *desk.store,
      {.id = "la", .issuer = "la-codes", .audience = "la-keys", .regions = {"LA", "LA-north"}}));
  ASSERT_TRUE(set_takes_travelers(*desk.store, "LA", true));
  desk.start();
  (void)desk.published(desk.draft(2));
  auto traveler = desk.draft(1);
  traveler.traveler = true;
  (void)desk.published(traveler);
  auto other = desk.draft(4);
  other.authority = "la";
  other.issuer = "la-codes";
  other.audience = "la-keys";
  (void)desk.published(other);
  desk.next_batch();
  EXPECT_EQ(desk.files("VN").at(0).keys.size(), 3U);
  EXPECT_EQ(desk.files("LA").at(0).keys.size(), 5U);
  EXPECT_EQ(desk.files("LA-north").at(0).keys.size(), 4U);
  EXPECT_EQ(desk.files("LA").at(0).head.region, "LA");
}

TEST(Files, WhileASigningKeyIsExchangedFilesCarryBothSignatures) {
  Desk desk;
  desk.start();
  const auto master = store::read_or_make_master_key(desk.folder() / "master.key", desk.random);
  store::Secrets secrets(*desk.store, *master, desk.random);
  SealedSigningKeys keys(*desk.store, secrets);
  const auto now = desk.clock.now();
  EXPECT_EQ(keys.retire("v1", "452", now).error().code, Code::kInvalid);  // it is the only one
  ASSERT_TRUE(keys.make("v2", "452", "", now + kHour, now));
  EXPECT_EQ(keys.make("v2", "452", "", now, now).error().code, Code::kConflict);
  ASSERT_TRUE(keys.retire("v1", "452", now + 2 * kHour));
  std::vector<std::vector<std::string>> versions;
  for (int i = 0; i < 3; ++i) {
    (void)desk.published(desk.draft(1));
    desk.next_batch();
    versions.emplace_back();
    const auto files = desk.files();
    for (const auto& info : files.back().head.signatures) {
      versions.back().push_back(info.key_version);
    }
  }
  // Batches end at 11:00, 12:00 and 13:00; v2 is from 11:10 on, v1 until 12:10.
  // So do the compact files, and lists of chains, which name no key: each holds under either.
  const auto holds = [&](const std::string& name, const SigningKeyInfo& key) {
    const auto file = bytes_of(desk.exports() / name);
    return wire::read_whole_compact_export(file, wire::Trust::in(key.public_key)).has_value();
  };
  const auto compact = desk.index("VN", "compact.txt");
  const auto both = *list_signing_keys(*desk.store);
  ASSERT_EQ(compact.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(holds(compact[i], both[0]), i < 2) << i;
    EXPECT_EQ(holds(compact[i], both[1]), i > 0) << i;
  }
  EXPECT_EQ(versions[0], (std::vector<std::string>{"v1"}));
  EXPECT_EQ(versions[1], (std::vector<std::string>{"v1", "v2"}));
  EXPECT_EQ(versions[2], (std::vector<std::string>{"v2"}));
  const auto sheet = registration_sheet(*list_signing_keys(*desk.store));
  EXPECT_NE(sheet.find("Key version: v2"), std::string::npos);
  EXPECT_NE(sheet.find("-----BEGIN PUBLIC KEY-----"), std::string::npos);
}

TEST(Files, AFileMadeAgainFromOtherRowsIsNotPublishedAndTheOthersAre) {
  Desk desk;
  desk.start();
  for (int i = 0; i < 2; ++i) {
    (void)desk.published(desk.draft(3));
    desk.next_batch();
  }
  const auto names = desk.index();
  ASSERT_EQ(names.size(), 2U);
  std::filesystem::remove_all(desk.exports());
  ASSERT_TRUE(desk.store->write([](store::Sql& sql) {
    return sql.run("UPDATE keys SET risk = 8 WHERE slot = (SELECT MIN(slot) FROM keys)");
  }));
  const auto done = desk.service->tick();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kMalformed);
  EXPECT_FALSE(std::filesystem::exists(desk.exports() / names[0]));
  EXPECT_EQ(desk.index(), std::vector<std::string>{names[1]});
  EXPECT_EQ(desk.files().at(0).keys.size(), 3U);
}

TEST(Files, AServerThatNeverPublishesFromItsStartOnRaisesTheAlarm) {
  Desk desk;
  ASSERT_TRUE(create_file(desk.exports(), {}));
  desk.start();
  EXPECT_FALSE(desk.service->tick());
  EXPECT_EQ(desk.service->trouble(), "");
  (void)desk.published(desk.draft(1));
  desk.wait(3 * kHour);
  EXPECT_FALSE(desk.service->tick());
  EXPECT_NE(desk.service->trouble(), "");
  desk.start();  // nor does a restart end it
  EXPECT_NE(desk.service->trouble(), "");
  EXPECT_FALSE(desk.service->tick());
  EXPECT_NE(desk.metrics.text().find("bz_batch_overdue 1"), std::string::npos);
}

TEST(Files, ThereIsAnAlarmWhenTheClockWentBackByMoreThanAPeriod) {
  Desk desk;
  desk.start();
  desk.next_batch();  // ends at 11:00
  desk.clock.set(from_s(1'596'276'000));
  EXPECT_EQ(desk.service->trouble(), "");  // 10:00
  desk.clock.set(from_s(1'596'275'999));
  EXPECT_NE(desk.service->trouble(), "");
}

TEST(Files, ThereIsAnAlarmWhenNoBatchWasPublishedForTwoPeriods) {
  Desk desk;
  desk.start();
  desk.next_batch();
  EXPECT_EQ(desk.service->trouble(), "");
  desk.wait(2 * kHour + std::chrono::minutes{1});  // and a minute to make the files
  EXPECT_NE(desk.service->trouble(), "");
  desk.tick();
  EXPECT_EQ(desk.service->trouble(), "");
  EXPECT_NE(desk.metrics.text().find("bz_batch_overdue 0"), std::string::npos);
  // The folder is gone and cannot be made: batches are closed, but no file appears.
  std::filesystem::remove_all(desk.exports());
  ASSERT_TRUE(create_file(desk.exports(), {}));
  desk.wait(3 * kHour);
  EXPECT_FALSE(desk.service->tick());
  EXPECT_NE(desk.service->trouble(), "");
  EXPECT_NE(desk.metrics.text().find("bz_batch_overdue 1"), std::string::npos);
}

TEST(Files, AreServedByNameWithTheCacheTimesTheyDeserve) {
  Desk desk;
  desk.start();
  (void)desk.published(desk.draft(3));
  desk.next_batch();
  const auto header = [](const http::Response& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return std::string{};
  };
  const auto index = desk.get("/exports/VN/index.txt");
  EXPECT_EQ(index.status, 200);
  ASSERT_TRUE(index.file);
  EXPECT_EQ(header(index, "cache-control"), "public, max-age=60");
  const auto zip = desk.get("/exports/" + desk.index()[0]);
  EXPECT_EQ(zip.status, 200);
  EXPECT_EQ(*zip.file, desk.exports() / desk.index()[0]);
  EXPECT_EQ(header(zip, "cache-control"), "public, max-age=1209600, immutable");
  EXPECT_EQ(header(zip, "content-type"), "application/zip");
}

TEST(Files, ANewServerHasEmptyIndexesFromItsFirstTickOn) {
  Desk desk;
  desk.start();
  desk.tick();
  for (const auto* name : {"index.txt", "compact.txt", "chains.txt"}) {
    EXPECT_TRUE(bytes_of(desk.exports() / "VN" / name).empty()) << name;
    EXPECT_EQ(desk.get(std::string("/exports/VN/") + name).status, 200) << name;
    EXPECT_EQ(desk.get(std::string("/exports/LA/") + name).status, 404) << name;
  }
}

TEST(Files, TheMetricOfSigningKeysIsTheTimeFromWhichOnARegionHasNone) {
  Desk desk;
  ASSERT_TRUE(add_authority(
      *desk.store, {.id = "la", .issuer = "la-codes", .audience = "la-keys", .regions = {"LA"}}));
  desk.start();
  const auto tells = [&](std::int64_t end) {
    desk.wait(kHour);
    desk.tick();
    return desk.metrics.text().find("bz_signing_key_expires_seconds " + std::to_string(end) +
                                    "\n") != std::string::npos;
  };
  EXPECT_TRUE(tells(253'402'300'799));  // 9999: the first key has no end
  const auto master = store::read_or_make_master_key(desk.folder() / "master.key", desk.random);
  store::Secrets secrets(*desk.store, *master, desk.random);
  SealedSigningKeys keys(*desk.store, secrets);
  // VN has another key when the first ends; LA has not. (keys.retire() would refuse.)
  ASSERT_TRUE(keys.make("v2", "452", "VN", desk.clock.now(), desk.clock.now()));
  ASSERT_TRUE(desk.store->write([](store::Sql& sql) {
    return sql.run("UPDATE signing_keys SET through_s = 1600000000 WHERE version = 'v1'", {});
  }));
  EXPECT_TRUE(tells(1'600'000'000));
  ASSERT_TRUE(keys.make("v2", "457", "LA", desk.clock.now(), desk.clock.now()));
  EXPECT_TRUE(tells(1'600'000'000));  // their contacts' regions, VN-f1 and LA-f1, have none yet
  ASSERT_TRUE(keys.make("v3", "452", "", desk.clock.now(), desk.clock.now()));
  EXPECT_TRUE(tells(253'402'300'799));
}

TEST(Files, NoPathLeadsOutOfTheFolder) {
  Desk desk;
  desk.start();
  desk.tick();
  ASSERT_TRUE(create_file(desk.folder() / "1-2-3.zip", {}));
  for (const auto* path :
       {"/exports/../master.key", "/exports/VN/../../master.key", "/exports/../1-2-3.zip",
        "/exports/VN/", "/exports/VN", "/exports/", "/exports//etc/passwd",
        "/exports/VN/.index.txt", "/exports/VN/1-2-3.zip", "/exports/VN/1-2.zip",
        "/exports/VN/1-2-3.zip.zip", "/exports/./1-2-3.zip", "/exports/VN/index.txt/"}) {
    EXPECT_EQ(desk.get(path).status, 404) << path;
  }
}

TEST(Files, NamesAreReadAsTheyAreWritten) {
  ExportFile file{.end_s = 200, .start_s = 100, .region = "VN", .number = 2};
  EXPECT_EQ(file.name(), "VN/100-201-00002.zip");
  const auto name = parse_file_name("100-201-00002.zip");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->start_s, 100);
  EXPECT_EQ(name->end_s, 201);
  EXPECT_EQ(name->number, 2);
  for (const auto* wrong : {"", ".zip", "1-2.zip", "1-2-3-4.zip", "1-2-x.zip", "-1-2-3.zip",
                            "1--3.zip", "1-2-3.txt", "1234567890123-2-3.zip", "1-2-3-.zip"}) {
    EXPECT_FALSE(parse_file_name(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace bz::keys
