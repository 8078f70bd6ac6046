// A lease: of all servers on one store, at most one does a job at a time; when it dies, another
// takes over once its time is out. Needs the table `leases` (kLeaseTable in a migration).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/random.h"
#include "store/store.h"

namespace bz::store {

inline constexpr std::string_view kLeaseTable =
    "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until_ms BIGINT NOT NULL);";

class Lease {
 public:
  // `name` is the job's. Each Lease is a holder of its own.
  Lease(Store& store, std::string_view name, Random& random);

  // Takes it or keeps it for `time` from now, by the store's own clock (PostgreSQL: the server's),
  // so that servers with wrong clocks agree. False: another has it.
  Result<bool> hold(std::chrono::milliseconds time);
  // So that another need not wait. Nothing when it is not held.
  Result<void> let_go();

 private:
  Store& store_;
  std::string name_;
  std::string holder_;
};

}  // namespace bz::store
