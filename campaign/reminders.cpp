#include "campaign/reminders.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>

#include "campaign/bodies.h"
#include "campaign/letters.h"
#include "campaign/report_rows.h"
#include "vi/calendar.h"

namespace bz::campaign {
namespace {

using store::Sql;

// Later than this after its time, a rung is passed over.
constexpr std::chrono::hours kTooLate{24};

struct Candidate {
  DueKey due;
  Rung rung;
  std::string receiver;
};

bool is_waited_for(const Due& due) {
  return due.status == DueStatus::kOpen || due.status == DueStatus::kMissing;
}

// The newest rung whose time has come.
const Rung* rung_at(const Task& task, Instant due_before, Instant now) {
  const Rung* newest = nullptr;
  for (const auto& rung : task.ladder) {
    const auto at = due_before + rung.after;
    if (at <= now && now - at < kTooLate) newest = &rung;
  }
  return newest;
}

Result<bool> is_climbed(Sql& sql, const Candidate& one) {
  const auto found = sql.integer(
      "SELECT 1 FROM reminder WHERE task = $1 AND body = $2 AND due_ms = $3 AND rung = $4",
      {std::string_view(one.due.task), std::string_view(one.due.body), to_ms(one.due.due_before),
       std::int64_t{one.rung.after.count()}});
  if (!found) return found.error();
  return found->has_value();
}

Result<std::vector<Candidate>> candidates(Sql& sql, Instant now) {
  std::vector<Candidate> found;
  const auto all = asked_tasks(sql, {}, {});
  if (!all) return all.error();
  for (const auto& [task, since] : *all) {
    if (task.ladder.empty() || since.empty()) continue;
    DueQuery query;
    query.task = task.id;
    query.from = now - kTooLate - task.ladder.back().after;
    query.to = now - task.ladder.front().after + std::chrono::milliseconds{1};
    query.most = 1'000'000;
    // Most tasks have nothing due near: whoever was asked first has every due that others have.
    if (dues_between(task, *std::ranges::min_element(since), query.from, query.to).empty())
      continue;
    const auto near = dues(sql, query, now);
    if (!near) return near.error();
    for (const auto& due : *near) {
      const auto* rung = rung_at(task, due.key.due_before, now);
      if (rung == nullptr || !is_waited_for(due)) continue;
      Candidate one{due.key, *rung, task.receiver};
      const auto climbed = is_climbed(sql, one);
      if (!climbed) return climbed.error();
      if (!*climbed) found.push_back(std::move(one));
    }
  }
  return found;
}

// Whom to tell: accounts, and addresses for mail.
struct Recipients {
  std::set<std::string> accounts;
  std::set<std::string> addresses;
};

bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" ,;<>") == std::string_view::npos;
}

Result<std::set<std::string>> accounts_with(Sql& sql, std::string_view role, std::string_view scope,
                                            Instant now) {
  std::set<std::string> accounts;
  auto read = sql.each(
      "SELECT account FROM grants WHERE role = $1 AND scope = $2 AND from_ms <= $3 AND (until_ms "
      "IS "
      "NULL OR until_ms > $3)",
      {role, scope, to_ms(now)}, [&](const store::Row& row) -> Result<bool> {
        accounts.emplace(row.text(0));
        return true;
      });
  if (!read) return read.error();
  return accounts;
}

Result<Recipients> in_charge(Sql& sql, const Body& body, Instant now) {
  Recipients found;
  const auto posts = posts_of(sql, body.slug, now);
  if (!posts) return posts.error();
  for (const auto& post : *posts) {
    if (!post.account.empty()) found.accounts.insert(post.account);
    if (is_address(post.contact)) found.addresses.insert(post.contact);
  }
  auto clerks = accounts_with(sql, "clerk", body.slug, now);
  if (!clerks) return clerks.error();
  found.accounts.merge(*clerks);
  if (found.addresses.empty()) found.addresses.insert(body.mail.begin(), body.mail.end());
  return found;
}

