// What the tests of dues, reports and what follows from them share: the units that the program
// brings along, the operators of Bình Phước with their tasks of August 2020, and short forms. Every
// count is invented.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/date.h"
#include "campaign/bodies.h"
#include "campaign/dues.h"
#include "campaign/grants.h"
#include "campaign/reports.h"
#include "campaign/service.h"
#include "store/store_test.h"
#include "units/import.h"
#include "vi/calendar.h"
#include "vi/deadline.h"

namespace bz::campaign {

using store::Backend;
using store::name_of;
using store::Sql;

inline constexpr const char* kProvince70 = "70@2020-06-01";

inline Day august(unsigned day) {
  return Day{std::chrono::year{2020} / std::chrono::August / std::chrono::day{day}};
}
// A moment of a day of August 2020 in Vietnam.
inline Instant moment(unsigned day, int hour, int minute = 0) {
  return vi::at(august(day), {hour, minute});
}
inline std::string district(std::string_view code) {
  return std::string(code) + "@2020-06-01";
}
inline constexpr std::string_view kDistricts70[] = {"688", "689", "690", "691", "692", "693",
                                                    "694", "695", "696", "697", "698"};

inline Value count(std::string_view column, std::int64_t number) {
  return {std::string(column), number, {}, {}};
}
inline Value words(std::string_view column, std::string text) {
  return {std::string(column), {}, std::move(text), {}};
}
inline Line row(std::string_view code, std::int64_t installed) {
  return {district(code), {count("installed", installed)}, false, {}};
}
// Eleven rows: 1,000 in 689, 1,100 in 690, …; and `first` in 688.
inline std::vector<Line> eleven(std::int64_t first, std::int64_t more = 0) {
  std::vector<Line> lines;
  std::int64_t number = 900;
  for (const auto code : kDistricts70) {
    lines.push_back(row(code, code == "688" ? first : number + more));
    number += 100;
  }
  return lines;
}

// The task 5.2: "trước 16h00 hàng ngày", from 25 to 28 August, by telephone and as a file.
inline Task daily_task() {
  Task task;
  task.id = "bp-5.2";
  task.letter = {"", {}, "5.2", "trước 16h00 hàng ngày"};
  task.form = "bm1";
  task.legs = {true, true};
  auto rule = std::get<vi::Daily>(*vi::read_deadline("trước 16h00 hàng ngày"));
  rule.first = august(25);
  rule.last = august(28);
  task.rule = rule;
  task.issued = moment(24, 10);
  task.receiver = "so-tttt-70";
  task.bodies = {"viettel-70", "mobifone-70", "vnpt-70"};
  task.made_by = "lan";
  task.made_at = moment(24, 10);
  return task;
}
// The task 5.1: "trước 17h00, ngày 28/8/2020", as a file.
inline Task closing_task() {
  auto task = daily_task();
  task.id = "bp-5.1";
  task.letter = {"", {}, "5.1", "trước 17h00, ngày 28/8/2020"};
  task.legs = {false, true};
  task.rule = *vi::read_deadline("trước 17h00, ngày 28/8/2020");
  return task;
}
inline DueKey due_of(std::string_view body, unsigned day = 25, std::string_view task = "bp-5.2") {
  return {std::string(task), std::string(body),
          task == "bp-5.1" ? moment(28, 17) : moment(day, 16)};
}

class ReportsHere {
 public:
  // Each fails the test when it fails.
  template <class Work>
  auto write(Work work) {
    auto done = store_->write(work);
    EXPECT_TRUE(done) << (done ? "" : done.error().what);
    return std::move(*done);
  }
  template <class Work>
  auto read(Work work) {
    auto done = store_->read(work);
    EXPECT_TRUE(done) << (done ? "" : done.error().what);
    return std::move(*done);
  }
  explicit ReportsHere(Backend backend)
      : home_(backend), store_(home_.open(migrations(), "campaign")) {
    write([](Sql& sql) -> Result<int> {
      if (auto loaded = units::load_shipped(sql); !loaded) return loaded.error();
      for (const auto& body :
           {Body{"so-tttt-70",
                 "department",
                 "Sở Thông tin và Truyền thông tỉnh Bình Phước",
                 {},
                 "",
                 kProvince70,
                 {kProvince70},
                 {}},
            Body{"viettel-70",
                 "operator",
                 "Viettel Bình Phước",
                 {},
                 "",
                 kProvince70,
                 {},
                 {"baocao@viettel.example"}},
            Body{"mobifone-70", "operator", "MobiFone Bình Phước", {}, "", kProvince70, {}, {}},
            Body{"vnpt-70",
                 "operator",
                 "VNPT Bình Phước",
                 {},
                 "",
                 kProvince70,
                 {},
                 {"baocao@vnpt.example"}}}) {
        if (auto put = put_body(sql, body); !put) return put.error();
      }
      return 0;
    });
    make(daily_task());
    make(closing_task());
  }

