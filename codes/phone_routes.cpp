#include "codes/phone_routes.h"

#include "codes/callbacks.h"
#include "codes/certificate.h"
#include "codes/code_store.h"
#include "codes/dates.h"
#include "codes/issue.h"
#include "codes/user_report.h"
#include "wire/json_writer.h"

namespace bz::codes {
namespace {

template <class T, class Write>
http::Response respond(const Core& core, const Result<Outcome<T>>& outcome, const Write& write) {
  if (!outcome) return failure(core, outcome.error());
  if (const auto* refused = std::get_if<Refusal>(&*outcome)) return answer(*refused);
  return http::json_response(200, write(std::get<T>(*outcome)));
}

Issuer issuer_of(const Caller& caller) {
  return {.who = "key:" + caller.key.id};
}

Result<Outcome<Issued>> issue_one(const Core& core, const Caller& caller,
                                  const IssueRequest& request) {
  auto checked = check_order(caller.authority, request, core.now());
  if (const auto* refused = std::get_if<Refusal>(&checked)) return Outcome<Issued>{*refused};
  return place_order(core, caller.authority, issuer_of(caller), std::get<CodeOrder>(checked));
}

http::Response issue(const Core& core, const Caller& caller, const http::Request& request) {
  const auto asked = parse_issue_request(request.body);
  if (!asked) return answer(refusal::kUnparsable);
  return respond(core, issue_one(core, caller, *asked), write_issued);
}

// Not atomic, as the reference server has it: each stands for itself, and the first refusal gives
// the status.
http::Response batch_issue(const Core& core, const Caller& caller, const http::Request& request) {
  const auto asked = parse_batch_request(request.body, kMaxBatch);
  if (!asked) return answer(refusal::kUnparsable);
  std::vector<std::string> entries;
  std::optional<Refusal> first;
  for (const auto& one : *asked) {
    const auto issued = issue_one(core, caller, one);
    if (issued && std::holds_alternative<Issued>(*issued)) {
      entries.push_back(write_issued(std::get<Issued>(*issued)));
      continue;
    }
    const auto refused = issued ? std::get<Refusal>(*issued) : refusal::kInternal;
    entries.push_back(answer(refused).body);
    if (!first) first = refused;
  }
  wire::JsonWriter out;
  out.list("codes", entries);
  if (!first) return http::json_response(200, out.done());
  out.text("error", first->text).text("errorCode", first->code).text("error_code", first->code);
  auto response = answer(*first);
  response.body = out.done();
  return response;
}

std::string write_status(const CodeRow& row) {
  return wire::JsonWriter{}
      .boolean("claimed", row.claimed)
      .integer("expiresAtTimestamp", to_s(row.expires))
      .integer("longExpiresAtTimestamp", to_s(row.long_expires))
      .done();
}

http::Response status(const Core& core, const Caller& caller, const http::Request& request) {
  const auto uuid = parse_uuid_request(request.body);
  if (!uuid) return answer(refusal::kUnparsable);
  const auto code =
      core.store.read([&](store::Sql& sql) { return find_code(sql, caller.authority.id, *uuid); });
  if (!code) return failure(core, code.error());
  if (!*code) return answer(refusal::kCodeNotFound);
  if ((*code)->issuer != issuer_of(caller).who) return answer(refusal::kNotYourCode);
  return http::json_response(200, write_status(**code));
}

http::Response expire(const Core& core, const Caller& caller, const http::Request& request) {
  const auto uuid = parse_uuid_request(request.body);
  if (!uuid) return answer(refusal::kUnparsable);
  const auto ended = expire_code(
      core, caller.authority.id, *uuid,
      [&](const CodeRow& row) { return row.issuer == issuer_of(caller).who; },
      "API key " + caller.key.id);
  return respond(core, ended, [](const CodeTimes& times) {
    return wire::JsonWriter{}
        .integer("expiresAtTimestamp", to_s(times.expires))
        .integer("longExpiresAtTimestamp", to_s(times.long_expires))
        .done();
  });
}

http::Response callback(const Core& core, const http::Request& request) {
  const auto refused = leave_callback(core, request.body);
  if (!refused) return failure(core, refused.error());
  if (*refused) return answer(**refused);
  return http::json_response(200, "{}");
}

http::Response realm_keys(const Core& core, const http::Request& request) {
  const auto keys = public_keys(core, request.parameter("realm"));
  if (!keys && keys.error().code == Code::kNotFound) {
    return answer({404, "not_found", "there is no such authority"});
  }
  if (!keys) return failure(core, keys.error());
  return http::json_response(200, wire::write_jwks(*keys));
}

http::Response all_keys(const Core& core) {
  const auto authorities = list_authorities(core.store);
  if (!authorities) return failure(core, authorities.error());
  std::vector<wire::Jwk> all;
  for (const auto& authority : *authorities) {
    auto keys = public_keys(core, authority.id);
    if (!keys) return failure(core, keys.error());
    all.insert(all.end(), keys->begin(), keys->end());
  }
  return http::json_response(200, wire::write_jwks(all, true));
}

}  // namespace

Result<std::vector<wire::Jwk>> public_keys(const Core& core, std::string_view authority) {
  auto known = core.store.read([&](store::Sql& sql) { return find_authority(sql, authority); });
  if (!known) return known.error();
  auto signers = core.keyring.certificate_signers(authority, core.now());
  if (!signers) return signers.error();
  std::vector<wire::Jwk> keys;
  for (const auto& signer : signers->all) {
    keys.push_back({signer.key_id, signer.key.public_key()});
  }
  return keys;
}

void add_phone_routes(http::Router& router, Api& api, const Core& core, GuessAlarm& alarm) {
  using Request = http::Request;
  const auto admin = [&](std::string_view path, auto call) {
    api.post(router, path, KeyKind::kAdmin,
             [&core, call](const Caller& caller, const Request& request) {
               return call(core, caller, request);
             });
  };
  admin("/api/issue", issue);
  admin("/api/batch-issue", batch_issue);
  admin("/api/checkcodestatus", status);
  admin("/api/expirecode", expire);

  api.post(router, "/api/verify", KeyKind::kDevice,
           [&core, &alarm](const Caller& caller, const Request& request) {
             const auto platform = platform_of(request.header("user-agent").value_or(""));
             return respond(core, verify(core, alarm, caller, request.body, platform),
                            wire::write_verify_answer);
           });
  api.post(router, "/api/certificate", KeyKind::kDevice,
           [&core](const Caller& caller, const Request& request) {
             return respond(core, certify(core, caller, request.body),
                            wire::write_certificate_answer);
           });
  api.post(
      router, "/api/user-report", KeyKind::kDevice,
      [&core](const Caller& caller, const Request& request) {
        return respond(core, user_report(core, caller, request.body),
                       [](const std::string& body) { return body; });
      },
      core.settings.user_report_time);
  api.open_post(router, "/v1/callback",
                [&core](const Request& request) { return callback(core, request); });

  router.add("GET", "/jwks/{realm}",
             [&core](const Request& request) { return realm_keys(core, request); });
  router.add("GET", "/.well-known/jwks.json", [&core](const Request&) { return all_keys(core); });
}

}  // namespace bz::codes