// The bodies whose approvers accept its reports, nearest first.
Result<std::vector<std::string>> above(Sql& sql, const Body& body, std::string_view receiver) {
  std::vector<std::string> slugs{body.slug};
  auto parent = body.parent;
  while (!parent.empty() && std::ranges::find(slugs, parent) == slugs.end()) {
    slugs.push_back(parent);
    const auto next = find_body(sql, parent);
    if (!next) return next.error();
    parent = next->parent;
  }
  slugs.emplace_back(receiver);
  return slugs;
}

Result<Recipients> approvers(Sql& sql, const Body& body, std::string_view receiver, Instant now) {
  Recipients found;
  const auto scopes = above(sql, body, receiver);
  if (!scopes) return scopes.error();
  for (const auto& scope : *scopes) {
    auto accounts = accounts_with(sql, "approver", scope, now);
    if (!accounts) return accounts.error();
    found.accounts = std::move(*accounts);
    if (!found.accounts.empty()) break;
  }
  for (const auto& account : found.accounts) {
    auto read = sql.each(
        "SELECT contact FROM post WHERE account = $1 AND from_ms <= $2 AND (until_ms IS NULL OR "
        "until_ms > $2)",
        {std::string_view(account), to_ms(now)}, [&](const store::Row& row) -> Result<bool> {
          if (is_address(row.text(0))) found.addresses.emplace(row.text(0));
          return true;
        });
    if (!read) return read.error();
  }
  return found;
}

struct Words {
  std::string subject;
  std::string says, says_en;
};

Words words_of(const Due& due, const Body& body, Instant now) {
  const auto moment = vi::show_moment(due.key.due_before);
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(due.left(now)).count();
  const auto left = minutes > 0 ? "còn " + std::to_string(minutes) + " phút" : "đã đến hạn";
  const auto left_en =
      minutes > 0 ? std::to_string(minutes) + " minutes are left" : "the time has come";
  Words words;
  words.subject = "Nhắc báo cáo trước " + moment + " (" + left + ")";
  words.says = body.name + " chưa gửi báo cáo bằng " + legs_words(due.lacking) + ", hạn trước " +
               moment + ": " + left + ".";
  words.says_en = body.name + " has not reported " + legs_words_en(due.lacking) + ", due before " +
                  vi::iso_local(due.key.due_before) + ": " + left_en + ".";
  return words;
}

// One rung, climbed by whoever is first; nothing when it was climbed, or answered meanwhile.
class Climbing {
 public:
  Climbing(Sql& sql, const Candidate& one, std::string_view mail_from, Instant now)
      : sql_(sql), one_(one), mail_from_(mail_from), now_(now) {}

  Result<std::optional<Reminded>> climb() {
    const auto due = find_due(sql_, one_.due, now_);
    if (!due) return due.error();
    if (!*due || !is_waited_for(**due)) return std::optional<Reminded>{};
    const auto is_first = sql_.run(
        "INSERT INTO reminder (task, body, due_ms, rung, at_ms) VALUES ($1, $2, $3, $4, $5) ON "
        "CONFLICT (task, body, due_ms, rung) DO NOTHING",
        {std::string_view(one_.due.task), std::string_view(one_.due.body),
         to_ms(one_.due.due_before), std::int64_t{one_.rung.after.count()}, to_ms(now_)});
    if (!is_first) return is_first.error();
    if (*is_first == 0) return std::optional<Reminded>{};
    const auto body = find_body(sql_, one_.due.body);
    if (!body) return body.error();
    auto whom = in_charge(sql_, *body, now_);
    if (!whom) return whom.error();
    if (one_.rung.to_approver) {
      auto also = approvers(sql_, *body, one_.receiver, now_);
      if (!also) return also.error();
      whom->accounts.merge(also->accounts);
      whom->addresses.merge(also->addresses);
    }
    const auto words = words_of(**due, *body, now_);
    if (auto told = tell(*whom, words); !told) return told.error();
    if (auto written = write(*whom, words); !written) return written.error();
    return std::optional(
        Reminded{one_.due, one_.rung, static_cast<int>(whom->accounts.size()), letters_});
  }