  store::Store& store() { return *store_; }
  [[nodiscard]] const store::Home& home() const { return home_; }

  // What a call gives that must not be refused.
  template <class T>
  static T taken(Outcome<T> outcome) {
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      ADD_FAILURE() << refusal->detail_en << first_fault(*refusal);
      return T{};
    }
    return std::get<T>(std::move(outcome));
  }
  // Why a call is refused that must be.
  template <class T>
  static Refusal refused(const Outcome<T>& outcome) {
    const auto* refusal = std::get_if<Refusal>(&outcome);
    EXPECT_NE(refusal, nullptr) << "it was not refused";
    return refusal != nullptr ? *refusal : Refusal{.status = 0};
  }
  static std::string first_fault(const Refusal& refusal) {
    return refusal.faults.empty() ? ""
                                  : " " + refusal.faults[0].cell + ": " + refusal.faults[0].says_en;
  }

  Outcome<Task> try_make(const Task& task) {
    return write([&](Sql& sql) { return put_task(sql, task); });
  }
  Task make(const Task& task) { return taken(try_make(task)); }

  // A report with a key of its own; change what matters and hand it in.
  Submission report(std::string_view body, Channel channel, Instant received,
                    std::vector<Line> lines) {
    Submission made;
    made.body = body;
    made.form = "bm1";
    made.channel = channel;
    made.received_at = received;
    made.account = channel == Channel::kMail ? "intake" : "hoa";
    made.idempotency_key = "key-" + std::to_string(++keys_);
    const std::string bytes = "bytes of " + made.idempotency_key;
    made.original = {"bao-cao.csv", "text/csv",
                     Bytes(as_bytes(bytes).begin(), as_bytes(bytes).end())};
    made.lines = std::move(lines);
    return made;
  }
  Outcome<Receipt> try_submit(const Submission& submission) {
    return write([&](Sql& sql) { return submit(sql, submission); });
  }
  Receipt hand_in(const Submission& submission) { return taken(try_submit(submission)); }
  Receipt hand_in(std::string_view body, Channel channel, Instant received,
                  std::vector<Line> lines) {
    return hand_in(report(body, channel, received, std::move(lines)));
  }

  Due due(const DueKey& key, Instant now) {
    auto found = read([&](Sql& sql) { return find_due(sql, key, now); });
    EXPECT_TRUE(found) << "there is no due " << to_text(key);
    return found.value_or(Due{});
  }
  Report find(std::int64_t id) {
    auto found = read([&](Sql& sql) { return find_report(sql, id); });
    EXPECT_TRUE(found);
    return found.value_or(Report{});
  }
  Outcome<Report> try_decide(const ReportDecision& decision, Instant now) {
    return write([&](Sql& sql) { return decide(sql, decision, "binh", now); });
  }
  // What is looked at now.
  std::string seen(std::int64_t report) {
    const auto found = find(report);
    return read([&](Sql& sql) { return standing_of(sql, found); }).seen;
  }
  Report accept(std::int64_t report, Instant now) {
    return taken(try_decide({report, true, {}, seen(report)}, now));
  }
  Report send_back(std::int64_t report, Instant now) {
    return taken(try_decide({report, false, "thiếu dấu"}, now));
  }

  // What counts of a district for an operator; nothing: no number.
  std::optional<std::int64_t> counts(std::string_view body, std::string_view code, Instant on,
                                     Counts which = Counts::kProvisionalToo,
                                     Instant as_of = Instant::max()) {
    const auto found = read([&](Sql& sql) {
      return latest(sql, district(code), "app_installed_sim", "operator:" + std::string(body),
                    {on, as_of, which});
    });
    return found ? found->value : std::nullopt;
  }
  std::int64_t number(std::string_view statement) { return store::number(*store_, statement); }

 private:
  store::Home home_;
  std::unique_ptr<store::Store> store_;
  int keys_ = 0;
};

class OnReports : public testing::TestWithParam<Backend> {
 protected:
  ReportsHere here_{GetParam()};
};

}  // namespace bz::campaign
