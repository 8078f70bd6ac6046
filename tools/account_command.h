// `bz account`, `bz audit`: who may log in, and what was done.
#pragma once

#include <iosfwd>
#include <string>

#include "tools/data_folder.h"

namespace bz::tools {

struct AccountOptions {
  DataOptions where;
  std::string name;
  bool administrator = false;
};
// Both print the first password, once.
Result<void> run_account_add(const AccountOptions& options, std::ostream& out);
Result<void> run_account_reset(const AccountOptions& options, std::ostream& out);

// Goes over the audit trails of all stores. The printed heads, written down elsewhere, show later
// that nothing was cut off the end. kMalformed when a chain does not hold.
Result<void> run_audit_verify(const DataOptions& options, std::ostream& out);

}  // namespace bz::tools