 private:
  Result<void> tell(const Recipients& whom, const Words& words) {
    for (const auto& account : whom.accounts) {
      const auto id = next_id(sql_, "SELECT MAX(id) FROM inbox");
      if (!id) return id.error();
      auto written = sql_.run(
          "INSERT INTO inbox (id, account, kind, task, body, due_ms, at_ms, says, says_en) VALUES "
          "($1, $2, 'reminder', $3, $4, $5, $6, $7, $8)",
          {*id, std::string_view(account), std::string_view(one_.due.task),
           std::string_view(one_.due.body), to_ms(one_.due.due_before), to_ms(now_),
           std::string_view(words.says), std::string_view(words.says_en)});
      if (!written) return written.error();
    }
    return {};
  }

  Result<void> write(const Recipients& whom, const Words& words) {
    const auto at = mail_from_.find('@');
    if (at == std::string_view::npos) return {};
    for (const auto& address : whom.addresses) {
      Letter letter;
      letter.to = address;
      letter.from = mail_from_;
      letter.subject = words.subject;
      letter.text = words.says + "\n\n" + words.says_en + "\n";
      letter.message_id = "nhac." + one_.due.task + "." + one_.due.body + "." +
                          std::to_string(to_ms(one_.due.due_before)) + "." +
                          std::to_string(one_.rung.after.count()) + "." +
                          std::to_string(++letters_) + std::string(mail_from_.substr(at));
      letter.written = now_;
      auto put = put_letter(sql_, letter);
      if (!put) return put.error();
    }
    return {};
  }

  Sql& sql_;
  const Candidate& one_;
  std::string_view mail_from_;
  Instant now_;
  int letters_ = 0;
};

Result<std::vector<Reminded>> climb(Sql& sql, std::span<const Candidate> some,
                                    std::string_view mail_from, Instant now) {
  if (auto locked = sql.lock("reminders"); !locked) return locked.error();
  std::vector<Reminded> reminded;
  for (const auto& one : some) {
    auto climbed = Climbing(sql, one, mail_from, now).climb();
    if (!climbed) return climbed.error();
    if (*climbed) reminded.push_back(std::move(**climbed));
  }
  return reminded;
}

}  // namespace

Result<std::vector<Reminded>> remind(store::Store& store, std::string_view mail_from, Instant now) {
  const auto due_now = store.read([&](Sql& sql) { return candidates(sql, now); });
  if (!due_now) return due_now.error();
  std::vector<Reminded> reminded;
  for (std::span<const Candidate> left = *due_now; !left.empty();) {
    const auto some = left.first(std::min(left.size(), kRemindedAtOnce));
    auto climbed = store.write([&](Sql& sql) { return climb(sql, some, mail_from, now); });
    if (!climbed) return climbed.error();
    std::ranges::move(*climbed, std::back_inserter(reminded));
    left = left.subspan(some.size());
  }
  return reminded;
}

Result<std::vector<InboxEntry>> inbox(Sql& sql, std::string_view account, std::int64_t before,
                                      std::size_t most) {
  std::vector<InboxEntry> entries;
  auto read = sql.each(
      "SELECT id, kind, task, body, due_ms, at_ms, says, says_en, read_ms FROM inbox WHERE account "
      "= "
      "$1 AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3",
      {account, before, static_cast<std::int64_t>(most)},
      [&](const store::Row& row) -> Result<bool> {
        InboxEntry entry;
        entry.id = row.integer(0);
        entry.account = account;
        entry.kind = row.text(1);
        entry.due = {std::string(row.text(2)), std::string(row.text(3)), from_ms(row.integer(4))};
        entry.at = from_ms(row.integer(5));
        entry.says = row.text(6);
        entry.says_en = row.text(7);
        entry.read_at = instant_at(row, 8);
        entries.push_back(std::move(entry));
        return true;
      });
  if (!read) return read.error();
  return entries;
}

Result<bool> mark_read(Sql& sql, std::string_view account, std::int64_t id, Instant now) {
  const auto there =
      sql.integer("SELECT 1 FROM inbox WHERE id = $1 AND account = $2", {id, account});
  if (!there) return there.error();
  if (!*there) return false;
  auto marked =
      sql.run("UPDATE inbox SET read_ms = $2 WHERE id = $1 AND read_ms IS NULL", {id, to_ms(now)});
  if (!marked) return marked.error();
  return true;
}

}  // namespace bz::campaign
