#include "phone/sighting_log.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "phone/scan_row.h"

namespace bz::phone {
namespace {

Bytes scan_context(std::int64_t id) {
  return context_of("scan", id);
}

}  // namespace

Result<void> SightingLog::append(std::span<const engine::Scan> scans) {
  auto written = write(scans);
  // A day's key that was drawn in a transaction that is gone must not seal anything.
  if (!written) store_->close_days();
  return written;
}

Result<void> SightingLog::write(std::span<const engine::Scan> scans) {
  if (scans.empty()) return {};
  auto& database = store_->database();
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  {
    auto insert = database.prepare("INSERT INTO scan(id, sealed) VALUES(?, ?)");
    if (!insert) return insert.error();
    for (const auto& scan : scans) {
      const auto row = write_scan_row(scan);
      if (!row) return row.error();
      const auto day = day_of(scan.start);
      const auto opened = store_->open_day(day);
      if (!opened) return opened.error();
      const auto id = row_id(day, (*opened)->next_number++);
      const auto sealed = store_->seal_blob((*opened)->key, scan_context(id), *row);
      if (auto done = insert->bind(1, id).bind(2, sealed).run(); !done) return done;
    }
  }
  return transaction->commit();
}

Result<SightingLog::ReadReport> SightingLog::read(const Visitor& visit, Instant since) {
  std::vector<Day> days;
  {
    auto numbers =
        store_->database().prepare("SELECT number FROM day WHERE number >= ? ORDER BY 1");
    if (!numbers) return numbers.error();
    numbers->bind(1, number_of(day_of(since)));
    for (;;) {
      const auto row = numbers->step();
      if (!row) return row.error();
      if (!*row) break;
      // A number that no append can have made is of a damaged file; its rows have no day.
      const auto number = numbers->integer(0);
      if (number >= 0 && number <= number_of(kLastDay))
        days.emplace_back(std::chrono::days{number});
    }
  }
  ReadReport report;
  for (const auto day : days) {
    if (auto done = read_day(day, since, visit, report); !done) return done.error();
  }
  return report;
}

Result<void> SightingLog::read_day(Day day, Instant since, const Visitor& visit,
                                   ReadReport& report) {
  const auto key = store_->day_key(day);
  if (!key && key.error().code != Code::kMalformed) return key.error();
  auto rows = store_->database().prepare(
      "SELECT id, sealed FROM scan WHERE id BETWEEN ? AND ? ORDER BY id");
  if (!rows) return rows.error();
  rows->bind(1, first_row(day)).bind(2, last_row(day));

  // Opened and then sorted, for a clock may have been set back within the day.
  std::vector<std::pair<Instant, Bytes>> opened;
  for (;;) {
    const auto row = rows->step();
    if (!row && row.error().code == Code::kMalformed) {
      // A spoiled page hides what comes after it in this day; the other days can still be read.
      ++report.damaged;
      break;
    }
    if (!row) return row.error();
    if (!*row) break;
    auto plain = key ? Store::open_blob(*key, scan_context(rows->integer(0)), rows->blob(1))
                     : Result<Bytes>(key.error());
    const auto start = plain ? start_of_scan_row(day, *plain) : Result<Instant>(plain.error());
    if (!start) {
      ++report.damaged;
    } else if (*start >= since) {
      opened.emplace_back(*start, std::move(*plain));
    }
  }
  std::ranges::stable_sort(opened, {}, &std::pair<Instant, Bytes>::first);
  for (const auto& [start, plain] : opened) {
    const auto scan = parse_scan_row(day, plain);
    if (!scan) {
      ++report.damaged;
      continue;
    }
    ++report.scans;
    report.sightings += scan->heard.size();
    visit(*scan);
  }
  return {};
}

}  // namespace bz::phone
