#include "codes/issue.h"

#include <algorithm>

#include "codes/counters.h"
#include "codes/dates.h"
#include "codes/user_report.h"
#include "store/audit.h"

namespace bz::codes {
namespace {

constexpr int kDraws = 5;  // of codes, until one is free

// A code that is not in the store yet.
struct Draft {
  NewCode code;
  std::string short_code;
  std::string long_code;  // empty: none
  std::vector<Digest> phone_hashes;
};

// A long code cannot be said on the telephone: there is one only where it goes out by SMS.
bool goes_by_sms(const Authority& authority, const CodeOrder& order) {
  return !order.phone.empty() && (order.only_generate_sms || !authority.sms_url.empty());
}

Bytes bytes_of(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

Result<Draft> draw(const Core& core, const Authority& authority, const Issuer& issuer,
                   const CodeOrder& order, Instant now) {
  auto& random = core.around.random;
  Draft draft;
  auto& row = draft.code.row;
  row.uuid = order.uuid.empty() ? random_uuid(random) : order.uuid;
  row.authority = authority.id;
  row.issuer = issuer.who;
  row.type = order.type;
  row.symptom_day = order.symptom_day;
  row.test_day = order.test_day;
  row.issued = now;
  row.expires = now + std::chrono::minutes{authority.short_minutes};
  row.long_expires = row.expires;
  if (!order.nonce.empty()) row.nonce_hash = bytes_of(sha256(order.nonce));

  draft.short_code = random_digits(static_cast<std::size_t>(authority.short_digits), random);
  auto hashes =
      core.keyring.hashes(Keyring::Name::kCodes, code_text(authority.id, draft.short_code), now);
  if (!hashes) return hashes.error();
  draft.code.short_hashes = std::move(*hashes);
  if (goes_by_sms(authority, order)) {
    row.long_expires = now + std::chrono::hours{authority.long_hours};
    draft.long_code = random_letters(static_cast<std::size_t>(authority.long_length), random);
    hashes =
        core.keyring.hashes(Keyring::Name::kCodes, code_text(authority.id, draft.long_code), now);
    if (!hashes) return hashes.error();
    draft.code.long_hashes = std::move(*hashes);
  }
  if (order.type == wire::TestType::kUserReport) {
    hashes = core.keyring.hashes(Keyring::Name::kPhones, code_text(authority.id, order.phone), now);
    if (!hashes) return hashes.error();
    draft.phone_hashes = std::move(*hashes);
    row.phone_hash = bytes_of(draft.phone_hashes.front());
  }
  return draft;
}

// Of one issue: all, its issuer's, and what is named beside.
Result<void> count_issue(store::Sql& sql, const Draft& draft, const CodeOrder& order, Instant now,
                         std::int64_t by) {
  const auto& row = draft.code.row;
  for (const auto& who : {std::string(), row.issuer}) {
    if (auto done = count(sql, row.authority, now, counter::kIssued, who, by); !done) return done;
  }
  if (!order.external_issuer.empty()) {
    auto done =
        count(sql, row.authority, now, counter::kIssued, "external:" + order.external_issuer, by);
    if (!done) return done;
  }
  if (order.type != wire::TestType::kUserReport) return {};
  return count(sql, row.authority, now, counter::kReportsIssued, "", by);
}

Result<bool> over_quota(store::Sql& sql, const Authority& authority, const Issuer& issuer,
                        const CodeOrder& order, Instant now) {
  auto reports = counted(sql, authority.id, now, counter::kReportsIssued);
  if (!reports) return reports.error();
  if (order.type == wire::TestType::kUserReport) return *reports >= authority.quota_reports;
  auto all = counted(sql, authority.id, now, counter::kIssued);
  if (!all) return all.error();
  if (*all - *reports >= authority.quota_day) return true;
  if (!issuer.quota) return false;
  auto own = counted(sql, authority.id, now, counter::kIssued, issuer.who);
  if (!own) return own.error();
  return *own >= *issuer.quota;
}

Result<void> note(store::Sql& sql, const Issuer& issuer, const Draft& draft, Instant now,
                  std::string_view action) {
  if (issuer.account.empty()) return {};
  return store::add_audit(sql, {.time = now,
                                .actor = issuer.account,
                                .action = std::string(action),
                                .subject = draft.code.row.uuid,
                                .detail = std::string(wire::word(draft.code.row.type)),
                                .scope = draft.code.row.authority});
}

// Whether it is in the store now. Another code is to be drawn on kSameCode.
Result<Outcome<Insert>> keep(store::Sql& sql, const Authority& authority, const Issuer& issuer,
                             const CodeOrder& order, const Draft& draft, Instant now) {
  // Quotas are read and then counted: one at a time, also among several servers.
  if (auto locked = sql.lock("issue " + authority.id); !locked) return locked.error();
  auto over = over_quota(sql, authority, issuer, order, now);
  if (!over) return over.error();
  if (*over) return Outcome<Insert>{quota_until_midnight(now)};
  if (!draft.phone_hashes.empty()) {
    auto lately = reported_lately(sql, draft.phone_hashes, now);
    if (!lately) return lately.error();
    if (*lately) return Outcome<Insert>{refusal::kReportedLately};
  }
  auto inserted = insert_code(sql, draft.code);
  if (!inserted) return inserted.error();
  if (*inserted == Insert::kSameUuid) return Outcome<Insert>{refusal::kUuidTaken};
  if (*inserted == Insert::kSameCode) return Outcome<Insert>{Insert::kSameCode};
  if (!draft.phone_hashes.empty()) {
    if (auto noted = note_report(sql, draft.phone_hashes.front(), now); !noted) {
      return noted.error();
    }
  }
  if (auto done = count_issue(sql, draft, order, now, 1); !done) return done.error();
  if (auto done = note(sql, issuer, draft, now, "code issued"); !done) return done.error();
  return Outcome<Insert>{Insert::kDone};
}

std::string link_of(const Authority& authority, std::string_view long_code) {
  const auto query = "?r=" + authority.region + "&c=" + std::string(long_code);
  if (authority.link_host.empty()) return "ens://v" + query;
  return "https://" + authority.link_host + "/v" + query;
}

std::optional<std::string> text_of(const Authority& authority, const CodeOrder& order,
                                   const Draft& draft) {
  const bool report = order.type == wire::TestType::kUserReport && order.template_label.empty();
  return sms_text(authority, report ? "user-report" : std::string_view(order.template_label),
                  {.code = draft.short_code,
                   .long_code = draft.long_code,
                   .minutes = std::to_string(authority.short_minutes),
                   .hours = std::to_string(authority.long_hours),
                   .region = authority.region,
                   .link = link_of(authority, draft.long_code)});
}

// The gateway refused: as if the code had never been.
Result<void> take_back(const Core& core, const Issuer& issuer, const CodeOrder& order,
                       const Draft& draft, const Refusal& why, Instant now) {
  return core.store.write([&](store::Sql& sql) -> Result<void> {
    const auto& row = draft.code.row;
    auto removed = sql.run("DELETE FROM codes WHERE uuid = $1 AND claimed = 0", {row.uuid});
    if (!removed) return removed.error();
    if (!draft.phone_hashes.empty()) {
      auto forgotten = sql.run("DELETE FROM phones WHERE hash = $1", {ByteView(row.phone_hash)});
      if (!forgotten) return forgotten.error();
    }
    if (*removed > 0) {
      if (auto done = count_issue(sql, draft, order, now, -1); !done) return done;
      if (auto done = note(sql, issuer, draft, now, "code taken back"); !done) return done;
    }
    return count(sql, row.authority, now, counter::kSmsErrors, why.code);
  });
}

Issued issued_of(const Draft& draft) {
  return {.uuid = draft.code.row.uuid,
          .code = draft.short_code,
          .expires = draft.code.row.expires,
          .long_expires = draft.code.row.long_expires,
          .generated_sms = {},
          .phone = {}};
}

}  // namespace

Result<Outcome<Issued>> place_order(const Core& core, const Authority& authority,
                                    const Issuer& issuer, const CodeOrder& order) {
  const auto now = core.now();
  const bool by_sms = goes_by_sms(authority, order);
  // A self-report's code reaches its owner by SMS or not at all.
  if (order.type == wire::TestType::kUserReport && !by_sms) {
    return Outcome<Issued>{refusal::kSmsFailed};
  }
  for (int i = 0; i < kDraws; ++i) {
    auto draft = draw(core, authority, issuer, order, now);
    if (!draft) return draft.error();
    const auto text = by_sms ? text_of(authority, order, *draft) : std::string();
    if (!text) return Outcome<Issued>{refusal::kSmsText};
    auto kept = core.store.write(
        [&](store::Sql& sql) { return keep(sql, authority, issuer, order, *draft, now); });
    if (!kept) return kept.error();
    if (const auto* refused = std::get_if<Refusal>(&*kept)) return Outcome<Issued>{*refused};
    if (std::get<Insert>(*kept) == Insert::kSameCode) continue;

    auto issued = issued_of(*draft);
    if (!by_sms) return Outcome<Issued>{issued};
    if (order.only_generate_sms) {
      issued.generated_sms = *text;
      issued.phone = order.phone;
      return Outcome<Issued>{issued};
    }
    const auto sent = core.sms.send(authority.sms_url, order.phone, *text);
    sms_counter(core.around.metrics, sent).add();
    if (sent == SmsOutcome::kSent) return Outcome<Issued>{issued};
    const auto& why = sent == SmsOutcome::kQueueFull ? refusal::kSmsFull : refusal::kSmsFailed;
    if (auto back = take_back(core, issuer, order, *draft, why, now); !back) return back.error();
    return Outcome<Issued>{why};
  }
  return Error{Code::kUnavailable, "no free code was found"};
}

Result<std::vector<Outcome<Issued>>> place_bulk(const Core& core, const Authority& authority,
                                                const Issuer& issuer,
                                                const std::vector<IssueRequest>& requests) {
  const auto now = core.now();
  struct Line {
    std::optional<Refusal> refused;
    CodeOrder order;
    std::vector<Draft> drafts;  // the second and third for when the first is not free
  };
  std::vector<Line> lines;
  for (const auto& request : requests) {
    auto checked = check_order(authority, request, now);
    Line line;
    if (const auto* refused = std::get_if<Refusal>(&checked)) {
      line.refused = *refused;
    } else {
      line.order = std::get<CodeOrder>(std::move(checked));
      for (int i = 0; i < 3; ++i) {
        auto draft = draw(core, authority, issuer, line.order, now);
        if (!draft) return draft.error();
        line.drafts.push_back(std::move(*draft));
      }
    }
    lines.push_back(std::move(line));
  }
  return core.store.write([&](store::Sql& sql) -> Result<std::vector<Outcome<Issued>>> {
    std::vector<Outcome<Issued>> answers;
    for (const auto& line : lines) {
      Outcome<Issued> answer = line.refused.value_or(refusal::kInternal);
      for (const auto& draft : line.drafts) {
        auto kept = keep(sql, authority, issuer, line.order, draft, now);
        if (!kept) return kept.error();
        if (const auto* refused = std::get_if<Refusal>(&*kept)) {
          answer = *refused;
          break;
        }
        if (std::get<Insert>(*kept) == Insert::kSameCode) continue;
        answer = issued_of(draft);
        break;
      }
      answers.push_back(std::move(answer));
    }
    return answers;
  });
}

}  // namespace bz::codes
