// The codes side: officers issue codes, phones turn a code into a token and a token into a
// certificate over their keys' HMAC. It never sees a key. What it keeps and for how long:
// docs/codes.md.
//
//   authorities.h   health authorities, and what their officers may do
//   api_keys.h      the keys of programs (X-API-Key)
//   issue.h         a code is made; code_store.h keeps it, only as an HMAC
//   verify.h        a code becomes a token; guess_budget.h bounds guessing
//   certificate.h   a token and the keys' HMAC become a certificate
//   user_report.h   a person asks for a code of their own
//   officers.h      the routes of officers; revocations.h, callbacks.h
//   statistics.h    counters a day
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/surroundings.h"
#include "http/router.h"
#include "http/session.h"
#include "store/store.h"
#include "wire/jwt.h"

namespace bz::codes {

// Migrations of the store "codes".
std::span<const store::Migration> migrations();

struct Settings {
  std::filesystem::path folder;  // master.key lies in it
  bool maintenance = false;
  // Calls a minute of one authority and address prefix together.
  std::int64_t calls_a_minute = 60;
  // Before it, no answer to a self-report goes out, so that its time does not tell whether the
  // number had reported already.
  std::chrono::milliseconds user_report_time{2'000};
};

class Service {
 public:
  // Errors as Store, Secrets and the file system have them.
  static Result<std::unique_ptr<Service>> open(store::Store& store, const Settings& settings,
                                               http::WhoAsks who_asks,
                                               const Surroundings& surroundings);
  virtual ~Service() = default;

  // Adds the routes; the service must outlive the router's use.
  virtual void add_routes(http::Router& router) = 0;
  // What is due: deletes what is too old, renews secrets. Every few seconds, by one thread; does
  // nothing but once a minute.
  virtual Result<void> tick() = 0;
  // For /health: what is wrong, or nothing.
  [[nodiscard]] virtual std::string trouble() const = 0;

  // The public keys of an authority's certificates, as GET /jwks/{realm} gives them. kNotFound when
  // there is no such authority.
  virtual Result<std::vector<wire::Jwk>> certificate_keys(std::string_view authority) = 0;
};

}  // namespace bz::codes
